import { Action, Decision, Refusal } from "../../../lib/lifecycle/decide/decision";
import { serverLineOf } from "../../../lib/zookeeper/serverLines";

/** A decision on one line: what is done to whom, and what the person at the terminal reads. */
export function told(decision: Decision): string {
    switch (decision.kind) {
        case "done":
            return "done";
        case "wait":
            return `wait${decision.watch === undefined ? "" : `, watching ${decision.watch}`}: ${decision.for}`;
        case "refuse":
            return `refuse, ${toldRefusal(decision.refusal)}`;
        case "act":
            return `${toldAction(decision.action)}: ${decision.because}`;
    }
}

export function toldRefusal({ reason, about, text }: Refusal): string {
    return `${reason}${about === undefined ? "" : `, about ${about}`}: ${text}`;
}

function toldAction(action: Action): string {
    switch (action.do) {
        case "start":
        case "restart":
        case "adopt":
            return `${action.do} ${action.ids.join(" ")}`;
        case "stop":
            return `stop ${action.id}`;
        case "bootstrap":
            return `bootstrap ${action.ids.join(" ")} as ${members(action.lines)}${action.nonce ? ` by ${action.nonce}` : ""}`;
        case "join": {
            const { version, lines } = action.configuration;
            const life = action.life === undefined ? "" : ` in life ${action.life}`;
            return `join ${action.ids.join(" ")} to ${members(lines)} of ${zxid(version)}${life}`;
        }
        case "leave": {
            const other = action.life === undefined ? "" : `, not of life ${action.life}`;
            return `leave ${action.ids.join(" ")} after ${zxid(action.version)}${other}`;
        }
        case "forget":
            return `forget ${zxid(action.version)} on ${action.id}`;
        case "reconfigure": {
            const changes = [
                ...action.add.map((text) => `+${members([text])}`),
                ...action.remove.map((id) => `-${id}`),
            ];
            return `reconfigure ${changes.join(" ")} through ${action.through} from ${zxid(action.version)}`;
        }
        case "ensurePath":
            return `ensure path ${action.path} through ${action.through}`;
    }
}

function members(lines: readonly string[]): string {
    return lines
        .map(serverLineOf)
        .map(({ id, role }) => `${id}${role === "observer" ? "o" : ""}`)
        .join("+");
}

function zxid(value: bigint): string {
    return `${value >> 32n}.${value & 0xffffffffn}`;
}
