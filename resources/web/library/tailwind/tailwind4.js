// SPDX-License-Identifier: MIT
// Answers @tailwindcss/browser, Tailwind 4. Its style sheets need a browser of 2023; ours is that
// of 2022 (Qt WebEngine 6.4). So version 3 stands in, with the names that version 4 added.

import plugin from "tailwindcss/src/public/create-plugin";
import { installTailwind } from "./page.js";

const kSides = {
    t: "top", tr: "top right", r: "right", br: "bottom right",
    b: "bottom", bl: "bottom left", l: "left", tl: "top left",
};
const kThemes = { color: "colors", font: "fontFamily", text: "fontSize", radius: "borderRadius", shadow: "boxShadow", breakpoint: "screens", spacing: "spacing", animate: "animation", ease: "transitionTimingFunction" };

const newNames = plugin(({ addUtilities, matchUtilities, theme }) => {
    for (const [side, words] of Object.entries(kSides)) {
        addUtilities({
            [`.bg-linear-to-${side}`]: {
                "background-image": `linear-gradient(to ${words}, var(--tw-gradient-stops))`,
            },
        });
    }
    matchUtilities(
        { "bg-linear": (angle) => ({ "background-image": `linear-gradient(${angle}, var(--tw-gradient-stops))` }) },
        { values: Object.fromEntries([0, 15, 30, 45, 60, 75, 90, 120, 135, 180, 270].map((n) => [n, `${n}deg`])) },
    );
    addUtilities({
        ".bg-radial": { "background-image": "radial-gradient(var(--tw-gradient-stops))" },
        ".outline-hidden": { outline: "2px solid transparent", "outline-offset": "2px" },
        ".wrap-break-word": { "overflow-wrap": "break-word" },
        ".field-sizing-content": {},
    });
    void theme;
});

// Spacing is every multiple of a quarter rem.
const spacing = Object.fromEntries(Array.from({ length: 193 }, (_, n) => [n / 2, `${n / 8}rem`]));

// @theme { --color-brand: #123 } -> { colors: { brand: "#123" } }, and the variables themselves.
function takeThemes(css, extend) {
    return css.replace(/@theme[^{]*\{([^}]*)\}/g, (_whole, body) => {
        for (const [, group, name, value] of body.matchAll(/--([a-z]+)-([\w-]+)\s*:\s*([^;]+);?/g)) {
            const key = kThemes[group];
            if (key) {
                (extend[key] ??= {})[name] = group === "font" ? value.split(",").map((s) => s.trim()) : value.trim();
            }
        }
        return `:root{${body}}`;
    });
}

function translate(css, config) {
    const extend = {
        spacing: { ...spacing },
        borderRadius: { xs: "0.125rem", "4xl": "2rem" },
        boxShadow: { "2xs": "0 1px rgb(0 0 0 / 0.05)", xs: "0 1px 2px 0 rgb(0 0 0 / 0.05)" },
        blur: { xs: "4px" },
        borderColor: { DEFAULT: "currentColor" },
        ringWidth: { DEFAULT: "1px" },
    };
    let text = takeThemes(css, extend)
        .replace(/@import\s+["']tailwindcss["'][^;]*;?/g, "@tailwind base;@tailwind components;@tailwind utilities;")
        .replace(/@import\s+["']tailwindcss\/[^;]*;?/g, "")
        .replace(/@utility\s+([\w-]+)\s*\{([^}]*)\}/g, "@layer utilities{.$1{$2}}");
    let darkMode = config.darkMode ?? "media";
    text = text.replace(/@custom-variant\s+dark\s+[^;]*;/g, () => {
        darkMode = "class";
        return "";
    });
    return {
        css: text,
        config: {
            ...config,
            darkMode,
            theme: { ...config.theme, extend: { ...extend, ...config.theme?.extend } },
            plugins: [newNames, ...(config.plugins ?? [])],
        },
    };
}

installTailwind(document.currentScript?.src ?? "", translate);
