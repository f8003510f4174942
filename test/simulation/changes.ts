import { Program, ProgramServer } from "./engine/program";
import { Change } from "./schedule";

/** The program after a change; `before` are those that were applied, the newest last. Undefined: destroyed. */
export function changed(program: Program, change: Change, before: readonly Program[]): Program {
    switch (change.do) {
        case "nothing":
        case "destroy":
            return program;
        case "roll":
            return { ...program, settings: program.settings + 1 };
        case "version":
            return { ...program, version: program.version === "3.9.5" ? "3.9.6" : "3.9.5", allowDowngrade: true };
        case "stop":
            return { ...program, running: false };
        case "start":
            return { ...program, running: true };
        case "chroot":
            return { ...program, chroot: program.chroot === "" ? "/app" : "" };
        case "initLimit":
            return { ...program, initLimitTicks: program.initLimitTicks === 10 ? 20 : 10 };
        case "ports":
            return { ...program, firstHostPort: program.firstHostPort + 1 };
        case "revert":
            return before.length > 1 ? { ...before[before.length - 2]!, allowDowngrade: true } : program;
        case "resize":
            return { ...program, servers: resized(program.servers, change.voters) };
        case "observers":
            return { ...program, servers: withObservers(program.servers, change.count) };
        case "edit":
        case "role":
        case "replaceId":
            return { ...program, servers: edited(program.servers, change.do, change.id % program.servers.length) };
    }
}

function resized(servers: readonly ProgramServer[], voters: number): ProgramServer[] {
    const kept = servers.filter(({ isObserver }) => !isObserver).slice(0, voters);
    const observers = servers.filter(({ isObserver }) => isObserver);
    return filledUp([...kept, ...observers], voters - kept.length, false);
}

function withObservers(servers: readonly ProgramServer[], count: number): ProgramServer[] {
    const voters = servers.filter(({ isObserver }) => !isObserver);
    const observers = servers.filter(({ isObserver }) => isObserver).slice(0, count);
    return filledUp([...voters, ...observers], count - observers.length, true);
}

function filledUp(servers: readonly ProgramServer[], count: number, isObserver: boolean): ProgramServer[] {
    const all = [...servers];
    for (let id = 1; all.length < servers.length + count; id++) {
        if (!all.some((server) => server.id === id)) all.push({ id, isObserver, edition: 0 });
    }
    return all.sort((a, b) => a.id - b.id);
}

function edited(servers: readonly ProgramServer[], what: "edit" | "role" | "replaceId", at: number): ProgramServer[] {
    const server = servers[at]!;
    const others = servers.filter((each) => each !== server);
    if (what === "edit") return sorted([...others, { ...server, edition: server.edition + 1 }]);
    if (what === "role") {
        const isLastVoter = !server.isObserver && others.every(({ isObserver }) => isObserver);
        return isLastVoter ? [...servers] : sorted([...others, { ...server, isObserver: !server.isObserver }]);
    }
    // The last voter cannot be exchanged for another one.
    if (others.every(({ isObserver }) => isObserver)) return [...servers];
    const id = Math.max(...servers.map((each) => each.id)) + 1;
    return id > 12 ? [...servers] : sorted([...others, { ...server, id }]);
}

function sorted(servers: ProgramServer[]): ProgramServer[] {
    return servers.sort((a, b) => a.id - b.id);
}
