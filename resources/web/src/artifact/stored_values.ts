// SPDX-License-Identifier: MIT
// What a database can hold, as JSON and back. Blobs are read while the page goes on, so the first
// JSON after one was stored may lack it; what can never become JSON is counted by its kind.

export interface Notes {
    left: Record<string, number>; // kind -> how many values are null instead
    waiting: Promise<unknown>[]; // once these are done, another JSON has more
}

type Json = null | string | number | boolean | Json[] | { [name: string]: Json };
type Tagged = { $: string; v: Json; as?: string; type?: string; name?: string };

const kMostBlob = 4_000_000; // bytes
const kBuffers: Record<string, new (buffer: ArrayBuffer) => ArrayBufferView> = {
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView,
};
const kErrors: Record<string, ErrorConstructor> = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const blobs = new WeakMap<Blob, string>(); // read already, in base 64

function toBase64(bytes: Uint8Array): string {
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) {
        text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    }
    return btoa(text);
}

function fromBase64(text: string): ArrayBuffer {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
}

function leaveOut(kind: string, notes: Notes): null {
    notes.left[kind] = (notes.left[kind] ?? 0) + 1;
    return null;
}

function encodeBlob(blob: Blob, notes: Notes): Json {
    const known = blobs.get(blob);
    if (known !== undefined) {
        const tagged = { $: "blob", type: blob.type, v: known };
        return blob instanceof File ? { ...tagged, name: blob.name } : tagged;
    }
    if (blob.size > kMostBlob) {
        return leaveOut("Blob", notes);
    }
    notes.waiting.push(blob.arrayBuffer().then((buffer) => blobs.set(blob, toBase64(new Uint8Array(buffer)))));
    return null;
}

export function encode(value: unknown, notes: Notes, seen = new Set<object>()): Json {
    if (value === null || typeof value === "string" || typeof value === "boolean") {
        return value;
    }
    if (typeof value === "number") {
        return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: "number", v: Object.is(value, -0) ? "-0" : String(value) };
    }
    if (typeof value === "undefined" || typeof value === "bigint") {
        return { $: typeof value, v: String(value) };
    }
    if (typeof value !== "object") {
        return leaveOut(typeof value, notes);
    }
    if (seen.has(value)) {
        return leaveOut("circle", notes);
    }
    seen.add(value);
    try {
        return encodeObject(value, notes, (one) => encode(one, notes, seen));
    } finally {
        seen.delete(value);
    }
}

function encodeObject(value: object, notes: Notes, inner: (one: unknown) => Json): Json {
    if (value instanceof Date) {
        return { $: "date", v: inner(value.getTime()) };
    }
    if (value instanceof RegExp) {
        return { $: "regexp", v: [value.source, value.flags] };
    }
    if (value instanceof Error) {
        return { $: "error", v: [value.name, value.message] };
    }
    if (value instanceof Map) {
        return { $: "map", v: [...(value as Map<unknown, unknown>)].map(inner) };
    }
    if (value instanceof Set) {
        return { $: "set", v: [...(value as Set<unknown>)].map(inner) };
    }
    if (value instanceof Blob) {
        return encodeBlob(value, notes);
    }
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
        const bytes = value instanceof ArrayBuffer ? new Uint8Array(value)
            : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        return { $: "bytes", as: value.constructor.name, v: toBase64(bytes) };
    }
    if (Array.isArray(value)) {
        return value.map(inner);
    }
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype !== Object.prototype && prototype !== null) {
        return leaveOut(value.constructor?.name || "object", notes);
    }
    const pairs = Object.entries(value).map(([key, one]) => [key, inner(one)] as [string, Json]);
    return "$" in value ? { $: "object", v: pairs } : Object.fromEntries(pairs);
}

export function decode(value: unknown): unknown {
    if (value === null || typeof value !== "object") {
        return value;
    }
    if (Array.isArray(value)) {
        return value.map(decode);
    }
    if (!("$" in value)) {
        return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decode(one)]));
    }
    const { $: kind, v, as = "", type = "", name } = value as Tagged;
    switch (kind) {
        case "number":
            return Number(v);
        case "bigint":
            return BigInt(v as string);
        case "date":
            return new Date(decode(v) as number);
        case "regexp":
            return new RegExp((v as string[])[0] ?? "", (v as string[])[1]);
        case "error":
            return new (kErrors[(v as string[])[0] ?? ""] ?? Error)((v as string[])[1]);
        case "map":
            return new Map((v as Json[]).map(decode) as [unknown, unknown][]);
        case "set":
            return new Set((v as Json[]).map(decode));
        case "object":
            return Object.fromEntries((v as [string, Json][]).map(([key, one]) => [key, decode(one)]));
        case "bytes": {
            const buffer = fromBase64(v as string);
            const View = kBuffers[as];
            return View ? new View(buffer) : buffer;
        }
        case "blob": {
            const parts = [fromBase64(v as string)];
            const blob = name === undefined ? new Blob(parts, { type }) : new File(parts, name, { type });
            blobs.set(blob, v as string);
            return blob;
        }
        default:
            return undefined;
    }
}
