// SPDX-License-Identifier: MIT
// Small helpers to build elements.

import { icon, type IconName } from "./icons";

type Child = Node | string | null;

export function element<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    className = "",
    ...children: Child[]
): HTMLElementTagNameMap[K] {
    const made = document.createElement(tag);
    if (className) {
        made.className = className;
    }
    for (const child of children) {
        if (child !== null) {
            made.append(child);
        }
    }
    return made;
}

export function iconButton(name: IconName, label: string, action: string): HTMLButtonElement {
    const button = element("button", "ib", icon(name));
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.dataset.action = action;
    return button;
}

export function textButton(label: string, action: string, className: string): HTMLButtonElement {
    const button = element("button", className, label);
    button.type = "button";
    button.dataset.action = action;
    return button;
}

// Replaces the children only when they are other elements than before.
export function setChildren(parent: HTMLElement, children: Child[]): void {
    parent.replaceChildren(...children.filter((child): child is Node | string => child !== null));
}
