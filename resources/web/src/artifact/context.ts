// SPDX-License-Identifier: MIT
// What browsers give to secure pages alone, and pages use without asking: identifiers and
// digests are made here, and the clipboard says no in the way that pages expect.

import { makeSubtle } from "./digest";

function randomUuid(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function installContext(): void {
    if (!("randomUUID" in crypto)) {
        Object.defineProperty(crypto, "randomUUID", { value: randomUuid, configurable: true, writable: true });
    }
    if (!("subtle" in crypto)) {
        Object.defineProperty(crypto, "subtle", { value: makeSubtle(), configurable: true });
    }
    if (!("clipboard" in navigator)) {
        const refuse = (): Promise<never> =>
            Promise.reject(new DOMException("Artifacts may not use the clipboard.", "NotAllowedError"));
        const clipboard = { read: refuse, readText: refuse, write: refuse, writeText: refuse };
        Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
    }
}
