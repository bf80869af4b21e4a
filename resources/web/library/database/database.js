// SPDX-License-Identifier: MIT
// IndexedDB for a page without an origin of its own: fake-indexeddb, which keeps everything in
// memory, with its content taken out and put in again. The prelude loads this when a page uses it.

import * as names from "fake-indexeddb";
import Database from "fake-indexeddb/lib/Database";
import Index from "fake-indexeddb/lib/Index";
import ObjectStore from "fake-indexeddb/lib/ObjectStore";

// Structured values as JSON. What has no place in it (files, pictures) becomes null.
function encode(value, seen = new Set()) {
    if (value === null || typeof value === "string" || typeof value === "boolean") {
        return value;
    }
    if (typeof value === "number") {
        return Number.isFinite(value) ? value : { $: "number", v: String(value) };
    }
    if (typeof value === "undefined" || typeof value === "bigint") {
        return { $: typeof value, v: String(value) };
    }
    if (typeof value !== "object" || seen.has(value)) {
        return null;
    }
    seen.add(value);
    try {
        if (value instanceof Date) {
            return { $: "date", v: value.getTime() };
        }
        if (value instanceof Map) {
            return { $: "map", v: [...value].map((pair) => encode(pair, seen)) };
        }
        if (value instanceof Set) {
            return { $: "set", v: [...value].map((one) => encode(one, seen)) };
        }
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
            const bytes = value instanceof ArrayBuffer ? new Uint8Array(value)
                : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
            let text = "";
            for (const byte of bytes) {
                text += String.fromCharCode(byte);
            }
            return { $: "bytes", as: value.constructor.name, v: btoa(text) };
        }
        if (Array.isArray(value)) {
            return value.map((one) => encode(one, seen));
        }
        if (Object.getPrototypeOf(value) !== Object.prototype) {
            return null;
        }
        const pairs = Object.entries(value).map(([key, one]) => [key, encode(one, seen)]);
        return "$" in value ? { $: "object", v: pairs } : Object.fromEntries(pairs);
    } finally {
        seen.delete(value);
    }
}

const kBuffers = { Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, DataView };

function decode(value) {
    if (value === null || typeof value !== "object") {
        return value;
    }
    if (Array.isArray(value)) {
        return value.map(decode);
    }
    switch (value.$) {
        case undefined:
            return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decode(one)]));
        case "number":
            return Number(value.v);
        case "bigint":
            return BigInt(value.v);
        case "date":
            return new Date(value.v);
        case "map":
            return new Map(value.v.map(decode));
        case "set":
            return new Set(value.v.map(decode));
        case "object":
            return Object.fromEntries(value.v.map(([key, one]) => [key, decode(one)]));
        case "bytes": {
            const buffer = Uint8Array.from(atob(value.v), (c) => c.charCodeAt(0)).buffer;
            return kBuffers[value.as] ? new kBuffers[value.as](buffer) : buffer;
        }
        default:
            return undefined;
    }
}

function putIn(databases, kept) {
    for (const { name, version, stores } of kept) {
        const database = new Database(name, version);
        for (const one of stores) {
            const store = new ObjectStore(database, one.name, one.keyPath, one.autoIncrement);
            if (store.keyGenerator) {
                store.keyGenerator.num = one.next;
            }
            for (const { name: title, keyPath, multiEntry, unique } of one.indexes) {
                const index = new Index(store, title, keyPath, multiEntry, unique);
                index.initialized = true;
                store.rawIndexes.set(title, index);
            }
            for (const [key, value] of one.records) {
                const record = { key: decode(key), value: decode(value) };
                store.records.put(record);
                for (const index of store.rawIndexes.values()) {
                    index.storeRecord(record);
                }
            }
            database.rawObjectStores.set(one.name, store);
        }
        databases.set(name, database);
    }
}

function takeOut(databases) {
    return [...databases.values()].map((database) => ({
        name: database.name,
        version: database.version,
        stores: [...database.rawObjectStores.values()].filter((store) => !store.deleted).map((store) => ({
            name: store.name,
            keyPath: store.keyPath,
            autoIncrement: store.autoIncrement,
            next: store.keyGenerator?.num ?? 0,
            indexes: [...store.rawIndexes.values()].filter((index) => !index.deleted).map(
                ({ name, keyPath, multiEntry, unique }) => ({ name, keyPath, multiEntry, unique }),
            ),
            records: [...store.records.values()].map(({ key, value }) => [encode(key), encode(value)]),
        })),
    }));
}

// `kept`: what `content()` gave another time. `changed` is called when it would give something else.
export function openDatabases(kept, changed) {
    const factory = new names.IDBFactory();
    try {
        putIn(factory._databases, kept ?? []);
    } catch {
        factory._databases.clear(); // of another version of this program: begin anew
    }
    const { transaction } = names.IDBDatabase.prototype;
    names.IDBDatabase.prototype.transaction = function (...parameters) {
        const made = transaction.apply(this, parameters);
        if (made.mode !== "readonly") {
            made.addEventListener("complete", changed);
        }
        return made;
    };
    for (const method of ["open", "deleteDatabase"]) {
        const own = factory[method];
        factory[method] = function (...parameters) {
            const request = own.apply(this, parameters);
            request.addEventListener("success", changed);
            return request;
        };
    }
    return { names: { ...names, indexedDB: factory }, content: () => takeOut(factory._databases) };
}
