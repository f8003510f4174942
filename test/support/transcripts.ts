import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { Document } from "./documents";

const sources = join(__dirname, "../../lib");
/** Shorter texts of the sources stand in any sentence by chance. */
const shortestPiece = 5;

const byPulumi = /^(Preview failed: )?before hook "[^"]+" failed: /;

/** The errors and warnings in a document's blocks of output, each on one line, as far as its own indentation goes. */
export function shownMessages({ text }: Document): string[] {
    const blocks = [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)]
        .filter(([, language]) => language === "")
        .map(([, , block]) => block!);
    return blocks.flatMap((block) => {
        const messages: string[] = [];
        let indent = -1;
        for (const line of block.split("\n")) {
            const begin = /^( *)(?:error|warning): (.*)$/.exec(line);
            if (begin) {
                indent = begin[1]!.length;
                messages.push(begin[2]!.replace(byPulumi, ""));
            } else if (indent >= 0 && line.startsWith(" ".repeat(indent)) && !/^ *([~+-]|…|Resources:)/.test(line)) {
                messages.push(`${messages.pop()} ${line.trim()}`);
            } else {
                indent = -1;
            }
        }
        return messages;
    });
}

/** All texts of the sources, and those between the values of templates; the longest first. */
export function piecesOfMessages(): string[] {
    const pieces = new Set<string>();
    const visit = (node: ts.Node) => {
        if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
            const piece = node.text.replace(/\s+/g, " ").trim();
            if (piece.length >= shortestPiece) {
                pieces.add(piece);
            }
        }
        ts.forEachChild(node, visit);
    };
    for (const file of readdirSync(sources, { recursive: true, encoding: "utf8" })) {
        if (file.endsWith(".ts")) {
            visit(ts.createSourceFile(file, readFileSync(join(sources, file), "utf8"), ts.ScriptTarget.Latest, true));
        }
    }
    return [...pieces].sort((a, b) => b.length - a.length);
}

/** The words of a message that stand in no text of the sources: values, or what the sources do not say any more. */
export function wordsOfNobody(message: string, pieces: readonly string[]): string[] {
    let left = message.replace(/\s+/g, " ");
    for (const piece of pieces) {
        left = left.replaceAll(piece, " | ");
    }
    return left.split(/[\s|:,;()]+/).filter((word) => /[a-z]/i.test(word));
}
