// SPDX-License-Identifier: MIT
// Stands at the top of a page that was saved as one file: what its databases held in Atelier is put
// into the browser's own. A page's own open() of the same name comes after ours, by the standard.
// What a browser has already is left as it is.

import { decode } from "./stored_values";

interface KeptStore {
    name: string;
    keyPath: string | string[] | null;
    autoIncrement: boolean;
    next: number; // the last key that was made
    indexes: { name: string; keyPath: string | string[]; multiEntry: boolean; unique: boolean }[];
    records: [unknown, unknown][];
}

interface KeptDatabase {
    name: string;
    version: number;
    stores: KeptStore[];
}

function quietly(request: IDBRequest): void {
    request.onerror = (event) => {
        event.preventDefault(); // one record that does not fit must not undo the others
        event.stopPropagation();
    };
}

// Keys go on after the last one that was made, even if its record is gone.
function advance(store: IDBObjectStore, kept: KeptStore): void {
    if (!kept.autoIncrement || !(kept.next > 0) || Array.isArray(kept.keyPath)) {
        return;
    }
    if (kept.keyPath === null) {
        quietly(store.put(0, kept.next));
    } else {
        const value = kept.keyPath.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), kept.next);
        quietly(store.put(value));
    }
    quietly(store.delete(kept.next));
}

function fill(database: IDBDatabase, kept: KeptStore): void {
    const { keyPath, autoIncrement } = kept;
    const store = database.createObjectStore(kept.name, { keyPath, autoIncrement });
    const has = kept.records.some(([key]) => key === kept.next);
    if (!has) {
        advance(store, kept);
    }
    for (const { name, keyPath: path, multiEntry, unique } of kept.indexes) {
        store.createIndex(name, path, { multiEntry, unique });
    }
    for (const [key, value] of kept.records) {
        try {
            quietly(keyPath === null ? store.put(decode(value), decode(key) as IDBValidKey) : store.put(decode(value)));
        } catch {
            // A value that this browser does not store.
        }
    }
}

function restore(kept: KeptDatabase): void {
    const request = indexedDB.open(kept.name, kept.version);
    request.onupgradeneeded = (event) => {
        if (event.oldVersion !== 0) {
            request.transaction?.abort();
            return;
        }
        kept.stores.forEach((store) => fill(request.result, store));
    };
    request.onsuccess = () => request.result.close();
    request.onerror = (event) => event.preventDefault();
}

(self as unknown as { atelierRestore: unknown }).atelierRestore = (kept: KeptDatabase[]): void => {
    for (const database of kept) {
        try {
            restore(database);
        } catch {
            // A browser that gives files of this computer no storage.
        }
    }
};
