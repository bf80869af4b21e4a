// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { makeSubtle, sha1, sha256 } from "../../../resources/web/src/artifact/digest";

const hex = (buffer: ArrayBuffer): string => Buffer.from(buffer).toString("hex");

test("digests are those of another implementation, at every length around a block", () => {
    for (const size of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_003]) {
        const message = new Uint8Array(size).map((_byte, index) => (index * 131 + size) & 255);
        assert.equal(hex(sha256(message)), createHash("sha256").update(message).digest("hex"), String(size));
        assert.equal(hex(sha1(message)), createHash("sha1").update(message).digest("hex"), String(size));
    }
});

test("subtle digests views and buffers, and refuses what it has not", async () => {
    const subtle = makeSubtle() as SubtleCrypto;
    const bytes = new TextEncoder().encode("xabcx");
    const wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert.equal(hex(await subtle.digest("sha-256", bytes.subarray(1, 4))), wanted);
    assert.equal(hex(await subtle.digest({ name: "SHA-256" }, bytes.slice(1, 4).buffer)), wanted);
    await assert.rejects(subtle.digest("SHA-512", bytes), { name: "NotSupportedError" });
    await assert.rejects(subtle.generateKey("AES-GCM" as never, true, []), { name: "NotSupportedError" });
});
