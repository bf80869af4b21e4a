// SPDX-License-Identifier: MIT
// A Markdown document: it grows block by block, as a reply does.

import { tr } from "../shared/strings";
import { MarkdownBlock } from "../transcript/markdown_block";
import { followSource, loadScript, readWords, stage } from "./source";

const kDiagrams = "https://cdn.jsdelivr.net/npm/mermaid@11/dist/mermaid.min.js";
const kFormulas = "https://cdn.jsdelivr.net/npm/katex@0.16/dist/";

interface Mermaid {
    initialize(options: object): void;
    render(id: string, source: string): Promise<{ svg: string }>;
}

async function drawDiagrams(root: HTMLElement): Promise<void> {
    const blocks = [...root.querySelectorAll(".cb")].filter(
        (block) => block.querySelector(".lang")?.textContent === "mermaid",
    );
    if (blocks.length === 0) {
        return;
    }
    await loadScript(kDiagrams);
    const mermaid = (window as unknown as { mermaid: Mermaid }).mermaid;
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: "neutral" });
    for (const [index, block] of blocks.entries()) {
        try {
            const source = block.querySelector("code")?.textContent ?? "";
            const { svg } = await mermaid.render(`diagram${index}`, source);
            const picture = document.createElement("div");
            picture.className = "diagram";
            picture.innerHTML = svg;
            block.replaceWith(picture);
        } catch {
            // It stays as its source.
        }
    }
}

async function setFormulas(root: HTMLElement): Promise<void> {
    if (!/\$[^$\n]+\$|\\\(|\\\[/.test(root.textContent ?? "")) {
        return;
    }
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = kFormulas + "katex.min.css";
    document.head.append(sheet);
    await loadScript(kFormulas + "katex.min.js");
    await loadScript(kFormulas + "contrib/auto-render.min.js");
    const render = (window as unknown as { renderMathInElement(at: Element, options: object): void })
        .renderMathInElement;
    render(root, {
        delimiters: [
            { left: "$$", right: "$$", display: true },
            { left: "\\[", right: "\\]", display: true },
            { left: "\\(", right: "\\)", display: false },
            { left: "$", right: "$", display: false },
        ],
        ignoredTags: ["script", "style", "pre", "code"],
        throwOnError: false,
        trust: false,
    });
}

readWords();
const block = new MarkdownBlock();
const page = document.createElement("article");
page.className = "a document";
page.append(block.root);
let read = 0;
followSource({
    grew: (source) => {
        block.push(source.slice(read));
        read = source.length;
        block.render(false);
        if (!page.isConnected && block.root.firstChild) {
            stage().append(page);
        }
        const heading = block.root.querySelector("h1")?.textContent;
        document.title = heading ?? tr("document");
    },
    ended: async (_source, outcome) => {
        block.finish();
        block.render(false);
        if (outcome === "run") {
            await Promise.allSettled([drawDiagrams(block.root), setFormulas(block.root)]);
        }
    },
});
