import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { digestCommand } from "../../../lib/member/digestCommand";
import { specOf } from "../../support/specs";

const key = "DigestAuthenticationProvider.digestAlg";
const inFile = (algorithm: string) => ({ docker: {}, config: { extra: { [key]: algorithm } } });
const asFlags = (...algorithms: string[]) => algorithms.map((each) => `-Dzookeeper.${key}=${each}`);

describe("the command that hashes the super user's password", () => {
    it("is the script's own where ZooKeeper hashes by SHA-1", () => {
        for (const args of [{ docker: {} }, ...["SHA1", "sha-1", "SHA"].map(inFile)]) {
            assert.equal(digestCommand(specOf(args)), undefined);
        }
    });

    for (const [algorithm, hash] of [
        ["MD5", "md5"],
        ["SHA-224", "sha224"],
        ["SHA-256", "sha256"],
        ["sha-384", "sha384"],
        ["SHA-512", "sha512"],
        ["SHA-512/256", "sha512-256"],
        ["SHA3-256", "sha3-256"],
        ["sha3-512", "sha3-512"],
    ] as const) {
        it(`hashes by ${algorithm} as others do`, () => {
            const [program, ...args] = digestCommand(specOf(inFile(algorithm)))!.split(" ");
            const [digest] = execFileSync(program!, args, { input: "super:secret" }).toString().split(" ");
            assert.equal(digest, createHash(hash).update("super:secret").digest("hex"));
        });
    }

    it("follows the last flag, and a line of zoo.cfg more", () => {
        const flags = [...asFlags("SHA-384", "SHA-256"), "-Dmy.own=1"];
        assert.equal(digestCommand(specOf({ docker: {}, jvm: { flags } })), "sha256sum");
        assert.equal(digestCommand(specOf({ ...inFile("SHA-512"), jvm: { flags } })), "sha512sum");
    });
});
