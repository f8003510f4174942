// The simulator's control API: JSON over HTTP on loopback.
import http from "node:http";

/** AWS's own refusal, as the simulator gives it. */
export class ApiError extends Error {
    constructor(status, { code = "InternalError", message = "no reason given" } = {}) {
        super(message);
        Object.assign(this, { status, code });
    }
}

export function simulatorAt(address) {
    const ask = (method, path, body, signal) => request(address, { method, path, body, signal });
    const place = (token, id) => `/resources/${encodeURIComponent(token)}${id ? `/${encodeURIComponent(id)}` : ""}`;
    return {
        create: (token, body, signal) => ask("POST", place(token), body, signal),
        read: (token, id, signal) => unlessGone(ask("GET", place(token, id), undefined, signal)),
        update: (token, id, body, signal) => ask("PATCH", place(token, id), body, signal),
        remove: (token, id, body, signal) => unlessGone(ask("DELETE", place(token, id), body, signal)),
        invoke: (token, body, signal) => ask("POST", `/invokes/${encodeURIComponent(token)}`, body, signal),
    };
}

async function unlessGone(answer) {
    return answer.catch((error) => {
        if (error.status === 404) return undefined;
        throw error;
    });
}

async function request(address, { method, path, body, signal }) {
    if (!address) {
        throw new Error(
            "this stand-in for the AWS plugin knows no AWS: set ZK_EC2_SIMULATOR to the address of the EC2 simulator, " +
                "or install the official plugin",
        );
    }
    const url = new URL(path, address);
    const { status, text } = await exchange(url, { method, body, signal }).catch((error) => {
        if (signal?.aborted) throw error;
        throw new Error(`no EC2 simulator answers at ${address} (${error.message || error.code}): start it`, {
            cause: error,
        });
    });
    const answer = parsed(text, `${method} ${url.pathname}`);
    if (status >= 200 && status < 300) return answer;
    throw new ApiError(status, answer);
}

/** Not `fetch`: that gives up after five minutes without an answer, and AWS lets wait for longer. */
function exchange(url, { method, body, signal }) {
    return new Promise((resolve, reject) => {
        const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
        const headers = content && { "content-type": "application/json", "content-length": content.length };
        const call = http.request(url, { method, headers, signal, agent: false }, (response) => {
            const chunks = [];
            response.on("data", (chunk) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString("utf8") });
            });
        });
        call.on("error", reject);
        call.end(content);
    });
}

function parsed(text, what) {
    try {
        return text === "" ? {} : JSON.parse(text);
    } catch (cause) {
        throw new Error(`the EC2 simulator's answer to ${what} is not JSON: ${text.slice(0, 200)}`, { cause });
    }
}
