// pulumirpc.ResourceProvider, as far as the engine asks a Docker plugin. Secrets come in clear (acceptSecrets is
// false): the engine itself marks what it sent as a secret when it comes back under the same name.
import grpc from "@grpc/grpc-js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import { checkInputs } from "./check.mjs";
import { container } from "./container.mjs";
import { differences } from "./diff.mjs";
import { connect, settingFaults } from "./engine.mjs";
import { image } from "./image.mjs";
import * as lifecycle from "./lifecycle.mjs";
import { network } from "./network.mjs";
import { defaultsKey, fromStruct, toStruct } from "./values.mjs";
import { volume } from "./volume.mjs";

const version = "5.2.0";
const resources = new Map([network, volume, image, container].map((resource) => [resource.token, resource]));

export function makeService() {
    const canceled = new AbortController();
    let docker;
    const unary = (answer) => (call, callback) => {
        Promise.resolve()
            .then(() => answer(call.request))
            .then(
                (response) => callback(null, response),
                (error) => callback(asStatus(error, call.request)),
            );
    };
    const context = (more) => ({ docker, signal: canceled.signal, ...more });

    return {
        getPluginInfo: unary(() => new pluginMessages.PluginInfo().setVersion(version)),
        attach: unary(() => new emptyMessages.Empty()),
        checkConfig: unary(checkConfig),
        diffConfig: unary(diffConfig),
        configure: unary(async (request) => {
            docker = await connect(settingsOf(request));
            return configured();
        }),
        check: unary(check),
        diff: unary(diff),
        create: unary((request) => create(request, context)),
        read: unary((request) => read(request, context)),
        update: unary((request) => update(request, context)),
        delete: unary((request) => remove(request, context)),
        cancel: unary(() => {
            canceled.abort();
            return new emptyMessages.Empty();
        }),
        invoke: unary((request) => refuse(request.getTok())),
        call: unary((request) => refuse(request.getTok())),
        construct: unary((request) => refuse(request.getType())),
    };
}

function refuse(token) {
    const known = [...resources.keys()].join(", ");
    throw new Error(`${token} is not implemented by this stand-in for the Docker plugin, which knows ${known}`);
}

function resourceOf(request) {
    const type = request.getUrn().split("::")[2].split("$").at(-1);
    return resources.get(type) ?? refuse(type);
}

const nameOf = (request) => request.getName() || request.getUrn().split("::").slice(3).join("::");

// ---- configuration ----

function checkConfig(request) {
    const news = fromStruct(request.getNews());
    return checkResponse(news, settingFaults(news));
}

function settingsOf(request) {
    const variables = request.getVariablesMap().getEntryList();
    const settings = Object.fromEntries(variables.map(([name, value]) => [name.replace(/^docker:config:/, ""), value]));
    const faults = settingFaults(settings);
    if (faults.length > 0) throw new Error(faults.map(({ reason }) => reason).join("; "));
    return settings;
}

function configured() {
    return new messages.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptsecrets(false)
        .setAcceptresources(false)
        .setAcceptoutputs(false);
}

/** Another engine is another place, but the official plugin replaces nothing for it. */
function diffConfig(request) {
    const olds = fromStruct(request.getOldInputs() ?? request.getOlds());
    const news = fromStruct(request.getNews());
    const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
    const changed = [...names].filter((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    const { DIFF_SOME: some, DIFF_NONE: none } = messages.DiffResponse.DiffChanges;
    return new messages.DiffResponse().setChanges(changed.length > 0 ? some : none).setDiffsList(changed);
}

// ---- resources ----

function check(request) {
    const { inputs, failures } = checkInputs(resourceOf(request), {
        news: fromStruct(request.getNews()),
        olds: fromStruct(request.getOlds()),
        name: nameOf(request),
        randomSeed: request.getRandomseed_asU8(),
    });
    return checkResponse(inputs, failures);
}

function checkResponse(inputs, failures) {
    const response = new messages.CheckResponse().setInputs(toStruct(inputs));
    for (const { property, reason } of failures) {
        response.addFailures(new messages.CheckFailure().setProperty(property).setReason(reason));
    }
    return response;
}

function diff(request) {
    const resource = resourceOf(request);
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

async function create(request, context) {
    const { id, outputs } = await lifecycle.create(
        resourceOf(request),
        context({ inputs: fromStruct(request.getProperties()), preview: request.getPreview() }),
    );
    return new messages.CreateResponse().setId(id).setProperties(toStruct(outputs));
}

async function read(request, context) {
    const found = await lifecycle.read(
        resourceOf(request),
        context({
            id: request.getId(),
            state: fromStruct(request.getProperties()),
            inputs: fromStruct(request.getInputs()),
        }),
    );
    const response = new messages.ReadResponse();
    if (!found) return response;
    return response.setId(found.id).setProperties(toStruct(found.outputs)).setInputs(toStruct(found.inputs));
}

async function update(request, context) {
    const outputs = await lifecycle.update(
        resourceOf(request),
        context({
            id: request.getId(),
            state: fromStruct(request.getOlds()),
            inputs: fromStruct(request.getNews()),
            preview: request.getPreview(),
            ignoreChanges: request.getIgnorechangesList(),
        }),
    );
    return new messages.UpdateResponse().setProperties(toStruct(outputs));
}

async function remove(request, context) {
    const state = fromStruct(request.getProperties());
    await lifecycle.remove(resourceOf(request), context({ id: request.getId(), state }));
    return new emptyMessages.Empty();
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
