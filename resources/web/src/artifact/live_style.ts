// SPDX-License-Identifier: MIT
// Tailwind makes its style sheet in the page. It is ours, not the artifact's (the bundled copy
// answers its address), so it need not wait with the artifact's scripts: a page that is styled by
// it looks right while it is still being written.

const kScript = /^https:\/\/(cdn\.tailwindcss\.com(\/|\?|$)|[\w.]+\/(npm\/)?@tailwindcss\/browser\b)/;
// Version 2 was a style sheet; version 3 knows its classes.
const kSheet = /^https:\/\/[\w.]+\/.*\btailwind(css)?\b.*\.css$/;
const kPlain = "https://cdn.tailwindcss.com/";

function addressOf(node: Node): string | null {
    if (!(node instanceof Element)) {
        return null;
    }
    if (node.localName === "script") {
        const src = node.getAttribute("src") ?? "";
        return kScript.test(src) ? src : null;
    }
    const isSheet = node.localName === "link" && node.getAttribute("rel") === "stylesheet";
    return isSheet && kSheet.test(node.getAttribute("href") ?? "") ? kPlain : null;
}

export function styleWhileWritten(): void {
    const watcher = new MutationObserver((records) => {
        for (const { addedNodes } of records) {
            for (const node of addedNodes) {
                const src = addressOf(node);
                if (src) {
                    watcher.disconnect();
                    const script = document.createElement("script");
                    script.src = src;
                    document.documentElement.append(script);
                    script.remove();
                    return;
                }
            }
        }
    });
    watcher.observe(document, { childList: true, subtree: true });
}
