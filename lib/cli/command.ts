import { parseArgs } from "node:util";

/** Which ensemble a command is about. */
export interface Where {
    /** Folder of the Pulumi project. */
    readonly cwd: string;
    /** The stack; the one that is selected in the folder when absent. */
    readonly stack: string | undefined;
    /** Name of the ensemble in the program; needed only where a stack has several. */
    readonly ensemble: string | undefined;
}

export type Command =
    | { readonly what: "help" }
    | { readonly what: "status"; readonly where: Where; readonly watch: boolean; readonly json: boolean }
    | { readonly what: "logs"; readonly where: Where; readonly id: number; readonly lines: number }
    | {
          readonly what: "cli";
          readonly where: Where;
          /** Any server that serves when absent. */
          readonly id: number | undefined;
          /** One command for zkCli.sh; an interactive session when empty. */
          readonly words: readonly string[];
      };

/** What cannot be done because of how it was asked, or because what it needs is not there. */
export class CommandError extends Error {
    override readonly name = "CommandError";
}

export const usage = `usage: zookeeper-ensemble <command> [options]

commands
  status            healthy or not and why, how many more servers may fail, and a table of every server: role, mode,
                    state, latency, disks; exit code 0 when healthy, 1 when not
    --watch         again every 2 s, with the latency of the last 40 s as a line, until it is interrupted
    --json          for scripts: one JSON object, with --watch one per line
  logs <id>         the last lines of a server's log
    --lines N       how many, 100 when not given
  cli [<id>] [-- <command of zkCli.sh>]
                    one command of ZooKeeper's own client on a server, or a session; on any server that serves when no
                    id is given: zookeeper-ensemble cli -- ls /

options
  --stack NAME      the stack, the selected one when not given
  --cwd DIR         folder of the Pulumi project, this one when not given
  --ensemble NAME   name of the ensemble in the program, when the stack has several
  --help

exit codes: 0 done, healthy; 1 not healthy; 2 wrong usage, or what was asked about cannot be reached;
of cli with a command, the code of zkCli.sh`;

const whereOptions = {
    stack: { type: "string" },
    cwd: { type: "string", default: "." },
    ensemble: { type: "string" },
    help: { type: "boolean", default: false },
} as const;

/** What was asked for, from the words behind the program's name. */
export function parseCommand(args: readonly string[]): Command {
    const end = args.indexOf("--");
    const [before, words] = end < 0 ? [[...args], []] : [args.slice(0, end), args.slice(end + 1)];
    const [what = "", ...rest] = before;
    if (["help", "--help", "-h"].includes(what)) {
        return { what: "help" };
    }
    if (what === "" || what.startsWith("-")) {
        throw new CommandError(`the command comes first\n\n${usage}`);
    }
    if (words.length > 0 && what !== "cli") {
        throw new CommandError(`${what} takes nothing after --: ${words.join(" ")}`);
    }
    switch (what) {
        case "status":
            return parseStatus(rest);
        case "logs":
            return parseLogs(rest);
        case "cli":
            return parseCli(rest, words);
        default:
            throw new CommandError(`${JSON.stringify(what)} is no command: use status, logs or cli (see --help)`);
    }
}

function parseStatus(args: string[]): Command {
    const options = { watch: { type: "boolean", default: false }, json: { type: "boolean", default: false } } as const;
    const { values, positionals } = parsed(() =>
        parseArgs({ args, options: { ...whereOptions, ...options }, allowPositionals: true }),
    );
    noMore("status", positionals, 0);
    const { watch, json } = values;
    return values.help ? { what: "help" } : { what: "status", where: whereOf(values), watch, json };
}

function parseLogs(args: string[]): Command {
    const { values, positionals } = parsed(() =>
        parseArgs({
            args,
            options: { ...whereOptions, lines: { type: "string", default: "100" } },
            allowPositionals: true,
        }),
    );
    noMore("logs", positionals, 1);
    if (values.help) {
        return { what: "help" };
    }
    if (positionals[0] === undefined) {
        throw new CommandError("logs needs the id of a server: zookeeper-ensemble logs 1");
    }
    const lines = wholeNumber(values.lines, 1, 100_000, "--lines");
    return { what: "logs", where: whereOf(values), id: serverId(positionals[0]), lines };
}

function parseCli(args: string[], words: readonly string[]): Command {
    const { values, positionals } = parsed(() => parseArgs({ args, options: whereOptions, allowPositionals: true }));
    if (values.help) {
        return { what: "help" };
    }
    const [id, ...more] = positionals;
    if (more.length > 0 || (id !== undefined && !/^\d+$/.test(id))) {
        const command = positionals.filter((word) => !/^\d+$/.test(word)).join(" ");
        throw new CommandError(
            command === ""
                ? `cli takes one id only, not ${positionals.join(" ")}: zookeeper-ensemble cli ${id}`
                : `what zkCli.sh is to do stands after --: zookeeper-ensemble cli -- ${command}`,
        );
    }
    return { what: "cli", where: whereOf(values), id: id === undefined ? undefined : serverId(id), words };
}

/** node's own words name the option and what is wrong with it. */
function parsed<T>(parse: () => T): T {
    try {
        return parse();
    } catch (error) {
        throw new CommandError(`${(error as Error).message} (see --help)`);
    }
}

function whereOf({ cwd, stack, ensemble }: { cwd: string; stack?: string; ensemble?: string }): Where {
    return { cwd, stack, ensemble };
}

function noMore(what: string, positionals: readonly string[], allowed: number): void {
    if (positionals.length > allowed) {
        throw new CommandError(`${what} does not take ${JSON.stringify(positionals[allowed])} (see --help)`);
    }
}

function serverId(text: string): number {
    return wholeNumber(text, 1, 255, "a server's id");
}

function wholeNumber(text: string, min: number, max: number, what: string): number {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) {
        throw new CommandError(`${what} is a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
    }
    return value;
}
