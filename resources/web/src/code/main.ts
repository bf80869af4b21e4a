// SPDX-License-Identifier: MIT
// The code page: numbered lines in chunks while the source is written, then an editor where one is
// wanted. Chunks off the screen are neither laid out nor painted.

import "./code.css";

import { applyAppearance, type Appearance } from "../shared/appearance";
import { FrameLoop, post } from "../shared/bridge";
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { ScrollRule } from "../shared/scroll_rule";
import { tr } from "../shared/strings";
import { Editor, type Range } from "./editor";
import { lexLine, startState, type LexerState } from "./line_lexer";

type CodeCommand =
    | ({ op: "appearance" } & Appearance)
    | { op: "begin"; language: string; run: number }
    | { op: "text"; text: string }
    | { op: "finish" }
    | { op: "editable"; on: boolean }
    | { op: "find"; open: boolean }
    | { op: "line"; line: number }
    | ({ op: "range" } & Range);

const kBudget = 8; // ms of one frame
const kChunkLines = 100;
const kLineHeight = 20; // px, as in code.css
const kLongestColoredLine = 4000; // characters; a longer line (a data: URL) stays plain

class CodePage {
    private readonly m_lines = element("main", "code");
    private readonly m_pill = element("button", "pill btn");
    private readonly m_pillWords = element("span");
    private readonly m_caret = element("span", "caret");
    private readonly m_scroll = new ScrollRule(
        () => document.documentElement.scrollHeight,
        () => this.detached(),
    );
    private readonly m_editor = new Editor(
        (text) => post("edited", { text, run: this.m_run }),
        (open) => post("searching", { open }),
    );
    private readonly m_frames = new FrameLoop(() => this.flush());

    private m_commands: CodeCommand[] = [];
    private m_chunk: HTMLElement | null = null;
    private m_current: HTMLElement | null = null; // the line being written
    private m_currentText = "";
    private m_state: LexerState = startState("");
    private m_count = 0;
    private m_countWhenDetached = 0;
    private m_marked: HTMLElement | null = null;
    private m_wantedLine = 0;
    private m_writing = false;
    private m_language = "";
    private m_run = 0; // tells an edit of this source from a late one of the last
    private m_source: string[] = []; // pieces, as they came
    private m_editable = false;
    private m_finished = false;

    constructor() {
        this.m_pill.type = "button";
        this.m_pill.hidden = true;
        this.m_pill.append(icon("down", true), this.m_pillWords);
        this.m_pill.addEventListener("click", () => this.m_scroll.attach());
        document.body.append(this.m_lines, this.m_editor.root, this.m_pill);
    }

    receive(commands: CodeCommand[]): void {
        for (const command of commands) {
            if (command.op === "appearance") {
                applyAppearance(command);
                this.m_lines.setAttribute("aria-label", tr("source"));
            } else {
                this.m_commands.push(command);
            }
        }
        this.m_frames.schedule();
    }

    // For tests: the shown source, without the line numbers.
    text(): string {
        while (this.flush()) {
            // Each call works through another slice.
        }
        if (this.m_editor.isOpen) {
            return this.m_editor.text();
        }
        return [...this.m_lines.querySelectorAll(".l > span")]
            .map((line) => line.textContent ?? "")
            .join("\n");
    }

    private flush(): boolean {
        const start = performance.now();
        while (this.m_commands.length > 0 && performance.now() - start < kBudget) {
            const command = this.m_commands[0] as CodeCommand;
            if (command.op === "text" && !this.append(command, start + kBudget)) {
                break;
            }
            this.m_commands.shift();
            this.run(command);
        }
        this.m_scroll.follow();
        this.updatePill();
        return this.m_commands.length > 0;
    }

    private run(command: CodeCommand): void {
        if (command.op === "begin") {
            this.m_editor.close();
            this.m_lines.hidden = false;
            this.m_language = command.language;
            this.m_run = command.run;
            this.m_source = [];
            this.m_finished = false;
            this.m_lines.replaceChildren();
            this.m_chunk = this.m_current = this.m_marked = null;
            this.m_currentText = "";
            this.m_state = startState(command.language);
            this.m_count = this.m_wantedLine = 0;
            this.m_writing = true;
            this.m_scroll.scrollTo(0);
            this.m_scroll.attach();
        } else if (command.op === "finish") {
            this.m_writing = false;
            this.m_caret.remove();
            this.m_current?.classList.remove("cur");
            this.m_finished = true;
            this.edit();
        } else if (command.op === "editable") {
            this.m_editable = command.on;
            this.edit();
        } else if (command.op === "find") {
            this.m_editor.find(command.open);
        } else if (command.op === "line") {
            this.m_wantedLine = command.line;
        } else if (command.op === "range") {
            this.m_wantedLine = 0;
            if (this.m_editor.isOpen) {
                this.m_editor.showRange(command);
            } else {
                this.m_wantedLine = command.line;
            }
        }
        if (this.m_wantedLine > 0 && this.m_editor.isOpen) {
            this.m_editor.showLine(this.m_wantedLine);
            this.m_wantedLine = 0;
        } else if (this.m_wantedLine > 0) {
            this.showLine(this.m_wantedLine);
        }
    }

    // The lines give way to the editor, at the same place.
    private edit(): void {
        const source = this.m_source.join("").replace(/\r\n/g, "\n");
        if (!this.m_editable || !this.m_finished || this.m_editor.isOpen || !Editor.takes(source)) {
            return;
        }
        const top = window.scrollY;
        this.m_lines.hidden = true;
        this.m_pill.hidden = true;
        this.m_editor.open(source, this.m_language, top);
    }

    // Adds finished lines until `deadline`; returns false when some of the text is left.
    private append(command: { text: string }, deadline: number): boolean {
        let from = 0;
        let to = command.text.length;
        for (;;) {
            const end = command.text.indexOf("\n", from);
            const piece = command.text.slice(from, end < 0 ? undefined : end);
            this.m_currentText += end < 0 ? piece : piece.replace(/\r$/, "");
            if (end < 0) {
                break;
            }
            this.completeLine();
            from = end + 1;
            if (performance.now() > deadline) {
                to = from;
                break;
            }
        }
        this.m_source.push(command.text.slice(0, to));
        if (to < command.text.length) {
            command.text = command.text.slice(to);
            return false;
        }
        if (this.m_currentText !== "" || this.m_current) {
            this.renderLine(this.currentLine());
        }
        return true;
    }

    private completeLine(): void {
        const line = this.currentLine();
        this.m_state = this.renderLine(line);
        line.classList.remove("cur");
        this.m_caret.remove();
        this.m_current = null;
        this.m_currentText = "";
    }

    private currentLine(): HTMLElement {
        if (this.m_current) {
            return this.m_current;
        }
        if (!this.m_chunk || this.m_count % kChunkLines === 0) {
            this.m_chunk = element("div", "chunk");
            this.m_lines.append(this.m_chunk);
        }
        ++this.m_count;
        const number = element("b");
        number.dataset.n = String(this.m_count); // shown by CSS, so that it is never selected
        this.m_current = element("div", this.m_writing ? "l cur" : "l", number, element("span"));
        this.m_chunk.append(this.m_current);
        this.m_chunk.style.setProperty("--height", `${this.m_chunk.childElementCount * kLineHeight}px`);
        return this.m_current;
    }

    private renderLine(line: HTMLElement): LexerState {
        const text = this.m_currentText;
        const body = line.lastElementChild as HTMLElement;
        let next = this.m_state;
        if (text.length > kLongestColoredLine) {
            body.textContent = text;
        } else {
            const lexed = lexLine(text, this.m_state);
            next = lexed.state;
            body.replaceChildren(
                ...lexed.spans.map((span) =>
                    span.kind === "" ? span.text : element("span", span.kind, span.text),
                ),
            );
        }
        if (this.m_writing) {
            body.append(this.m_caret);
        }
        return next;
    }

    private showLine(line: number): void {
        const found = this.m_lines.querySelector<HTMLElement>(`b[data-n="${line}"]`)?.parentElement;
        if (!found) {
            return; // not written yet
        }
        this.m_wantedLine = 0;
        this.m_marked?.classList.remove("mark");
        this.m_marked = found;
        found.classList.add("mark");
        this.m_scroll.detach();
        const box = found.getBoundingClientRect();
        this.m_scroll.scrollTo(window.scrollY + box.top - (window.innerHeight - box.height) / 2);
    }

    private detached(): void {
        this.m_countWhenDetached = this.m_count;
        this.updatePill();
    }

    private updatePill(): void {
        const grown = this.m_count - this.m_countWhenDetached;
        this.m_pill.hidden = this.m_scroll.following || grown < 1 || this.m_editor.isOpen;
        if (!this.m_pill.hidden) {
            this.m_pillWords.textContent = grown === 1 ? tr("newLine") : tr("newLines", grown);
        }
    }
}

const page = new CodePage();
window.atelier = {
    receive: (commands) => page.receive(commands as CodeCommand[]),
    text: () => page.text(),
};
post("loaded");
requestAnimationFrame(() => setTimeout(() => post("painted"), 0));
