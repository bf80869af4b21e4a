// SPDX-License-Identifier: MIT
// An opaque origin has no storage and no cookies: pages that expect them get ones that live as long
// as the page.

function memoryStorage(): Storage {
    const items = new Map<string, string>();
    const methods = {
        getItem: (key: string) => items.get(String(key)) ?? null,
        setItem: (key: string, value: string) => void items.set(String(key), String(value)),
        removeItem: (key: string) => void items.delete(String(key)),
        clear: () => items.clear(),
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
            items.set(String(key), String(value));
            return true;
        },
        deleteProperty: (_target, key) => {
            items.delete(String(key));
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

export function installStorage(): void {
    for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(self, name, { value: memoryStorage(), configurable: true });
    }
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
