// SPDX-License-Identifier: MIT
// One stretch of Markdown on the page. Finished blocks are never touched again.

import createDOMPurify from "dompurify";

import { element } from "../shared/dom";
import { codeBlockHtml, coloredCode, fenceLanguage, makeMarkdown } from "./markdown";
import { MarkdownStream, type Finished, type Growing } from "./markdown_stream";
import { patchChildren } from "./patch";

const kFinishedMd = makeMarkdown(true);
const kGrowingMd = makeMarkdown(false);

// Raw HTML is already off; this is the second lock, once per finished block.
const kPurify = createDOMPurify(window);
const kPurifyOptions = {
    RETURN_DOM_FRAGMENT: true as const,
    FORBID_TAGS: ["style", "form", "input", "textarea", "select", "iframe", "object", "math"],
    FORBID_ATTR: ["style", "id", "name", "srcset"],
    // It is matched against other attributes too: what has no scheme passes.
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|data:image\/|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
};

function fragment(html: string): DocumentFragment {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
}

// The open fence: finished lines in one text node each, the line being written in the last.
class OpenFence {
    readonly root: HTMLElement;
    private readonly m_code: HTMLElement;
    private readonly m_partial = document.createTextNode("");

    constructor(
        root: HTMLElement,
        readonly info: string,
    ) {
        this.root = root;
        root.replaceChildren(fragment(codeBlockHtml("", fenceLanguage(info), false)));
        this.m_code = root.querySelector("code") as HTMLElement;
        this.m_code.append(this.m_partial);
    }

    append(lines: string[], partial: string): void {
        if (lines.length > 0) {
            this.m_partial.before(lines.map((line) => line + "\n").join(""));
        }
        if (this.m_partial.data !== partial) {
            this.m_partial.data = partial;
        }
    }

    finish(code: string): void {
        this.m_code.innerHTML = coloredCode(code, fenceLanguage(this.info));
    }
}

export class MarkdownBlock {
    readonly root = element("div", "md");
    private readonly m_stream = new MarkdownStream(kFinishedMd, kGrowingMd);
    private readonly m_caret = element("span", "caret");
    private m_tail: HTMLElement | null = null;
    private m_fence: OpenFence | null = null;
    private m_dirty = false;
    private m_complete = false;

    get dirty(): boolean {
        return this.m_dirty;
    }

    push(text: string): void {
        if (text !== "") {
            this.m_stream.push(text);
            this.m_dirty = true;
        }
    }

    finish(): void {
        if (!this.m_complete) {
            this.m_complete = true;
            this.m_dirty = true;
        }
    }

    // Continuing a stopped reply writes into its last block again.
    reopen(): void {
        this.m_complete = false;
    }

    // Returns what was finished as plain text, for the announcements.
    render(caret: boolean): string {
        this.m_dirty = false;
        this.m_caret.remove();
        const update = this.m_stream.update(this.m_complete);
        let text = "";
        for (const block of update.finished) {
            const shown = this.settle(block);
            if (block.kind === "html") {
                text += shown.textContent + "\n";
            }
        }
        this.grow(update.growing);
        if (caret) {
            this.placeCaret();
        }
        return text;
    }

    removeCaret(): void {
        this.m_caret.remove();
    }

    private takeTail(): HTMLElement {
        const tail = this.m_tail ?? element("div", "blk");
        if (!this.m_tail) {
            this.root.append(tail);
        }
        return tail;
    }

    private settle(block: Finished): HTMLElement {
        const shown = this.takeTail();
        if (block.kind === "fence" && this.m_fence) {
            this.m_fence.finish(block.code);
        } else {
            const html =
                block.kind === "fence"
                    ? codeBlockHtml(block.code, fenceLanguage(block.info), true)
                    : block.html;
            patchChildren(shown, kPurify.sanitize(html, kPurifyOptions));
        }
        this.m_fence = null;
        this.m_tail = null;
        return shown;
    }

    private grow(growing: Growing): void {
        if (growing.kind === "none") {
            this.m_tail?.remove();
            this.m_tail = null;
            this.m_fence = null;
            return;
        }
        const tail = this.takeTail();
        this.m_tail = tail;
        if (growing.kind === "html") {
            this.m_fence = null;
            patchChildren(tail, fragment(growing.html));
            return;
        }
        if (!this.m_fence) {
            this.m_fence = new OpenFence(tail, growing.info);
        }
        this.m_fence.append(growing.lines, growing.partial);
    }

    // After the last glyph: inside the innermost block that ends the text.
    private placeCaret(): void {
        let place: Element = this.m_tail ?? this.root.lastElementChild ?? this.root;
        const blocks = "p,li,ul,ol,blockquote,h1,h2,h3,h4,h5,h6,pre,code,div,table,tbody,tr,td";
        for (;;) {
            const last: Element | null = place.lastElementChild;
            const isBlock = last?.matches(blocks) && !(place.tagName === "P" && last.tagName === "CODE");
            if (!last || !isBlock) {
                break;
            }
            place = last;
        }
        place.append(this.m_caret);
    }
}
