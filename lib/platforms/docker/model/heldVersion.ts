import { ImageReference } from "./imageReference";

/** The version of ZooKeeper that an image's name says it holds. */
export interface HeldVersion {
    /** Complete or its beginning, such as `3.8`. */
    readonly text: string;
    /** Images of other names may count versions of their own. */
    readonly isCertain: boolean;
}

/** Nothing where the tag says none: none is given, or one such as `latest` or a date. */
export function heldVersion({ name, tag = "" }: ImageReference): HeldVersion | undefined {
    const text = /^v?(3(?:\.\d{1,3}){0,2})(?:[-_].*)?$/.exec(tag)?.[1];
    const isCertain = name.split("/").at(-1) === "zookeeper";
    const isComplete = text?.split(".").length === 3;
    return text === undefined || (!isCertain && !isComplete) ? undefined : { text, isCertain };
}

/** Whether the version is the one, or begins with it. */
export function isPartOf(beginning: string, version: string): boolean {
    return `${version}.`.startsWith(`${beginning}.`);
}
