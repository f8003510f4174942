/**
 * Names of images as Docker, Podman and registries read them: `name[:tag][@digest]`, the name with a registry before it
 * or not. After the grammar at the head of reference.go in github.com/distribution/reference. No package is better: of
 * those on npm docker-parse-image and parse-docker-image-name check nothing, and @swimlane/docker-reference (2.0.1)
 * hardly says why, and refuses registries at an IPv6 address, which Docker takes.
 */
export interface ImageReference {
    /** With the registry, e.g. `registry.example:5000/tools/zookeeper`. */
    readonly name: string;
    readonly tag: string | undefined;
    readonly digest: string | undefined;
}

const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const DOMAIN_COMPONENT = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const HOST = `(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[a-fA-F0-9:]+\\])`;
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const DOMAIN = new RegExp(`^${HOST}(?::[0-9]+)?$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const DIGITS_OF: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const LONGEST_NAME = 255;

/** The parts of the text, or what is wrong with it and how to put it right. */
export function parseImageReference(text: string): ImageReference | string {
    const protocol = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
    if (protocol !== undefined) {
        const rest = text.slice(protocol.length);
        return `begins with "${protocol}", which names of images do not: write ${JSON.stringify(rest || EXAMPLE)}`;
    }
    const { name, tag, digest } = parts(text);
    const fault = nameFault(name, text) ?? tagFault(name, tag) ?? digestFault(name, digest);
    return fault ?? { name, tag, digest };
}

const EXAMPLE = "zookeeper:3.9.5";

/** A colon after the last slash begins a tag, one before it the port of a registry. */
function parts(text: string): ImageReference {
    const at = text.indexOf("@");
    const [before, digest] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
    const colon = before.indexOf(":", before.lastIndexOf("/") + 1);
    const [name, tag] = colon < 0 ? [before, undefined] : [before.slice(0, colon), before.slice(colon + 1)];
    return { name, tag, digest };
}

function nameFault(name: string, text: string): string | undefined {
    const blank = /\s/.test(text) ? "holds a blank, which names of images do not: take it out" : undefined;
    const slash = name.indexOf("/");
    const first = name.slice(0, Math.max(0, slash));
    // As Docker tells a registry from the first part of a path.
    const isDomain = /[.:A-Z]/.test(first) || first === "localhost";
    const path = isDomain ? name.slice(slash + 1) : name;
    if (blank !== undefined) {
        return blank;
    }
    if (isDomain && !DOMAIN.test(first)) {
        return `has ${JSON.stringify(first)} for a registry, which is no host name with a port or without: write one such as "registry.example:5000/zookeeper:3.9.5"`;
    }
    if (/[A-Z]/.test(path)) {
        const lower = text.replace(path, path.toLowerCase());
        return `has capital letters, which names of images do not: write ${JSON.stringify(lower)}`;
    }
    if (!PATH.test(path)) {
        const rule = 'parts of small letters and digits, with single ".", "_" or "-" between them, joined by "/"';
        return `is not the name of an image, which is ${rule}: give one such as "${EXAMPLE}"`;
    }
    if (/^[0-9a-f]{64}$/.test(name)) {
        return `is the id of an image, which Docker takes for no name: write "sha256:${name.slice(0, 6)}…" or a name`;
    }
    return name.length > LONGEST_NAME
        ? `has a name of ${name.length} characters, and Docker takes ${LONGEST_NAME}: shorten it`
        : undefined;
}

function tagFault(name: string, tag: string | undefined): string | undefined {
    if (tag === undefined || TAG.test(tag)) {
        return undefined;
    }
    if (tag === "") {
        return `ends its name with ":" and has no tag after it: write ${JSON.stringify(`${name}:3.9.5`)}, or take the colon out`;
    }
    const rule = 'tags are of letters, digits, "_", "." and "-", up to 128, the first no "." or "-"';
    return `has ${JSON.stringify(tag.slice(0, 60))} for a tag, and ${rule}: give one such as "${EXAMPLE}"`;
}

function digestFault(name: string, digest: string | undefined): string | undefined {
    if (digest === undefined) {
        return undefined;
    }
    const [algorithm = "", hex] = digest.split(":");
    const digits = DIGITS_OF[algorithm];
    if (hex === undefined || digest === "") {
        const written = TAG.test(digest) ? `write ${JSON.stringify(`${name}:${digest}`)} for a tag` : "take it out";
        return `has ${JSON.stringify(digest)} after "@", where a digest stands, such as "sha256:" and 64 digits: ${written}`;
    }
    if (digits !== undefined && !new RegExp(`^[0-9a-f]{${digits}}$`).test(hex)) {
        const what = /^[0-9a-f]*$/.test(hex) ? `has ${hex.length} digits` : "is not of digits and small letters a to f";
        return `has a digest that ${what}, and one of ${algorithm} has ${digits} of them: copy it anew`;
    }
    return digits !== undefined || DIGEST.test(digest)
        ? undefined
        : `has ${JSON.stringify(digest.slice(0, 60))} for a digest: give "sha256:" and 64 digits, as docker images --digests shows it`;
}
