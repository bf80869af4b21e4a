// SPDX-License-Identifier: MIT
// crypto.subtle, which browsers give to pages with an origin alone: digests (FIPS 180-4) are made
// here, anything else says that it is not there.

const kConstants32 = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

// The message, a one bit, zeros, and its length in bits.
function padded(message: Uint8Array): DataView {
    const size = Math.ceil((message.length + 9) / 64) * 64;
    const view = new DataView(new ArrayBuffer(size));
    new Uint8Array(view.buffer).set(message);
    view.setUint8(message.length, 0x80);
    view.setUint32(size - 8, Math.floor(message.length / 0x20000000));
    view.setUint32(size - 4, (message.length << 3) >>> 0);
    return view;
}

function bytesOf(words: Uint32Array): ArrayBuffer {
    const view = new DataView(new ArrayBuffer(words.length * 4));
    words.forEach((word, index) => view.setUint32(index * 4, word));
    return view.buffer;
}

export function sha256(message: Uint8Array): ArrayBuffer {
    const state = Uint32Array.of(
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    );
    const words = new Uint32Array(64);
    const right = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
    const at = (array: Uint32Array | number[], index: number): number => array[index] as number;
    const view = padded(message);
    for (let block = 0; block < view.byteLength; block += 64) {
        for (let i = 0; i < 64; ++i) {
            if (i < 16) {
                words[i] = view.getUint32(block + i * 4);
                continue;
            }
            const a = at(words, i - 15);
            const b = at(words, i - 2);
            const small = right(a, 7) ^ right(a, 18) ^ (a >>> 3);
            const large = right(b, 17) ^ right(b, 19) ^ (b >>> 10);
            words[i] = at(words, i - 16) + small + at(words, i - 7) + large;
        }
        let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
        for (let i = 0; i < 64; ++i) {
            const first =
                (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) +
                    at(kConstants32, i) + at(words, i)) | 0;
            const second = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
            [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
        }
        [a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] = at(state, index) + word));
    }
    return bytesOf(state);
}

export function sha1(message: Uint8Array): ArrayBuffer {
    const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
    const words = new Uint32Array(80);
    const left = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
    const at = (array: Uint32Array, index: number): number => array[index] as number;
    const view = padded(message);
    for (let block = 0; block < view.byteLength; block += 64) {
        for (let i = 0; i < 80; ++i) {
            words[i] =
                i < 16
                    ? view.getUint32(block + i * 4)
                    : left(at(words, i - 3) ^ at(words, i - 8) ^ at(words, i - 14) ^ at(words, i - 16), 1);
        }
        let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
        for (let i = 0; i < 80; ++i) {
            const [mixed, constant] =
                i < 20
                    ? [(b & c) | (~b & d), 0x5a827999]
                    : i < 40
                      ? [b ^ c ^ d, 0x6ed9eba1]
                      : i < 60
                        ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
                        : [b ^ c ^ d, 0xca62c1d6];
            const next = (left(a, 5) + mixed + e + constant + at(words, i)) | 0;
            [e, d, c, b, a] = [d, c, left(b, 30), a, next];
        }
        [a, b, c, d, e].forEach((word, index) => (state[index] = at(state, index) + word));
    }
    return bytesOf(state);
}

const kDigests: Record<string, (message: Uint8Array) => ArrayBuffer> = {
    "SHA-256": sha256,
    "SHA-1": sha1,
};

function notThere(what: string): Promise<never> {
    return Promise.reject(new DOMException(`Artifacts have no ${what}.`, "NotSupportedError"));
}

export function makeSubtle(): object {
    const subtle: Record<string, unknown> = {
        digest: (algorithm: string | { name: string }, data: BufferSource): Promise<ArrayBuffer> => {
            const name = (typeof algorithm === "string" ? algorithm : algorithm.name).toUpperCase();
            const digest = kDigests[name];
            if (!digest) {
                return notThere(`digest ${name}`);
            }
            const bytes = ArrayBuffer.isView(data)
                ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
                : new Uint8Array(data);
            return Promise.resolve(digest(bytes.slice()));
        },
    };
    for (const name of [
        "encrypt", "decrypt", "sign", "verify", "generateKey", "deriveKey", "deriveBits", "importKey",
        "exportKey", "wrapKey", "unwrapKey",
    ]) {
        subtle[name] = () => notThere(`crypto.subtle.${name}`);
    }
    return subtle;
}
