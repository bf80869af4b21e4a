// SPDX-License-Identifier: MIT
// An opaque origin has no storage and no cookies: pages that expect them get stand-ins. The program
// keeps what is in localStorage and in databases with the artifact and hands it in at the next run;
// sessionStorage and cookies live as long as the page.

import type { Post } from "./poster";

/// What the program keeps.
export interface Kept {
    local?: Record<string, string>;
    databases?: unknown[] | undefined;
    left?: Record<string, number> | undefined; // values of databases that could not be kept, by kind
}

type Content = Pick<Kept, "databases" | "left">;

interface Databases {
    names: Record<string, unknown>;
    content(): Content;
}

const kMostCharacters = 5_000_000; // as browsers allow
const kSaveDelay = 200; // ms; more for large content, so that a busy page does not keep us busy

function memoryStorage(items: Map<string, string>, changed: () => void): Storage {
    const size = (): number => {
        let sum = 0;
        for (const [key, value] of items) {
            sum += key.length + value.length;
        }
        return sum;
    };
    const set = (key: string, value: string): void => {
        const before = items.get(key);
        items.set(key, value);
        if (size() > kMostCharacters) {
            if (before === undefined) {
                items.delete(key);
            } else {
                items.set(key, before);
            }
            throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
        }
        changed();
    };
    const remove = (key: string): void => {
        items.delete(key);
        changed();
    };
    const methods = {
        getItem: (key: string) => items.get(String(key)) ?? null,
        setItem: (key: string, value: string) => set(String(key), String(value)),
        removeItem: (key: string) => remove(String(key)),
        clear: () => {
            items.clear();
            changed();
        },
        key: (index: number) => [...items.keys()][index] ?? null,
        get length() {
            return items.size;
        },
    };
    return new Proxy(methods as unknown as Storage, {
        get: (target, key) => {
            if (typeof key === "symbol" || key in target) {
                return Reflect.get(target, key) as unknown;
            }
            return items.get(key);
        },
        set: (_target, key, value) => {
            set(String(key), String(value));
            return true;
        },
        deleteProperty: (_target, key) => {
            remove(String(key));
            return true;
        },
        has: (target, key) => key in target || items.has(String(key)),
        ownKeys: () => [...items.keys()],
        getOwnPropertyDescriptor: (_target, key) =>
            items.has(String(key))
                ? { value: items.get(String(key)), enumerable: true, configurable: true, writable: true }
                : undefined,
    });
}

// Loaded when a page asks for one of the names: most never do.
function installDatabases(kept: Content, changed: () => void): () => Content {
    let opened: Databases | null = null;
    const open = (): Databases => {
        if (!opened) {
            const request = new XMLHttpRequest();
            request.open("GET", "lib://cdn/database.js", false);
            request.send();
            const run = new Function(`${request.responseText};return atelierDatabases;`) as () => {
                openDatabases(kept: unknown[] | undefined, changed: () => void): Databases;
            };
            opened = run().openDatabases(kept.databases, changed);
        }
        return opened;
    };
    const names = ["indexedDB", "IDBCursor", "IDBCursorWithValue", "IDBDatabase", "IDBFactory", "IDBIndex",
        "IDBKeyRange", "IDBObjectStore", "IDBOpenDBRequest", "IDBRequest", "IDBTransaction", "IDBVersionChangeEvent"];
    for (const name of names) {
        Object.defineProperty(self, name, {
            configurable: true,
            get: () => open().names[name],
            set: (value: unknown) => Object.defineProperty(self, name, { value, configurable: true, writable: true }),
        });
    }
    return () => (opened ? opened.content() : { databases: kept.databases, left: kept.left });
}

function installCookies(): void {
    const cookies = new Map<string, string>();
    Object.defineProperty(Document.prototype, "cookie", {
        configurable: true,
        get: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        set: (text: string) => {
            const [pair = ""] = String(text).split(";", 1);
            const at = pair.indexOf("=");
            cookies.set(pair.slice(0, Math.max(0, at)).trim(), pair.slice(at + 1).trim());
        },
    });
}

export function installStorage(kept: Kept, post: Post): void {
    const local = new Map(Object.entries(kept.local ?? {}));
    const later = setTimeout.bind(self);
    const stringify = JSON.stringify;
    let timer = 0;
    let size = 0;
    const save = (): void => {
        timer = 0;
        const { databases, left } = content();
        size = stringify(databases ?? []).length;
        const fits = size <= kMostCharacters;
        const missing = fits ? left : { database: databases?.length ?? 0 };
        post({
            type: "storage",
            content: {
                local: Object.fromEntries(local),
                ...(databases && fits ? { databases } : {}),
                ...(missing && Object.keys(missing).length > 0 ? { left: missing } : {}),
            },
        });
    };
    const changed = (): void => {
        timer ||= later(save, kSaveDelay + size / 1000);
    };
    const content = installDatabases(kept, changed);
    Object.defineProperty(self, "localStorage", { value: memoryStorage(local, changed), configurable: true });
    Object.defineProperty(self, "sessionStorage", {
        value: memoryStorage(new Map(), () => undefined),
        configurable: true,
    });
    installCookies();
}
