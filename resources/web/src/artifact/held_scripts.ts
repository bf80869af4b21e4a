// SPDX-License-Identifier: MIT
// While an artifact is written its scripts have a type no browser runs and its inline handlers have
// other names (renderers/source_transformer.cpp gives them). When the source is complete they get
// their own back and run once, in order, as if they were all at the end of the page.

const kHeldType = "text/x-atelier-held";
const kHeldPrefix = "data-atelier-held-";

type Outcome = "run" | "cut";
type Listener = { target: EventTarget; type: string; callback: EventListenerOrEventListenerObject };

// The program ends the stream with a comment that says whether the source is complete.
function takeEndMark(nonce: string, root: Node = document): Outcome | null {
    const nodes = document.createNodeIterator(root, NodeFilter.SHOW_COMMENT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        const comment = node as Comment;
        if (comment.data.startsWith(nonce)) {
            comment.remove();
            return comment.data.endsWith("run") ? "run" : "cut";
        }
    }
    // A template that was left open has swallowed it.
    for (const template of (root as ParentNode).querySelectorAll("template")) {
        const outcome = takeEndMark(nonce, template.content);
        if (outcome) {
            return outcome;
        }
    }
    return null;
}

export function holdScripts(nonce: string, done: (outcome: Outcome) => void): void {
    let drafting = true;
    document.addEventListener(
        "click",
        (event) => {
            const link = (event.target as Element | null)?.closest?.("a");
            const url = link?.getAttribute("href") ?? link?.getAttribute("xlink:href") ?? "";
            if (drafting && /^\s*javascript:/i.test(url)) {
                event.preventDefault();
            }
        },
        true,
    );
    document.addEventListener("readystatechange", () => {
        if (document.readyState !== "interactive" || !drafting) {
            return;
        }
        const outcome = takeEndMark(nonce) ?? "cut";
        if (outcome === "cut") {
            done("cut");
            return;
        }
        drafting = false;
        new ScriptRunner(() => done("run")).start();
    });
}

class ScriptRunner {
    private readonly m_setTimeout = window.setTimeout.bind(window);
    private readonly m_late: Listener[] = [];
    private m_queue: Element[] = [];
    private m_fired = new Set<string>(); // of DOMContentLoaded and load
    private m_written: ChildNode | null = null;

    constructor(private readonly m_done: () => void) {}

    start(): void {
        const all = [...document.querySelectorAll(`script[type="${kHeldType}"]`)];
        const isLast = (script: Element): boolean =>
            heldType(script) === "module" ||
            (script.hasAttribute("src") && script.hasAttribute("defer"));
        this.m_queue = [...all.filter((s) => !isLast(s)), ...all.filter(isLast)];
        this.listen();
        restoreAttributes();
        this.next();
    }

    private next(): void {
        for (;;) {
            const held = this.m_queue.shift();
            if (!held) {
                this.finish();
                return;
            }
            if (held.isConnected && this.run(held)) {
                return; // next() is called when it has loaded
            }
        }
    }

    // Returns whether the script loads first.
    private run(held: Element): boolean {
        const type = heldType(held);
        const script = document.createElementNS(held.namespaceURI, "script") as HTMLScriptElement;
        for (const { name, value } of [...held.attributes]) {
            if (name !== "type" && !name.startsWith("data-atelier-")) {
                script.setAttribute(name, value);
            }
        }
        if (type !== null) {
            script.setAttribute("type", type);
        }
        // Line numbers in errors are those of the source.
        const line = Number(held.getAttribute("data-atelier-line") ?? 1);
        script.textContent = "\n".repeat(Math.max(0, line - 1)) + (held.textContent ?? "");
        const waits =
            type !== "importmap" &&
            (type === "module" || script.hasAttribute("src")) &&
            !script.hasAttribute("async");
        if (waits) {
            script.async = false;
            let waiting = true;
            const go = (): void => {
                if (waiting) {
                    waiting = false;
                    this.next();
                }
            };
            script.addEventListener("load", go);
            script.addEventListener("error", go);
            this.m_setTimeout(go, 10_000);
        }
        this.m_written = null;
        held.replaceWith(script);
        return waits;
    }

    // Scripts that come after an external one run when DOMContentLoaded or load may have passed:
    // listeners they add are called at the end.
    private listen(): void {
        document.addEventListener("DOMContentLoaded", () => this.m_fired.add("DOMContentLoaded"));
        window.addEventListener("load", () => this.m_fired.add("load"));
        for (const target of [document, window]) {
            const add = target.addEventListener.bind(target);
            Object.defineProperty(target, "addEventListener", {
                configurable: true,
                writable: true,
                value: (type: string, callback: EventListener, options?: AddEventListenerOptions) => {
                    if (this.m_fired.has(type) && (callback as unknown)) {
                        this.m_late.push({ target, type, callback });
                    } else {
                        add(type, callback, options);
                    }
                },
            });
        }
        // The parser is gone, so the browser's own would throw the page away.
        const write = (...texts: string[]): void => {
            const holder = document.createElement("template");
            holder.innerHTML = texts.join("");
            const nodes = [...holder.content.childNodes];
            const after = this.m_written ?? document.currentScript ?? document.body.lastChild;
            after?.after(...nodes);
            this.m_written = nodes[nodes.length - 1] ?? this.m_written;
        };
        const define = (name: string, value: unknown): void => {
            Object.defineProperty(document, name, { configurable: true, writable: true, value });
        };
        define("write", write);
        define("writeln", (...texts: string[]) => write(...texts, "\n"));
    }

    private finish(): void {
        for (const target of [document, window]) {
            Reflect.deleteProperty(target, "addEventListener");
        }
        Reflect.deleteProperty(document, "write");
        Reflect.deleteProperty(document, "writeln");
        // Called one by one: listeners that were added in time have had the browser's own event.
        for (const type of ["DOMContentLoaded", "load"]) {
            for (const late of this.m_late.filter((listener) => listener.type === type)) {
                callLate(late);
            }
        }
        this.m_done();
    }
}

function callLate({ target, type, callback }: Listener): void {
    const event = new Event(type);
    try {
        if (typeof callback === "function") {
            callback.call(target, event);
        } else {
            callback.handleEvent(event);
        }
    } catch (error) {
        reportError(error);
    }
}

function heldType(script: Element): string | null {
    return script.getAttribute("data-atelier-type");
}

function restoreAttributes(): void {
    for (const element of document.querySelectorAll("[data-atelier-held]")) {
        element.removeAttribute("data-atelier-held");
        let loads = false;
        for (const { name, value } of [...element.attributes]) {
            if (name.startsWith(kHeldPrefix)) {
                const own = name.slice(kHeldPrefix.length);
                element.removeAttribute(name);
                element.setAttribute(own, value);
                loads ||= own === "onload" || own === "onerror";
            }
        }
        if (loads && element instanceof HTMLImageElement && element.complete) {
            element.dispatchEvent(new Event(element.naturalWidth > 0 ? "load" : "error"));
        } else if (loads && element instanceof SVGSVGElement) {
            element.dispatchEvent(new Event("load"));
        }
    }
}
