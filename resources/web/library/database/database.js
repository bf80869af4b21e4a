// SPDX-License-Identifier: MIT
// IndexedDB for a page without an origin of its own: fake-indexeddb, which keeps everything in
// memory, with its content taken out and put in again. The prelude loads this when a page uses it.

import * as names from "fake-indexeddb";
import Database from "fake-indexeddb/lib/Database";
import Index from "fake-indexeddb/lib/Index";
import ObjectStore from "fake-indexeddb/lib/ObjectStore";
import { decode, encode } from "../../src/artifact/stored_values";

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

function takeOut(databases, notes) {
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
            records: [...store.records.values()].map(({ key, value }) => [encode(key, notes), encode(value, notes)]),
        })),
    }));
}

// `kept`: the databases that `content()` gave another time. `changed` is called when it would give something else.
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
    const content = () => {
        const notes = { left: {}, waiting: [] };
        const databases = takeOut(factory._databases, notes);
        if (notes.waiting.length > 0) {
            void Promise.allSettled(notes.waiting).then(changed);
        }
        return { databases, left: notes.left };
    };
    return { names: { ...names, indexedDB: factory }, content };
}
