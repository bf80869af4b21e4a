// SPDX-License-Identifier: MIT
// One message: its blocks, what it is doing, and the row of actions under it.

import { element, iconButton, setChildren, textButton } from "../shared/dom";
import { icon } from "../shared/icons";
import { formatOneDigit, tr } from "../shared/strings";
import { ArtifactCard } from "./artifact_card";
import { MarkdownBlock } from "./markdown_block";
import type { ArtifactData, MessageData } from "./model";

interface Reading {
    done: number;
    total: number;
    left: number;
}

const kUnfinished = new Set(["queued", "reading", "writing"]);

// The language whose shapes the Han glyphs should have; null: nothing that depends on it.
function languageOf(text: string): string | null {
    if (/[\u3040-\u30ff]/.test(text)) {
        return "ja";
    }
    if (/[\uac00-\ud7af]/.test(text)) {
        return "ko";
    }
    return /[\u3400-\u9fff]/.test(text) ? "zh-CN" : null;
}

export class MessageView {
    readonly root = element("article");
    private readonly m_body: HTMLElement;
    private readonly m_state = element("div", "state");
    private readonly m_actions = element("div", "acts");
    private readonly m_blocks: (MarkdownBlock | ArtifactCard)[] = [];
    private m_reading: Reading | null = null;

    constructor(public data: MessageData) {
        const user = data.role === "user";
        this.root.className = user ? "user" : "reply";
        this.root.dataset.id = data.id;
        this.m_body = element("div", user ? "u" : "a");
        this.root.append(this.m_body, this.m_state, this.m_actions);
        if (user) {
            this.m_body.textContent = data.blocks
                .map((block) => (block.type === "markdown" ? block.markdown : block.title))
                .join("\n\n");
            this.setLanguage(this.m_body.textContent);
        } else {
            for (const block of data.blocks) {
                if (block.type === "markdown") {
                    this.appendMarkdown(block.markdown);
                } else {
                    this.setArtifact(this.cards().length, block);
                }
            }
        }
        data.blocks = [];
        this.update(data);
    }

    get unfinished(): boolean {
        return kUnfinished.has(this.data.state);
    }

    get dirty(): boolean {
        return this.m_blocks.some((block) => block instanceof MarkdownBlock && block.dirty);
    }

    appendMarkdown(text: string): void {
        let last = this.m_blocks[this.m_blocks.length - 1];
        if (!(last instanceof MarkdownBlock)) {
            last = new MarkdownBlock();
            this.m_blocks.push(last);
            this.m_body.append(last.root);
        }
        last.push(text);
        if (!this.m_body.lang) {
            this.setLanguage(text);
        }
    }

    setArtifact(index: number, data: ArtifactData): void {
        const cards = this.cards();
        const known = cards[index];
        if (known) {
            known.data = data;
        } else {
            const last = this.m_blocks[this.m_blocks.length - 1];
            if (last instanceof MarkdownBlock) {
                last.finish();
                last.removeCaret();
            }
            const card = new ArtifactCard(data, cards.length);
            this.m_blocks.push(card);
            this.m_body.append(card.root);
        }
        this.renderCards();
        this.renderState();
    }

    setShowing(index: number | null): void {
        this.cards().forEach((card, at) => {
            if (card.showing !== (at === index)) {
                card.showing = at === index;
                card.render();
            }
        });
    }

    setReading(reading: Reading): void {
        this.m_reading = reading;
        this.renderState();
    }

    // Everything but the blocks.
    update(data: MessageData): void {
        this.data = { ...data, blocks: [] };
        const last = this.m_blocks[this.m_blocks.length - 1];
        if (last instanceof MarkdownBlock) {
            if (this.unfinished) {
                last.reopen();
            } else {
                last.finish();
            }
        }
        this.renderCards();
        this.renderState();
        this.renderActions();
        this.root.setAttribute(
            "aria-label",
            data.role === "user" ? tr("you") : tr("reply", data.tokens),
        );
        this.root.setAttribute("aria-busy", String(this.unfinished));
    }

    // Brings the page up to date; returns the text of newly finished blocks.
    render(): string {
        let text = "";
        const last = this.m_blocks[this.m_blocks.length - 1];
        for (const block of this.m_blocks) {
            if (block instanceof MarkdownBlock && block.dirty) {
                text += block.render(block === last && this.data.state === "writing");
            }
        }
        if (last instanceof MarkdownBlock && !this.unfinished) {
            last.removeCaret();
        }
        this.renderState();
        return text;
    }

    // The words of the page changed.
    retranslate(): void {
        this.renderCards();
        this.update(this.data);
    }

    private cards(): ArtifactCard[] {
        return this.m_blocks.filter((block): block is ArtifactCard => block instanceof ArtifactCard);
    }

    private setLanguage(text: string): void {
        const language = languageOf(text);
        if (language) {
            this.m_body.lang = language;
        }
    }

    private renderCards(): void {
        const last = this.m_blocks[this.m_blocks.length - 1];
        for (const card of this.cards()) {
            card.canContinue = card === last && this.data.state === "cutOff";
            card.render();
        }
    }

    private renderState(): void {
        const { state, tokens, error } = this.data;
        const last = this.m_blocks[this.m_blocks.length - 1];
        this.m_state.className = "state";
        if (state === "queued") {
            this.showStatus(tr("queued"));
        } else if (state === "reading") {
            this.showReading();
        } else if (state === "writing") {
            if (last instanceof ArtifactCard && last.data.state === "draft") {
                this.showStatus(
                    tr(
                        last.data.kind === "SVG"
                            ? "writingDrawing"
                            : last.data.kind === "HTML"
                              ? "writingPage"
                              : "writing",
                    ),
                );
            } else if (!last || last instanceof ArtifactCard) {
                this.showStatus(tr("writing"));
            } else {
                this.m_state.replaceChildren();
            }
        } else if (state === "stopped") {
            this.showNote(tr("stopped", tokens));
        } else if (state === "cutOff" && !(last instanceof ArtifactCard)) {
            this.showNote(tr("limit", tokens));
        } else if (state === "failed" && error) {
            this.showError(error);
        } else {
            this.m_state.replaceChildren();
        }
    }

    private showStatus(words: string): void {
        const present = this.m_state.querySelector(".words");
        if (present && this.m_state.querySelector(".pulse")) {
            if (present.textContent !== words) {
                present.textContent = words;
            }
            return;
        }
        setChildren(this.m_state, [
            element("div", "row status num", element("span", "pulse"), element("span", "words", words)),
        ]);
    }

    private showReading(): void {
        const { done, total, left } = this.m_reading ?? { done: 0, total: 0, left: 0 };
        const words =
            total <= 0
                ? tr("readingStarts")
                : left >= 1
                  ? tr("readingLeft", done, total, Math.round(left))
                  : tr("reading", done, total);
        let bar = this.m_state.querySelector<HTMLElement>(".bar");
        if (!bar) {
            bar = element("span", "bar", element("i"));
            bar.setAttribute("role", "progressbar");
            bar.setAttribute("aria-valuemin", "0");
            setChildren(this.m_state, [
                element("div", "row status num", bar, element("span", "words")),
            ]);
        }
        const share = total > 0 ? Math.min(100, (100 * done) / total) : 0;
        bar.setAttribute("aria-valuemax", String(total));
        bar.setAttribute("aria-valuenow", String(done));
        bar.setAttribute("aria-valuetext", words);
        (bar.firstElementChild as HTMLElement).style.width = `${share}%`;
        (this.m_state.querySelector(".words") as HTMLElement).textContent = words;
    }

    private showNote(words: string): void {
        setChildren(this.m_state, [
            element(
                "div",
                "row note",
                element("span", "sp", words),
                textButton(tr("continue"), "continue", "btn"),
            ),
        ]);
    }

    private showError(error: NonNullable<MessageData["error"]>): void {
        const buttons = error.actions.map((action, index) =>
            textButton(action.label, action.id, index === 0 ? "btn" : "btn g"),
        );
        const card = element(
            "div",
            "ec",
            icon("warning"),
            element(
                "div",
                "sp",
                element("div", "title", error.title),
                element("div", "why", error.text),
                buttons.length > 0 ? element("div", "row buttons", ...buttons) : null,
            ),
        );
        card.setAttribute("role", "alert");
        setChildren(this.m_state, [card]);
    }

    private renderActions(): void {
        const { role, branch, branches } = this.data;
        if (this.unfinished) {
            this.m_actions.replaceChildren();
            return;
        }
        const user = role === "user";
        this.m_actions.classList.toggle("pinned", branches > 1);
        setChildren(this.m_actions, [
            iconButton("copy", tr("copy"), "copy"),
            user ? null : iconButton("retry", tr("tryAgain"), "retry"),
            iconButton("edit", tr("edit"), "edit"),
            user ? null : iconButton("more", tr("more"), "more"),
            branches > 1 ? this.branchSwitch(branch, branches) : null,
            user ? null : element("span", "meta num", this.meta()),
        ]);
    }

    private branchSwitch(branch: number, branches: number): HTMLElement {
        const previous = iconButton("left", tr("previousBranch"), "branch-previous");
        const next = iconButton("right", tr("nextBranch"), "branch-next");
        previous.disabled = branch <= 0;
        next.disabled = branch >= branches - 1;
        const where = element("span", "num", `${branch + 1} / ${branches}`);
        return element("span", "branch", previous, where, next);
    }

    private meta(): string {
        const { tokens, tokensPerSecond, seconds } = this.data;
        const parts = [];
        if (tokens > 0) {
            parts.push(tr("tokens", tokens));
        }
        if (tokensPerSecond > 0) {
            parts.push(tr("speed", formatOneDigit(tokensPerSecond)));
        }
        if (seconds > 0) {
            parts.push(tr("seconds", formatOneDigit(seconds)));
        }
        return parts.join(" · ");
    }
}
