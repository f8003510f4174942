// A resource type of AWS: what Check fills in, and the way to the simulator with the waiting that the official plugin
// does.
import { setTimeout as delay } from "node:timers/promises";
import { markFilledIn } from "../shared/check.mjs";
import { map, string, computed } from "../shared/schema.mjs";
import { unknown } from "../shared/values.mjs";
import { ApiError } from "./simulator.mjs";

const retryPauseMs = 500;

/** Where it is: on all types but those of IAM and Route 53, which are everywhere. */
export const regional = { region: string({ replace: true, ...computed }) };

/** `tagsAll` is what is really there: the provider's default tags, too. */
export const tagged = { tags: map(), tagsAll: map({ derived: true }) };

/**
 * @param words what the official plugin says: `what` it is, and the `service` and `calls` behind each operation
 * @param timeoutsSeconds the official plugin's own, for what `customTimeouts` does not name
 * @param retries of an operation: what is worth another try, `{ codes, message, limitSeconds }`
 * @param isGone of what was read: whether the official plugin takes it for gone
 */
export function awsResource({ token, properties, words, timeoutsSeconds = {}, retries = {}, isGone, ...more }) {
    const doing = { token, words, timeoutsSeconds, retries };
    return {
        token,
        properties,
        autonamed: false,
        // A name that the program gives is taken until the old one is gone; else the program has to ask for it.
        replacesOldFirst: (_, hasOwnName) => hasOwnName && Boolean(more.autonamed),
        prepare: (inputs, context) => fillIn(properties, inputs, context),
        create: (context) => create(doing, properties, context),
        read: (context) => read(doing, { properties, isGone }, context),
        update: (context) => update(doing, properties, context),
        remove: (context) => remove(doing, context),
        ...more,
    };
}

function fillIn(properties, inputs, { region, defaultTags = {} }) {
    if (properties.region && inputs.region === undefined && region) {
        inputs.region = region;
        markFilledIn(inputs, "region");
    }
    if (properties.tagsAll) inputs.tagsAll = inputs.tags === unknown ? unknown : { ...defaultTags, ...inputs.tags };
}

async function create(doing, properties, { simulator, inputs, region, name, ...context }) {
    const body = { region: inputs.region ?? region, inputs, name };
    const made = await patiently(doing, "create", "", context, (signal) => simulator.create(doing.token, body, signal));
    return { id: made.id, live: liveOf(properties, made.outputs, inputs, context) };
}

async function read(doing, { properties, isGone }, { simulator, id, state, ...context }) {
    const found = await patiently(doing, "read", id, context, (signal) => simulator.read(doing.token, id, signal));
    if (!found || isGone?.(found.outputs)) return undefined;
    return { id, live: liveOf(properties, found.outputs, state, context) };
}

async function update(doing, properties, { simulator, id, wanted, oldInputs, ...context }) {
    const body = { inputs: wanted, olds: oldInputs };
    const done = await patiently(doing, "update", id, context, (signal) =>
        simulator.update(doing.token, id, body, signal),
    );
    return { live: liveOf(properties, done.outputs, wanted, context) };
}

async function remove(doing, { simulator, id, state, ...context }) {
    await patiently(doing, "delete", id, context, (signal) => simulator.remove(doing.token, id, { state }, signal));
}

/** Tags that the provider adds by itself are in `tagsAll` only, unless the program gives them, too. */
function liveOf({ tagsAll: isTagged }, outputs = {}, recorded, { defaultTags = {} }) {
    const live = Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== null));
    if (!isTagged || !live.tagsAll) return live;
    const own = Object.entries(live.tagsAll).filter(
        ([key, value]) => defaultTags[key] !== value || recorded.tags?.[key] !== undefined,
    );
    return { ...live, tags: Object.fromEntries(own) };
}

/** Asks until it is done, refused or too late. */
async function patiently(doing, operation, id, { signal, timeoutSeconds }, ask) {
    const limitSeconds = timeoutSeconds ?? doing.timeoutsSeconds[operation] ?? 300;
    const end = Date.now() + limitSeconds * 1000;
    const late = AbortSignal.timeout(Math.ceil(limitSeconds * 1000));
    const either = AbortSignal.any([signal, late]);
    let refusal;
    try {
        for (;;) {
            try {
                return await ask(either);
            } catch (error) {
                if (!isWorthRetrying(doing.retries[operation], error, limitSeconds * 1000 - (end - Date.now())))
                    throw error;
                refusal = error;
                await delay(retryPauseMs, undefined, { signal: either });
            }
        }
    } catch (error) {
        throw told(doing.words, operation, id, error, { late: late.aborted && !signal.aborted, limitSeconds, refusal });
    }
}

function isWorthRetrying(retry, error, passedMs) {
    if (!retry || !(error instanceof ApiError) || !retry.codes.includes(error.code)) return false;
    if (retry.message && !retry.message.test(error.message)) return false;
    return passedMs < (retry.limitSeconds ?? Infinity) * 1000;
}

const verbs = { create: "creating", read: "reading", update: "updating", delete: "deleting" };

/** In the official plugin's way: what was done to what, which call, and what AWS says. */
function told({ what, service, calls }, operation, id, error, { late, limitSeconds, refusal }) {
    const action = `${verbs[operation]} ${what}${id ? ` (${id})` : ""}`;
    if (late) {
        const last = refusal ? `: ${apiWords(refusal)}` : "";
        return new Error(`${action}: timeout while waiting for it (timeout: ${durationOf(limitSeconds)})${last}`);
    }
    if (!(error instanceof ApiError)) return new Error(`${action}: ${error.message}`, { cause: error });
    const call = `operation error ${service}: ${calls[operation]}`;
    return new Error(`${action}: ${call}, https response error StatusCode: ${error.status}, ${apiWords(error)}`, {
        cause: error,
    });
}

const apiWords = ({ code, message }) => `api error ${code}: ${message}`;

/** "10m0s", as Go writes it. */
function durationOf(seconds) {
    const minutes = Math.floor(seconds / 60);
    return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
