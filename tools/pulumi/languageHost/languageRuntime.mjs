// The methods of `pulumirpc.LanguageRuntime` that the engine needs; gRPC answers UNIMPLEMENTED for the others.

import { status } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import { dependenciesOf, installDependencies, link } from "./packages.mjs";
import { runPlugin, runProgram } from "./programs.mjs";
import * as python from "./python.mjs";
import { generatePackage } from "./sdks.mjs";

const version = "1.0.0";

export function languageRuntime({ language, engine }) {
    return { ...common(language), ...ofLanguage[language](engine) };
}

function common(language) {
    return {
        handshake: unary(() => new languagePb.LanguageHandshakeResponse()),
        getPluginInfo: unary(() => new pluginPb.PluginInfo().setVersion(version)),
        // A name without an installed plugin costs five download attempts per preview and update; resources name
        // their plugin themselves when they are registered.
        getRequiredPackages: unary(() => new languagePb.GetRequiredPackagesResponse()),
        getRequiredPlugins: unary(() => new languagePb.GetRequiredPluginsResponse()),
        // The first Ctrl-C lets a running hook finish: the engine ends the program itself when it is done.
        cancel: unary(() => new empty.Empty()),
        generatePackage: unary((request) => generatePackage(request, language)),
    };
}

const ofLanguage = {
    nodejs: (engine) => ({
        about: unary(about),
        run: unary((request) => runProgram(request, engine)),
        runPlugin: stream(runPlugin),
        installDependencies: stream(installDependencies),
        getProgramDependencies: unary(dependenciesOf),
        link: unary(link),
    }),
    python: (engine) => ({
        run: unary((request) => python.runProgram(request, engine)),
        installDependencies: stream(python.installDependencies),
        link: unary(python.link),
    }),
    // SDKs only: a host that could run Go programs is not needed here.
    go: () => ({}),
};

function about() {
    return new languagePb.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
}

function unary(answer) {
    return async ({ request }, callback) => {
        try {
            callback(null, await answer(request));
        } catch (error) {
            callback(failure(error));
        }
    };
}

function stream(answer) {
    return async (call) => {
        try {
            await answer(call);
            call.end();
        } catch (error) {
            call.emit("error", failure(error));
        }
    };
}

const failure = (error) => ({ code: error.code in status ? error.code : status.UNKNOWN, details: error.message });
