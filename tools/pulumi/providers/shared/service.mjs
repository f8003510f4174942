// pulumirpc.ResourceProvider, as far as the engine asks a plugin that knows resources and functions. Secrets come in
// clear (acceptSecrets is false): the engine itself marks what it sent as a secret when it comes back under the same
// name.
import grpc from "@grpc/grpc-js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import { checkArguments, checkInputs } from "./check.mjs";
import { differences } from "./diff.mjs";
import * as lifecycle from "./lifecycle.mjs";
import { defaultsKey, fromStruct, toStruct } from "./values.mjs";

/**
 * @param plugin `name` as in tokens and configuration, `title` as in sentences, `version`, `resources`, `functions`,
 *     `settingFaults(settings)` as Check failures, `configure(settings)` which answers what its resources need, and
 *     `settingsThatReplace`: the settings whose change makes every resource anew
 */
export function makeService(plugin) {
    const canceled = new AbortController();
    const state = { plugin, signal: canceled.signal, configured: {} };
    const unary = (answer) => (call, callback) => {
        Promise.resolve()
            .then(() => answer(state, call.request))
            .then(
                (response) => callback(null, response),
                (error) => callback(asStatus(error, call.request)),
            );
    };
    return {
        getPluginInfo: unary(() => new pluginMessages.PluginInfo().setVersion(plugin.version)),
        attach: unary(() => new emptyMessages.Empty()),
        checkConfig: unary(checkConfig),
        diffConfig: unary(diffConfig),
        configure: unary(configure),
        check: unary(check),
        diff: unary(diff),
        create: unary(create),
        read: unary(read),
        update: unary(update),
        delete: unary(remove),
        cancel: unary(() => {
            canceled.abort();
            return new emptyMessages.Empty();
        }),
        invoke: unary(invoke),
        call: unary((_, request) => refuse(plugin, request.getTok())),
        construct: unary((_, request) => refuse(plugin, request.getType())),
    };
}

function refuse({ title, resources, functions = [] }, token) {
    const known = [...resources, ...functions].map((one) => one.token).join(", ");
    throw new Error(`${token} is not implemented by this stand-in for the ${title} plugin, which knows ${known}`);
}

function resourceOf({ plugin }, request) {
    const type = request.getUrn().split("::")[2].split("$").at(-1);
    return plugin.resources.find(({ token }) => token === type) ?? refuse(plugin, type);
}

const nameOf = (request) => request.getName() || request.getUrn().split("::").slice(3).join("::");

/** What a resource type gets with each request: the plugin's own, and how it may end. */
const context = ({ configured, signal }, request, more) => ({
    ...configured,
    signal,
    name: nameOf(request),
    timeoutSeconds: request.getTimeout?.() || undefined,
    ...more,
});

// ---- configuration ----

function checkConfig({ plugin }, request) {
    const news = fromStruct(request.getNews());
    return checkResponse(news, plugin.settingFaults(news));
}

async function configure(state, request) {
    const { plugin } = state;
    const prefix = `${plugin.name}:config:`;
    const variables = request.getVariablesMap().getEntryList();
    const settings = Object.fromEntries(variables.map(([name, value]) => [name.replace(prefix, ""), value]));
    const faults = plugin.settingFaults(settings);
    if (faults.length > 0) throw new Error(faults.map(({ reason }) => reason).join("; "));
    state.configured = await plugin.configure(settings);
    return new messages.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptsecrets(false)
        .setAcceptresources(false)
        .setAcceptoutputs(false);
}

/** Another Docker engine is another place, but the official plugin replaces nothing for it; another region does. */
function diffConfig({ plugin }, request) {
    const olds = fromStruct(request.getOldInputs() ?? request.getOlds());
    const news = fromStruct(request.getNews());
    const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
    const changed = [...names].filter((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    const { DIFF_SOME: some, DIFF_NONE: none } = messages.DiffResponse.DiffChanges;
    return new messages.DiffResponse()
        .setChanges(changed.length > 0 ? some : none)
        .setDiffsList(changed)
        .setReplacesList(changed.filter((name) => plugin.settingsThatReplace?.includes(name)));
}

// ---- resources ----

function check(state, request) {
    const { inputs, failures } = checkInputs(resourceOf(state, request), {
        news: fromStruct(request.getNews()),
        olds: fromStruct(request.getOlds()),
        name: nameOf(request),
        randomSeed: request.getRandomseed_asU8(),
        plugin: state.plugin,
        context: state.configured,
    });
    return checkResponse(inputs, failures);
}

function checkResponse(inputs, failures) {
    const response = new messages.CheckResponse().setInputs(toStruct(inputs));
    return response.setFailuresList(failures.map(checkFailure));
}

function checkFailure({ property, reason }) {
    return new messages.CheckFailure().setProperty(property).setReason(reason);
}

function diff(state, request) {
    const resource = resourceOf(state, request);
    const news = fromStruct(request.getNews());
    const found = differences(resource, fromStruct(request.getOlds()), news, request.getIgnorechangesList());
    const replaces = unique(found.filter(({ replace }) => replace).map(({ property }) => property));
    const hasOwnName = Boolean(news.name) && !news[defaultsKey]?.includes("name");
    const { DIFF_SOME: some, DIFF_NONE: none } = messages.DiffResponse.DiffChanges;
    const response = new messages.DiffResponse()
        .setChanges(found.length > 0 ? some : none)
        .setDiffsList(unique(found.map(({ property }) => property)))
        .setReplacesList(replaces)
        .setDeletebeforereplace(replaces.length > 0 && resource.replacesOldFirst(news, hasOwnName))
        .setHasdetaileddiff(true);
    for (const change of found) response.getDetaileddiffMap().set(change.path, propertyDiff(change));
    return response;
}

function propertyDiff({ kind, replace }) {
    const kinds = messages.PropertyDiff.Kind;
    const name = `${kind}${replace ? "_replace" : ""}`.toUpperCase();
    return new messages.PropertyDiff().setKind(kinds[name]).setInputdiff(false);
}

const unique = (values) => [...new Set(values)];

async function create(state, request) {
    const inputs = fromStruct(request.getProperties());
    const { id, outputs } = await lifecycle.create(
        resourceOf(state, request),
        context(state, request, { inputs, preview: request.getPreview() }),
    );
    return new messages.CreateResponse().setId(id).setProperties(toStruct(outputs));
}

async function read(state, request) {
    const found = await lifecycle.read(
        resourceOf(state, request),
        context(state, request, {
            id: request.getId(),
            state: fromStruct(request.getProperties()),
            inputs: fromStruct(request.getInputs()),
        }),
    );
    const response = new messages.ReadResponse();
    if (!found) return response;
    return response.setId(found.id).setProperties(toStruct(found.outputs)).setInputs(toStruct(found.inputs));
}

async function update(state, request) {
    const outputs = await lifecycle.update(
        resourceOf(state, request),
        context(state, request, {
            id: request.getId(),
            state: fromStruct(request.getOlds()),
            inputs: fromStruct(request.getNews()),
            oldInputs: fromStruct(request.getOldInputs()),
            preview: request.getPreview(),
            ignoreChanges: request.getIgnorechangesList(),
        }),
    );
    return new messages.UpdateResponse().setProperties(toStruct(outputs));
}

async function remove(state, request) {
    const recorded = fromStruct(request.getProperties());
    await lifecycle.remove(
        resourceOf(state, request),
        context(state, request, { id: request.getId(), state: recorded }),
    );
    return new emptyMessages.Empty();
}

// ---- functions ----

async function invoke({ plugin, configured, signal }, request) {
    const token = request.getTok();
    const found = plugin.functions?.find((one) => one.token === token) ?? refuse(plugin, token);
    const { args, failures } = checkArguments(found, fromStruct(request.getArgs()), plugin);
    const response = new messages.InvokeResponse();
    if (failures.length > 0) return response.setFailuresList(failures.map(checkFailure));
    return response.setReturn(toStruct(await found.call({ ...configured, signal, args })));
}

// ---- errors ----

function asStatus(error, request) {
    const details = error.doing ? `${error.doing} ${request.getUrn()}: ${error.message}` : error.message;
    const status = { code: grpc.status.UNKNOWN, details, metadata: new grpc.Metadata() };
    if (error instanceof lifecycle.InitializationFailure) {
        status.metadata.add("grpc-status-details-bin", Buffer.from(initializationDetails(error).serializeBinary()));
    }
    return status;
}

/** gRPC carries structured errors as a Status message in a trailer of this name. */
function initializationDetails({ id, outputs, message }) {
    const failure = new messages.ErrorResourceInitFailed()
        .setId(id)
        .setProperties(toStruct(outputs))
        .setReasonsList([message]);
    const details = new anyMessages.Any();
    details.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    return new statusMessages.Status().setCode(grpc.status.UNKNOWN).setMessage(message).setDetailsList([details]);
}
