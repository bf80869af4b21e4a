// SPDX-License-Identifier: MIT
// A Python program: it runs in a thread of its own, once it is complete. What it prints, asks and
// draws is shown here.

import { element } from "../shared/dom";
import { tr } from "../shared/strings";
import { showMessage, showWriting } from "./message";
import { PythonCanvas } from "./python_canvas";
import { kPythonFiles } from "./python_files";
import workerSource from "./python/run.worker.js";
import { errorAtLine, followSource, readWords, stage } from "./source";

const kMailbox = "https://artifact.local/tell?";
const kMostText = 200_000; // characters shown; the oldest go first
const kMoveInterval = 30; // ms between two reports of the mouse

interface Message {
    kind: string;
    text: string;
}

// A message of the worker's boot: what was wrong at which line, and what helps.
interface Failure {
    line: number;
    what: string;
    hint: string;
}

function parseFailure(text: string): Failure {
    const [line = "1", what = "", hint = ""] = text.split("\n");
    return { line: Number(line), what, hint };
}

class Program {
    private readonly m_canvas = new PythonCanvas((width, height) => this.open(width, height));
    private readonly m_text = element("pre", "output");
    private readonly m_screen = element("div", "screen");
    private readonly m_state = element("p", "state");
    private readonly m_root = element("div", "program", this.m_screen, this.m_text, this.m_state);
    private m_worker: Worker | null = null;
    private m_done: () => void = () => undefined;

    // Resolves when there is something to see.
    start(source: string): Promise<void> {
        showMessage(stage(), tr("pythonStarts"));
        const url = "data:text/javascript;charset=utf-8," + encodeURIComponent(workerSource);
        const worker = new Worker(url, { type: "module" });
        this.m_worker = worker;
        worker.onmessage = ({ data }) => this.hear(data as Message);
        worker.onerror = (event) => this.hear({ kind: "fatal", text: event.message });
        worker.postMessage({ source, files: kPythonFiles });
        return new Promise((resolve) => {
            this.m_done = resolve;
        });
    }

    private hear({ kind, text }: Message): void {
        // Until then it says that it starts.
        if (!this.m_root.isConnected && !["ready", "title", "fatal"].includes(kind)) {
            stage().replaceChildren(this.m_root);
        }
        switch (kind) {
            case "ready":
                break;
            case "out":
            case "err":
                this.print(text, kind === "err");
                break;
            case "title":
                document.title = text;
                break;
            case "draw":
                this.m_canvas.take(text);
                break;
            case "ask":
                this.ask();
                break;
            case "error":
                this.fail(parseFailure(text));
                break;
            case "done":
                this.end(this.m_screen.firstChild || this.m_text.firstChild ? "" : tr("finished"));
                break;
            case "fatal":
                console.error(text);
                showMessage(stage(), tr("pythonFails"), text);
                break;
        }
        if (kind !== "ready" && kind !== "title") {
            this.m_done();
        }
    }

    private open(width: number, height: number): void {
        const { root, heads } = this.m_canvas;
        this.m_screen.style.aspectRatio = `${width} / ${height}`;
        this.m_screen.style.maxWidth = `min(${width}px, calc((100vh - 48px) * ${width / height}))`;
        if (root.isConnected) {
            return;
        }
        root.tabIndex = 0;
        this.m_screen.append(root, heads);
        this.m_root.classList.add("draws");
        this.listen(root);
        root.focus();
    }

    private print(text: string, isError: boolean): void {
        const last = this.m_text.lastElementChild;
        if (last && last.classList.contains("error") === isError) {
            last.append(text);
        } else {
            this.m_text.append(element("span", isError ? "error" : "", text));
        }
        let excess = (this.m_text.textContent ?? "").length - kMostText;
        while (excess > 0 && this.m_text.firstElementChild) {
            const first = this.m_text.firstElementChild;
            const kept = (first.textContent ?? "").slice(excess);
            excess -= (first.textContent ?? "").length;
            first.textContent = kept;
            if (kept === "") {
                first.remove();
            }
        }
        this.m_text.scrollTop = this.m_text.scrollHeight;
    }

    private ask(): void {
        const field = element("input", "answer");
        field.placeholder = tr("answer");
        field.setAttribute("aria-label", tr("answer"));
        this.m_text.after(field);
        field.focus();
        field.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                this.print(field.value + "\n", false);
                tell({ line: field.value });
                field.remove();
            }
        });
    }

    private fail({ line, what, hint }: Failure): void {
        errorAtLine(hint ? `${what}. ${hint}` : what, line);
        this.end(hint);
    }

    private end(words: string): void {
        this.m_state.textContent = words;
        this.m_worker?.terminate();
        this.m_worker = null;
    }

    private listen(canvas: HTMLCanvasElement): void {
        const place = (event: MouseEvent): { x: number; y: number } => {
            const box = canvas.getBoundingClientRect();
            return {
                x: Math.round(((event.clientX - box.left) * canvas.width) / box.width),
                y: Math.round(((event.clientY - box.top) * canvas.height) / box.height),
            };
        };
        const key = (what: string) => (event: KeyboardEvent) => {
            if (this.m_worker && !(event.target instanceof HTMLInputElement) && !event.repeat) {
                tell({ what, key: event.key, text: event.key.length === 1 ? event.key : "" });
                if (/^(Arrow|Page|Home|End| $)/.test(event.key)) {
                    event.preventDefault();
                }
            }
        };
        window.addEventListener("keydown", key("keydown"));
        window.addEventListener("keyup", key("keyup"));
        const button = (what: string) => (event: MouseEvent) =>
            this.m_worker && tell({ what, button: event.button + 1, ...place(event) });
        canvas.addEventListener("mousedown", button("down"));
        window.addEventListener("mouseup", button("up"));
        let moved = 0;
        canvas.addEventListener("mousemove", (event) => {
            if (this.m_worker && event.timeStamp - moved > kMoveInterval) {
                moved = event.timeStamp;
                tell({ what: "move", ...place(event) });
            }
        });
        canvas.addEventListener("wheel", (event) => tell({ what: "wheel", y: -Math.sign(event.deltaY) }), {
            passive: true,
        });
    }
}

function tell(letter: object): void {
    void fetch(kMailbox + encodeURIComponent(JSON.stringify(letter))).catch(() => undefined);
}

readWords();
followSource({
    grew: (source) => showWriting(stage(), tr("runsWhenComplete"), source),
    ended: (source, outcome) => {
        if (outcome === "run") {
            return new Program().start(source);
        }
        showWriting(stage(), tr("cutOff"), source);
        return undefined;
    },
});
