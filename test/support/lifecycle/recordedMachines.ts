import { Lease } from "../../../lib/lifecycle/act/lease";
import { CommandResult, Machine, Machines } from "../../../lib/lifecycle/machines";

export type Answers = (words: readonly string[], id: number) => CommandResult | Error | undefined;

const fine: CommandResult = { exitCode: 0, output: "" };

/** Machines that write down what is done to them, one line each, and answer as the test says; else with success. */
export class RecordedMachines {
    readonly done: string[] = [];
    failStarts = false;

    constructor(private readonly answers: Answers = () => undefined) {}

    readonly machines: Machines = {
        list: async () => [],
        place: async () => ({ name: "nowhere", hasVolumes: true, usedBy: [] }),
        member: async ({ serverId }, words) => {
            this.done.push(`${serverId}: ${words.map(decoded).join(" ")}`);
            const answer = this.answers(words, serverId) ?? fine;
            if (answer instanceof Error) {
                throw answer;
            }
            return answer;
        },
        start: async (machine) => {
            this.write("start", machine);
            if (this.failStarts) {
                throw new Error("no such image");
            }
        },
        stop: async (machine) => this.write("stop", machine),
        lastLogLines: async (_, count) => [`the last of ${count} lines`],
        byHand: ({ name }, what) => `docker ${what} ${name}`,
    };

    private write(what: string, { serverId }: Machine): void {
        this.done.push(`${what} ${serverId}`);
    }
}

/** A lease that is had, or what the test makes of it; what is asked of it is written down with the rest. */
export function recordedLease(
    done: string[],
    confirm: () => Promise<{ waited: boolean }> = async () => ({ waited: false }),
): Lease {
    return {
        token: "me",
        isHeld: () => true,
        take: async () => ({ refused: undefined, waited: false }),
        lost: () => undefined,
        confirm: async () => {
            done.push("confirm");
            return confirm();
        },
        makes: () => undefined,
        setMembers: () => undefined,
        release: async () => undefined,
    };
}

/** Directives travel in base64. */
function decoded(word: string, index: number, words: readonly string[]): string {
    const isEncoded = words[index - 1] === "directive" || words[index - 1] === "word";
    return isEncoded ? `"${Buffer.from(word, "base64").toString("utf8").replaceAll("\n", "|")}"` : word;
}
