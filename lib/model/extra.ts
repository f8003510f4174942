import { Setting } from "./ensembleSpec";
import { show } from "./faults";
import {
    isCommandLineOnly,
    knownValueFault,
    misspelled,
    reservedBecause,
    secretBecause,
} from "../zookeeper/reservedKeys";
import { Section } from "./section";

/** Lines of zoo.cfg of the user's own, by key in alphabetical order. */
export function resolveExtra(config: Section): Setting[] {
    const entries = config.textMap("extra");
    for (const [key, value] of entries) {
        const path = /^[\w.-]+$/.test(key) ? `extra.${key}` : `extra.${JSON.stringify(key)}`;
        const fault = keyFault(key) ?? valueFault(value) ?? knownValueFault(key, value);
        const near = misspelled(key);
        if (fault !== undefined) {
            config.fault(path, fault);
        } else if (near !== undefined) {
            const warning = `ZooKeeper does not check names of keys, and this one is almost ${near}: is that meant?`;
            config.warn(path, warning);
        }
    }
    return entries.map(([key, value]) => ({ key, value }));
}

function keyFault(key: string): string | undefined {
    if (key === "") {
        return "the key is empty: give it a name";
    }
    if (key !== key.trim()) {
        return "the key starts or ends with a blank, which zoo.cfg does not keep: take it out";
    }
    if (/^[#!]/.test(key)) {
        return `starts with ${key[0]}, which makes the line a comment: take it out`;
    }
    if (!/^[\x21-\x7e]+$/.test(key) || /[=:\\]/.test(key)) {
        return "contains a character that ends or changes a key in zoo.cfg (blank, =, :, backslash, not ASCII): take it out";
    }
    const secret = secretBecause(key);
    if (secret !== undefined) {
        return secret;
    }
    const reserved = reservedBecause(key);
    if (reserved !== undefined) {
        return reserved;
    }
    if (isCommandLineOnly(key)) {
        return `is read from the command line only, a line in zoo.cfg does nothing: use jvm.flags with "-D${key}=…"`;
    }
    if (/^zookeeper\./i.test(key)) {
        return `starts with zookeeper., which ZooKeeper puts in front itself: write ${key.slice("zookeeper.".length) || "the key"}`;
    }
    return undefined;
}

function valueFault(value: string): string | undefined {
    if (value !== value.trim()) {
        return `${show(value)} starts or ends with a blank, which zoo.cfg does not keep: take it out`;
    }
    return /[^\x20-\x7e]|\\/.test(value)
        ? `${show(value)} contains a backslash or a character that is not ASCII, which zoo.cfg changes: take it out`
        : undefined;
}
