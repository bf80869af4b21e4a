// SPDX-License-Identifier: MIT
// Line icons on a 16 px grid, as in the shell.

const kPaths = {
    copy: '<rect x="5.5" y="5.5" width="8" height="8" rx="1.6"/><path d="M10.5 3.4v-.1a1 1 0 0 0-1-.8H4a1.5 1.5 0 0 0-1.5 1.5v5.5a1 1 0 0 0 .9 1"/>',
    check: '<path d="M3.3 8.5l3 3 6.4-7"/>',
    retry: '<path d="M13.2 7A5.3 5.3 0 1 0 12.6 10.6"/><path d="M13.5 3.3V7H9.8"/>',
    edit: '<path d="M3 13l.6-2.8L10.7 3.1a1.2 1.2 0 0 1 1.7 0l.5.5a1.2 1.2 0 0 1 0 1.7L5.8 12.4z"/>',
    more: '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2"/>',
    left: '<path d="M9.5 4.5L6 8l3.5 3.5"/>',
    right: '<path d="M6.5 4.5L10 8l-3.5 3.5"/>',
    down: '<path d="M4.5 6.5L8 10l3.5-3.5"/>',
    wrap: '<path d="M2.5 4h11M2.5 8h8.5a2.2 2.2 0 0 1 0 4.4H8M9.6 10.8L8 12.4l1.6 1.6M2.5 12.4h3"/>',
    warning: '<path d="M8 2.3l6 10.7H2z"/><path d="M8 6.5v3M8 11.3v.01"/>',
    page: '<path d="M5 5L2.5 8 5 11M11 5l2.5 3L11 11"/>',
    picture:
        '<rect x="2" y="2.8" width="12" height="10.4" rx="2"/><circle cx="5.6" cy="6.2" r="1"/><path d="M2.5 11.5l3.3-3 2.4 2 2.6-2.8 2.9 3"/>',
} as const;

export type IconName = keyof typeof kPaths;

export function iconHtml(name: IconName, small = false): string {
    const size = small ? "i xs" : "i";
    return `<svg class="${size}" viewBox="0 0 16 16" aria-hidden="true">${kPaths[name]}</svg>`;
}

export function icon(name: IconName, small = false): SVGElement {
    const holder = document.createElement("template");
    holder.innerHTML = iconHtml(name, small);
    return holder.content.firstElementChild as SVGElement;
}
