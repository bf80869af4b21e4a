// SPDX-License-Identifier: MIT
// Sends console.log and its siblings out with their arguments as text; the browser would say
// "[object Object]". Uncaught errors are reported by the browser itself.

import type { Post } from "./poster";

const kLongest = 2000; // characters of one entry
const kLevels = { log: "log", info: "log", debug: "log", warn: "warning", error: "error" } as const;

function describe(value: unknown): string {
    if (typeof value === "string") {
        return value;
    }
    if (value instanceof Error) {
        return `${value.name}: ${value.message}`;
    }
    if (value instanceof Element) {
        const id = value.id ? `#${value.id}` : "";
        return `<${value.localName}${id}>`;
    }
    if (typeof value === "object" && value !== null) {
        return describeObject(value);
    }
    return String(value);
}

function describeObject(value: object): string {
    const seen = new Set<unknown>();
    const text = JSON.stringify(value, (_key, member: unknown) => {
        if (typeof member === "object" && member !== null) {
            if (seen.has(member)) {
                return "…";
            }
            seen.add(member);
        }
        return typeof member === "function" || typeof member === "bigint" ? String(member) : member;
    });
    return text ?? String(value);
}

// "%d drops" with its values filled in; what is left over is appended.
export function formatArguments(values: unknown[]): string {
    const rest = [...values];
    const parts: string[] = [];
    if (typeof rest[0] === "string" && rest[0].includes("%") && rest.length > 1) {
        const format = rest.shift() as string;
        parts.push(
            format.replace(/%([sdifoOc%])/g, (whole, kind: string) => {
                if (kind === "%") {
                    return "%";
                }
                if (rest.length === 0) {
                    return whole;
                }
                const value = rest.shift();
                return kind === "c" ? "" : describe(value);
            }),
        );
    }
    parts.push(...rest.map(describe));
    return parts.join(" ").slice(0, kLongest);
}

function callerLine(): number {
    const frame = new Error().stack?.split("\n")[3] ?? "";
    return Number(/:(\d+):\d+\)?$/.exec(frame)?.[1] ?? 0);
}

export function installConsole(post: Post): void {
    for (const [name, level] of Object.entries(kLevels)) {
        Object.defineProperty(console, name, {
            configurable: true,
            writable: true,
            value: (...values: unknown[]) => {
                let text = "";
                try {
                    text = formatArguments(values);
                } catch {
                    text = "…"; // a getter of the page threw
                }
                post({ type: "console", level, text, line: callerLine() });
            },
        });
    }
}
