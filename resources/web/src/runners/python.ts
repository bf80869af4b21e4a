// SPDX-License-Identifier: MIT
// A Python program: it runs in a thread of its own, once it is complete. What it prints, asks and
// draws is shown here.

import { element } from "../shared/dom";
import { tr } from "../shared/strings";
import { showMessage, showWriting } from "./message";
import { PythonCanvas } from "./python_canvas";
import { PythonOutput } from "./python_output";
import type { FigureMessage } from "./python_figure";
import { kPythonFiles } from "./python_files";
import workerSource from "./python/run.worker.js";
import { errorAtLine, followSource, readWords, stage } from "./source";

const kMailbox = "https://artifact.local/tell?";
const kMoveInterval = 30; // ms between two reports of the mouse
const kLook = 1000; // ms between two looks at a program that runs
const kPatience = 10_000; // ms without a word, a picture or a rest until the person is asked
const kMorePatience = 3; // times as long when the person wants to wait

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
    private readonly m_output = new PythonOutput();
    private readonly m_screen = element("div", "screen");
    private readonly m_state = element("p", "state");
    private readonly m_root = element("div", "program", this.m_screen, this.m_output.root, this.m_state);
    private m_worker: Worker | null = null;
    private m_done: () => void = () => undefined;
    private m_heard = 0; // when it last did something that a loop without an end does not
    private m_patience = kPatience;
    private m_looking = 0;
    private m_asked = false;

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
        if (!this.m_worker) {
            return; // it was stopped; this was on its way
        }
        this.rested(kind === "rest" ? Number(text) || 0 : 0);
        if (kind === "rest") {
            return;
        }
        if (kind !== "ready" && kind !== "title" && kind !== "fatal") {
            this.appear();
        }
        if (kind !== "out" && kind !== "err" && kind !== "draw") {
            this.m_output.flush();
        }
        switch (kind) {
            case "ready":
                this.m_looking = window.setInterval(() => this.look(), kLook);
                break;
            case "out":
            case "err":
                this.m_output.print(text, kind === "err");
                break;
            case "title":
                document.title = text;
                break;
            case "draw":
                this.m_canvas.take(text);
                break;
            case "figure":
                this.m_output.showFigure(JSON.parse(text) as FigureMessage);
                break;
            case "ask":
                this.ask();
                break;
            case "error":
                this.fail(parseFailure(text));
                break;
            case "done":
                this.end(this.m_screen.firstChild || this.m_output.root.firstChild ? "" : tr("finished"));
                break;
            case "fatal":
                this.end("");
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

    private ask(): void {
        const field = element("input", "answer");
        field.placeholder = tr("answer");
        field.setAttribute("aria-label", tr("answer"));
        this.m_output.root.after(field);
        field.focus();
        field.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                this.m_output.print(field.value + "\n", false);
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
        window.clearInterval(this.m_looking);
        this.m_worker?.terminate();
        this.m_worker = null;
        this.m_output.flush();
        this.m_root.querySelector(".answer")?.remove();
        this.say(words);
    }

    // Until something is to be seen it says that it starts.
    private appear(): void {
        if (!this.m_root.isConnected) {
            stage().replaceChildren(this.m_root);
        }
    }

    private say(words: string, ...buttons: HTMLElement[]): void {
        this.m_asked = buttons.length > 1;
        this.m_state.classList.toggle("asks", this.m_asked);
        this.m_state.classList.toggle("runs", buttons.length === 1);
        this.m_state.replaceChildren(...(words ? [element("span", "", words)] : []), ...buttons);
    }

    // It has done something, or does nothing for `ms` from now because it waits.
    private rested(ms: number): void {
        this.m_heard = Math.max(this.m_heard, performance.now() + ms);
        if (this.m_asked && this.m_worker) {
            this.say("");
        }
    }

    // A thread that never pauses does not hold up its page, so nobody but us notices.
    private look(): void {
        const silence = performance.now() - this.m_heard;
        const stop = button(tr("stop"), () => this.end(tr("stopped")));
        if (silence >= this.m_patience) {
            if (!this.m_asked) {
                const seconds = String(Math.round(silence / 1000));
                this.appear();
                this.say(tr("stillRunning", seconds), stop, button(tr("keepWaiting"), () => this.wait()));
                this.m_done();
            }
        } else if (!this.m_root.isConnected || !this.m_state.firstChild) {
            this.appear();
            this.say(tr("running"), stop);
            this.m_done();
        }
    }

    private wait(): void {
        this.m_patience *= kMorePatience;
        this.m_heard = performance.now();
        this.say("");
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

function button(words: string, pressed: () => void): HTMLElement {
    const made = element("button", "", words);
    made.addEventListener("click", pressed);
    return made;
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
