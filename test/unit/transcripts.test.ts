import assert from "node:assert/strict";
import { documentOf } from "../support/documents";
import { piecesOfMessages, shownMessages, wordsOfNobody } from "../support/transcripts";

/** Names in the guide's transcripts, Docker's states, and words that are too short to be looked for. */
const values = /^(shop-dev-coordination-d2bf-\d|vm\.\d+\.[0-9a-f]{8}|exited|restarting|is|of|was)$/;
/** What somebody else says, in the middle of a message or instead of one. */
const logLines = / last log lines of server .* servers whose turn had not come/;
const ofPulumi = /^Resource '…::coordination-\d-server' depends on/;

describe("the errors and warnings that the operations guide shows", () => {
    const pieces = piecesOfMessages();
    const unsaid = (message: string) => wordsOfNobody(message, pieces).filter((word) => !values.test(word));
    const messages = shownMessages(documentOf("docs/operations.md")).filter((message) => !ofPulumi.test(message));

    it("are said by the library in these words", () => {
        assert.ok(messages.length >= 12, `only ${messages.length} were found`);
        for (const message of messages) {
            assert.deepEqual(unsaid(message.replace(logLines, " servers whose turn had not come")), [], message);
        }
    });

    it("would be noticed with a word that the library does not say", () => {
        const [message = ""] = messages.filter((each) => each.includes("does not replace it"));
        assert.deepEqual(unsaid(message), []);
        assert.ok(unsaid(message.replace("replace it", "touch it")).includes("touch"));
    });
});
