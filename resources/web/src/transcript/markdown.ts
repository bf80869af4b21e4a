// SPDX-License-Identifier: MIT
// Markdown to HTML that cannot run or load anything: raw HTML is text, links are http, https or
// mailto, pictures from the network become links.

import hljs from "highlight.js/lib/common";
import makeMarkdownIt, { type MarkdownIt, type RendererRule, type Token } from "markdown-it";

import { iconHtml } from "../shared/icons";
import { tr } from "../shared/strings";

// Longer code stays plain: coloring it would take longer than a frame many times over.
const kLongestColoredCode = 60_000;

export function isSafeLink(url: string): boolean {
    return /^(https?:\/\/|mailto:)/i.test(url.trim());
}

function isSafeImage(url: string): boolean {
    return /^data:image\/(png|jpeg|gif|webp);base64,/i.test(url);
}

const kEscapes: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
};

export function escapeHtml(text: string): string {
    return text.replace(/[&<>"]/g, (character) => kEscapes[character] ?? character);
}

// The language of a fence: its first word.
export function fenceLanguage(info: string): string {
    return (info.trim().split(/\s+/, 1)[0] ?? "").toLowerCase();
}

export function coloredCode(code: string, language: string): string {
    if (code.length <= kLongestColoredCode && hljs.getLanguage(language)) {
        return hljs.highlight(code, { language, ignoreIllegals: true }).value;
    }
    return escapeHtml(code);
}

export function codeBlockHtml(code: string, language: string, colored: boolean): string {
    const body = colored ? coloredCode(code, language) : escapeHtml(code);
    const button = (name: "wrap" | "copy", label: string): string =>
        `<button type="button" class="ib" data-action="code-${name}" title="${escapeHtml(label)}"` +
        ` aria-label="${escapeHtml(label)}">${iconHtml(name)}</button>`;
    return (
        `<div class="cb"><div class="h"><span class="lang">${escapeHtml(language || tr("code"))}</span>` +
        button("wrap", tr("wrap")) +
        button("copy", tr("copy")) +
        `</div><pre class="b"><code>${body}</code></pre></div>`
    );
}

function attribute(token: Token | undefined, name: string): string {
    return String(token?.attrGet(name) ?? "");
}

// `colored`: code blocks inside lists and quotes are colored only once they are finished.
export function makeMarkdown(colored: boolean): MarkdownIt {
    const md = makeMarkdownIt({ html: false, linkify: true, breaks: false, typographer: false });
    md.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
    md.validateLink = (url: string) => isSafeLink(url) || isSafeImage(url);

    md.renderer.rules.fence = (tokens, index) => {
        const token = tokens[index];
        return token ? codeBlockHtml(token.content, fenceLanguage(token.info), colored) : "";
    };
    md.renderer.rules.code_block = (tokens, index) =>
        codeBlockHtml(tokens[index]?.content ?? "", "", false);
    md.renderer.rules.table_open = () => '<div class="tw"><table>';
    md.renderer.rules.table_close = () => "</table></div>";
    md.renderer.rules.image = (tokens, index) => {
        const token = tokens[index];
        const source = attribute(token, "src");
        const text = escapeHtml(token?.content ?? "");
        if (isSafeImage(source)) {
            return `<img src="${escapeHtml(source)}" alt="${text}">`;
        }
        return `<a href="${escapeHtml(source)}">${tr("image", text || escapeHtml(source))}</a>`;
    };
    const cell: RendererRule = (tokens, index, options, _env, self) => {
        const token = tokens[index];
        const side = /text-align:(center|right)/.exec(attribute(token, "style"))?.[1];
        if (token) {
            token.attrs = side ? [["class", side]] : null; // the page allows no style attributes
        }
        return self.renderToken(tokens, index, options);
    };
    md.renderer.rules.th_open = cell;
    md.renderer.rules.td_open = cell;
    // A link that points at a picture in the message is no link anyone can follow.
    md.renderer.rules.link_open = (tokens, index, options, _env, self) => {
        const token = tokens[index];
        if (token && !isSafeLink(attribute(token, "href"))) {
            token.attrSet("href", "");
        }
        return self.renderToken(tokens, index, options);
    };
    return md;
}
