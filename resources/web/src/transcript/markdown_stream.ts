// SPDX-License-Identifier: MIT
// Splits a growing Markdown text into blocks that are finished for good and one that still grows.
// A block is finished when a later block has begun on a line that is itself complete: no text that
// comes after can then change it. An open fence grows by lines without being parsed again.

import type { Env, MarkdownIt, Token } from "markdown-it";

export type Finished =
    | { kind: "html"; html: string }
    | { kind: "fence"; info: string; code: string };

export type Growing =
    | { kind: "none" }
    | { kind: "html"; html: string }
    // `lines` are the finished lines since the last call, `partial` the one being written.
    | { kind: "fence"; info: string; lines: string[]; partial: string };

export interface StreamUpdate {
    finished: Finished[];
    growing: Growing;
}

interface Fence {
    info: string;
    marker: string;
    indent: number;
    code: string[];
    reported: number; // lines of `code` that were handed out
}

interface Block {
    first: number; // token index
    last: number; // one past
    line: number;
    endLine: number;
}

export class MarkdownStream {
    private m_text = ""; // what is not finished yet
    private m_carriageReturn = false;
    private m_fence: Fence | null = null;
    private m_references: NonNullable<Env["references"]> = {};

    // `m_finishedMd` renders finished blocks (with colored code), `m_growingMd` the growing one.
    constructor(
        private readonly m_finishedMd: MarkdownIt,
        private readonly m_growingMd: MarkdownIt,
    ) {}

    push(text: string): void {
        if (this.m_carriageReturn) {
            text = "\r" + text;
        }
        this.m_carriageReturn = text.endsWith("\r");
        if (this.m_carriageReturn) {
            text = text.slice(0, -1); // its line feed may be still to come
        }
        this.m_text += text.replace(/\r\n?/g, "\n");
    }

    update(complete: boolean): StreamUpdate {
        if (complete && this.m_carriageReturn) {
            this.m_text += "\n";
            this.m_carriageReturn = false;
        }
        const finished: Finished[] = [];
        for (;;) {
            const growing = this.m_fence
                ? this.advanceFence(complete, finished)
                : this.advanceBlocks(complete, finished);
            if (growing) {
                return { finished, growing };
            }
        }
    }

    // Returns null when a fence was entered: the rest belongs to it.
    private advanceBlocks(complete: boolean, finished: Finished[]): Growing | null {
        if (this.m_text.trim() === "") {
            return { kind: "none" };
        }
        const env = { references: { ...this.m_references } };
        const tokens = this.m_finishedMd.parse(this.m_text, env);
        const blocks = topLevelBlocks(tokens);
        const lines = lineStarts(this.m_text);
        const completeLines = lines.length - 1;

        let cut = 0; // blocks before this one are finished
        for (let index = blocks.length - 1; index > 0 && cut === 0; --index) {
            if ((blocks[index]?.line ?? 0) < completeLines) {
                cut = index;
            }
        }
        while (cut + 1 < blocks.length && isWhole(tokens, blocks[cut], completeLines)) {
            ++cut;
        }
        const last = blocks[blocks.length - 1];
        const lastToken = last ? tokens[last.first] : undefined;
        let fence: Fence | null = null;
        if (last && lastToken?.type === "fence" && last.line < completeLines) {
            cut = blocks.length - 1;
            fence = this.openFence(lastToken, last, lines);
        } else if (complete) {
            cut = blocks.length;
        }

        for (const block of blocks.slice(0, cut)) {
            finished.push(this.finish(tokens, block, env));
        }
        const next = blocks[cut];
        const offset = next ? (lines[next.line] ?? 0) : complete ? this.m_text.length : 0;
        this.keepReferences(this.m_text.slice(0, offset));
        if (fence && last) {
            this.m_text = this.m_text.slice(lines[last.line + 1] ?? this.m_text.length);
            this.m_fence = fence;
            return null;
        }
        this.m_text = this.m_text.slice(offset);
        return complete ? { kind: "none" } : this.growing(lastToken?.type === "table_open");
    }

    private growing(isTable: boolean): Growing {
        let text = this.m_text;
        if (isTable && !text.endsWith("\n")) {
            text = text.slice(0, text.lastIndexOf("\n") + 1); // tables grow by whole rows
        }
        const html = this.m_growingMd.render(text, { references: { ...this.m_references } });
        return html === "" ? { kind: "none" } : { kind: "html", html };
    }

    private finish(tokens: Token[], block: Block, env: Env): Finished {
        const first = tokens[block.first];
        if (first?.type === "fence") {
            return { kind: "fence", info: first.info, code: first.content };
        }
        const own = tokens.slice(block.first, block.last);
        const html = this.m_finishedMd.renderer.render(own, this.m_finishedMd.options, env);
        return { kind: "html", html };
    }

    // Link definitions are no tokens; they live on in the environment of later parses.
    private keepReferences(text: string): void {
        if (text.includes("]:")) {
            this.m_finishedMd.parse(text, { references: this.m_references });
        }
    }

    private openFence(token: Token, block: Block, lines: number[]): Fence {
        const opening = this.m_text.slice(lines[block.line], lines[block.line + 1]);
        return {
            info: token.info,
            marker: token.markup,
            indent: opening.length - opening.trimStart().length,
            code: [],
            reported: 0,
        };
    }

    // Returns null when the fence was closed: what follows it is still to be parsed.
    private advanceFence(complete: boolean, finished: Finished[]): Growing | null {
        const fence = this.m_fence;
        if (!fence) {
            return null;
        }
        let from = 0;
        let closed = false;
        let cutOff = false; // in its last line
        for (;;) {
            const end = this.m_text.indexOf("\n", from);
            if (end < 0) {
                break;
            }
            const line = this.m_text.slice(from, end);
            from = end + 1;
            if (closesFence(line, fence.marker)) {
                closed = true;
                break;
            }
            fence.code.push(withoutIndent(line, fence.indent));
        }
        this.m_text = this.m_text.slice(from);
        if (!closed && complete) {
            if (this.m_text !== "" && !closesFence(this.m_text, fence.marker)) {
                fence.code.push(withoutIndent(this.m_text, fence.indent));
                cutOff = true;
            }
            this.m_text = "";
            closed = true;
        }
        if (closed) {
            const code = fence.code.join("\n") + (fence.code.length > 0 && !cutOff ? "\n" : "");
            finished.push({ kind: "fence", info: fence.info, code });
            this.m_fence = null;
            return null;
        }
        const fresh = fence.code.slice(fence.reported);
        fence.reported = fence.code.length;
        const maybeClosing = /^ {0,3}[`~]*$/.test(this.m_text);
        const partial = maybeClosing ? "" : withoutIndent(this.m_text, fence.indent);
        return { kind: "fence", info: fence.info, lines: fresh, partial };
    }
}

function closesFence(line: string, marker: string): boolean {
    const match = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line);
    const found = match?.[1] ?? "";
    return found[0] === marker[0] && found.length >= marker.length;
}

function withoutIndent(line: string, indent: number): string {
    let skip = 0;
    while (skip < indent && line[skip] === " ") {
        ++skip;
    }
    return line.slice(skip);
}

function lineStarts(text: string): number[] {
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
        starts.push(at + 1);
    }
    return starts;
}

// Blocks that end by themselves: nothing on the line after them can become part of them.
function isWhole(tokens: Token[], block: Block | undefined, completeLines: number): boolean {
    const type = block ? tokens[block.first]?.type : "";
    const ends = type === "fence" || type === "heading_open" || type === "hr";
    return ends && (block?.endLine ?? 0) <= completeLines;
}

function topLevelBlocks(tokens: Token[]): Block[] {
    const blocks: Block[] = [];
    let first = 0;
    tokens.forEach((token, index) => {
        if (token.level === 0 && token.nesting >= 0) {
            first = index;
        }
        if (token.level === 0 && token.nesting <= 0) {
            const [line, endLine] = tokens[first]?.map ?? [0, 0];
            blocks.push({ first, last: index + 1, line, endLine });
        }
    });
    return blocks;
}
