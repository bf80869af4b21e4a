// SPDX-License-Identifier: MIT
// A calm word in the middle of the stage: what the page waits for, or why it shows nothing.

import { element } from "../shared/dom";

export function showMessage(place: HTMLElement, title: string, details = ""): void {
    const shown = place.querySelector<HTMLElement>(":scope > .message") ?? element("div", "message");
    const text = title + "\n" + details;
    if (shown.dataset["text"] !== text) {
        shown.dataset["text"] = text;
        shown.replaceChildren(
            element("p", "what", title),
            ...(details ? [element("p", "why", details)] : []),
        );
    }
    if (!shown.isConnected) {
        place.replaceChildren(shown);
    }
}

export function hideMessage(place: HTMLElement): void {
    place.querySelector(":scope > .message")?.remove();
}

// While a program is written: how far it has got.
export function showWriting(place: HTMLElement, words: string, source: string): void {
    const shown = place.querySelector<HTMLElement>(":scope > .writing") ?? makeWriting(words);
    const lines = source.split("\n");
    const last = shown.querySelector("code");
    if (last) {
        last.textContent = lines.slice(-7).join("\n");
    }
    if (!shown.isConnected) {
        place.replaceChildren(shown);
    }
}

function makeWriting(words: string): HTMLElement {
    return element(
        "div",
        "writing message",
        element("pre", "", element("code")),
        element("p", "what", element("span", "pulse"), words),
    );
}
