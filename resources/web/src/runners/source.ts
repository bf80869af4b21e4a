// SPDX-License-Identifier: MIT
// The source of an artifact that is not a page, as it arrives. The page is made by
// renderers/runner_page.cpp: the source stands in it as text and grows while the model writes.

import { setStrings } from "../shared/strings";

export type Outcome = "run" | "cut";

export interface SourceListener {
    // All of it so far; not called for every character.
    grew(source: string): void;
    // Called once, after the last grew(). Half-written code is no error: report none on "cut".
    ended(source: string, outcome: Outcome): void | Promise<void>;
}

const kInterval = 60; // ms between calls of grew()

// Kept: a program may take it out of the page.
const kStage = document.getElementById("root") as HTMLElement;

export function stage(): HTMLElement {
    return kStage;
}

// The words, translated.
export function readWords(): void {
    const words = document.body.dataset["words"] ?? "{}";
    setStrings(JSON.parse(words) as Record<string, string>, document.documentElement.lang || "en");
}

export function followSource(listener: SourceListener): void {
    let shown = -1;
    let timer = 0;
    let complete = false;
    const read = (): string =>
        document.querySelector("pre[data-atelier-source]")?.textContent ?? "";
    const look = (): void => {
        timer = 0;
        if (complete) {
            return;
        }
        const source = read();
        if (source.length !== shown) {
            shown = source.length;
            listener.grew(source);
        }
        const end = document.querySelector<HTMLElement>("i[data-atelier-end]");
        if (end) {
            complete = true;
            watcher.disconnect();
            const outcome = end.dataset["atelierEnd"] === "run" ? "run" : "cut";
            busyWhile(listener.ended(source, outcome));
        }
    };
    // The page counts as drawn once this is over.
    const busyWhile = (work: void | Promise<void>): void => {
        if (work) {
            document.documentElement.dataset["atelierBusy"] = "";
            void work.finally(() => delete document.documentElement.dataset["atelierBusy"]);
        }
    };
    const watcher = new MutationObserver(() => {
        if (document.querySelector("i[data-atelier-end]")) {
            window.clearTimeout(timer);
            look();
        } else if (timer === 0) {
            timer = window.setTimeout(look, kInterval);
        }
    });
    watcher.observe(document, { childList: true, subtree: true, characterData: true });
    look();
}

// An error at a line of the source: the console shows where its caller stands, so the caller is
// put there.
export function errorAtLine(message: string, line: number): void {
    const script = document.createElement("script");
    script.textContent =
        "\n".repeat(Math.max(0, Math.min(line, 100_000) - 1)) +
        `console.error(${JSON.stringify(message)})`;
    document.body.append(script);
    script.remove();
}

// Runs a program of the model's; errors it throws have the line numbers of its own source.
// `before` and `after` must not have line feeds.
export function runAsScript(before: string, source: string, after: string): void {
    const script = document.createElement("script");
    script.textContent = before + source + "\n" + after;
    document.body.append(script);
    script.remove();
}

// In a page that was saved as one file: what it has in place of addresses.
export function ownFiles(): Record<string, string> | undefined {
    return (window as unknown as { atelierFiles?: Record<string, string> }).atelierFiles;
}

export function loadScript(url: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = ownFiles()?.[url] ?? url;
        script.onload = () => resolve();
        script.onerror = () => reject(new Error(url));
        document.head.append(script);
    });
}

// The names of the modules that a script asks for. What only looks like an import costs nothing.
export function importedNames(source: string): string[] {
    const names = new Set<string>();
    const pattern =
        /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(["'])([^"'\n]{1,200})\1/g;
    for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
        names.add(match[2] as string);
    }
    return [...names];
}

// Our own style sheet, taken away while a program of the model's has the page.
export function useOwnStyles(own: boolean): void {
    const sheet = document.querySelector<HTMLLinkElement | HTMLStyleElement>("[data-atelier-own]");
    if (sheet) {
        sheet.disabled = !own;
    }
}
