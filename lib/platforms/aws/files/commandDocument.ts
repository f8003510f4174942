import { readFileSync } from "node:fs";
import * as path from "node:path";
import { strip } from "../../../member/script";
import { zkCliScript } from "../../../member/zkCliScript";
import { bringCommand } from "../bring";
import { quoted } from "./quoted";

/**
 * The ensemble's own document of Systems Manager. Its parameters are verbs and their words, where AWS's
 * `AWS-RunShellScript` takes any script: whoever may send it may ask the machines what the lifecycle asks, and has no
 * root shell on them. Everything that runs is in the document.
 */

/** What may be asked; `answer.sh` says what each does. */
export const verbs = [
    ...(["report", "lease", "with-lease"] as const),
    // Of servers that the first releases made, which know no lease before a verb.
    ...(["directive", "leave", "reconfig", "ensure-path"] as const),
    ...(["list", "start", "stop", "logs", "client", "bring"] as const),
];

export interface Question {
    readonly verb: (typeof verbs)[number];
    /** Behind the verb. */
    readonly words?: readonly string[];
    /** On a machine of several servers. */
    readonly serverId?: number;
}

/** Systems Manager takes no more. */
export const DOCUMENT_LIMIT_BYTES = 65_536;

/** Systems Manager keeps so much of what a command prints. */
export const keptChars = 24_000;

/** Before an answer that would be cut off, and so comes compressed. */
export const compressedMark = "gzip:";

/** Known without the state: the commands of `zookeeper-ensemble` find it, too. No other ensemble has it. */
export function documentName(ensembleId: string): string {
    return `zookeeper-ensemble-${ensembleId}`;
}

/** A question as the document's parameters; how long its answer may take is one of them. */
export function parametersOf({ verb, words = [], serverId }: Question, limitSeconds: number): Record<string, string[]> {
    const text = words.map((word) => `${word}\0`).join("");
    return {
        verb: [verb],
        words: [Buffer.from(text).toString("base64")],
        server: [serverId === undefined ? "" : String(serverId)],
        executionTimeout: [String(limitSeconds)],
    };
}

/** The document's text, in JSON: the same for all ensembles of this version of the library. */
export function documentContent(): string {
    return JSON.stringify({
        schemaVersion: "2.2",
        description: "What zookeeper-ensemble asks of the machines of an ensemble",
        parameters: {
            verb: { type: "String", description: "What is asked", allowedValues: verbs },
            words: {
                type: "String",
                description: "The words behind it, each with a NUL byte at its end, in base64",
                default: "",
                allowedPattern: "^[A-Za-z0-9+/]*={0,2}$",
            },
            server: {
                type: "String",
                description: "The server's id on a machine of several",
                default: "",
                allowedPattern: "^([1-9][0-9]{0,2})?$",
            },
            executionTimeout: {
                type: "String",
                description: "How many seconds the answer may take",
                default: "20",
                allowedPattern: "^[1-9][0-9]{0,3}$",
            },
        },
        mainSteps: [
            {
                action: "aws:runShellScript",
                name: "answer",
                precondition: { StringEquals: ["platformType", "Linux"] },
                inputs: { timeoutSeconds: "{{ executionTimeout }}", runCommand: wrapped(answerCommand()) },
            },
        ],
    });
}

/** For /bin/sh; the places of the parameters are filled in by Systems Manager, as text. */
function answerCommand(): string {
    const script = [`bring() { ${bringCommand()}; }`, `ZK_CLI=${quoted(zkCliScript())}`, answerScript()].join("\n");
    // Where its input is a socket bash would take itself for a remote shell, and read root's .bashrc.
    return `bash --norc -c ${quoted(script)} answer.sh '{{ server }}' '{{ verb }}' '{{ words }}'`;
}

/** The script stands beside this file, also after a build. */
export function answerScript(): string {
    return strip(readFileSync(path.join(__dirname, "answer.sh"), "utf8"));
}

/** What goes to stderr is part of the answer, as in a terminal. */
function wrapped(commandLine: string): string[] {
    return [
        `answer=$(${commandLine} 2>&1)`,
        "status=$?",
        `if [ \${#answer} -lt ${keptChars / 2} ]; then printf '%s' "$answer"`,
        `else printf '${compressedMark}'; printf '%s' "$answer" | gzip -9 | base64 -w 0; fi`,
        "exit $status",
    ];
}
