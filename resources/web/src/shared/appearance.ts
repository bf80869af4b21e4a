// SPDX-License-Identifier: MIT
// How the shell wants the page to look. The same attributes stand in the HTML that is first served,
// so nothing changes color after the first paint.

import { setStrings } from "./strings";

export interface Appearance {
    dark: boolean;
    language: string;
    reducedMotion: boolean;
    strings: Record<string, string>;
}

export function applyAppearance(appearance: Appearance): void {
    const root = document.documentElement;
    root.dataset.theme = appearance.dark ? "dark" : "light";
    root.dataset.motion = appearance.reducedMotion ? "reduced" : "full";
    root.lang = appearance.language;
    setStrings(appearance.strings, appearance.language);
}
