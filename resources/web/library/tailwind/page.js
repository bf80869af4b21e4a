// SPDX-License-Identifier: MIT
// What cdn.tailwindcss.com does in a page: `tailwind.config`, <style type="text/tailwindcss">, and
// a style sheet that follows the classes of the document while it changes.

import aspectRatio from "@tailwindcss/aspect-ratio";
import forms from "@tailwindcss/forms";
import typography from "@tailwindcss/typography";
import colors from "tailwindcss/src/public/colors";
import plugin from "tailwindcss/src/public/create-plugin";
import defaultConfig from "tailwindcss/src/public/default-config";
import defaultTheme from "tailwindcss/src/public/default-theme";
import resolveConfig from "tailwindcss/src/public/resolve-config";
import { Engine } from "./engine.js";

const kInterval = 30; // ms between style sheets of a page that keeps changing
const kDirectives = "@tailwind base;@tailwind components;@tailwind utilities;";
const kPlugins = { forms, typography, "aspect-ratio": aspectRatio };

function wantedPlugins(address) {
    const names = new URL(address, "https://cdn.tailwindcss.com").searchParams.get("plugins") ?? "";
    return names.split(",").filter((name) => kPlugins[name]).map((name) => kPlugins[name]);
}

// `address`: what the script was asked for by. `translate(css, config)` turns the CSS of another
// version into { css, config } of this one.
export function installTailwind(address, translate = (css, config) => ({ css, config })) {
    if (window.tailwind?.isAtelier) {
        return; // asked for twice
    }
    const plugins = wantedPlugins(address);
    const names = new Set();
    const out = document.createElement("style");
    let own = window.tailwind?.config ?? {}; // may be set before the script has loaded
    let engine = null;
    let described = "";
    let timer = 0;
    let busy = false;
    let again = false;

    const inputs = () => [...document.querySelectorAll('style[type="text/tailwindcss"]')];

    async function refresh() {
        timer = 0;
        if (busy) {
            again = true;
            return;
        }
        busy = true;
        try {
            const written = inputs().map((style) => style.textContent).join("\n");
            if (!engine || described !== written) {
                described = written;
                const css = written.includes("@tailwind") || /@import\s+["']tailwindcss/.test(written)
                    ? written : kDirectives + written;
                const input = translate(css, own);
                const all = [...plugins, ...(input.config.plugins ?? [])];
                engine = new Engine({ ...input.config, plugins: all }, input.css);
            }
            out.textContent = await engine.styleSheet(names);
            if (!out.isConnected) {
                (document.head ?? document.documentElement).append(out);
            }
        } catch (error) {
            console.error(`Tailwind: ${error.reason ?? error.message}`);
        }
        busy = false;
        if (again) {
            again = false;
            schedule();
        }
    }
    function schedule() {
        timer ||= setTimeout(refresh, kInterval);
    }

    // Returns whether the element has a class that was not there before.
    function collect(element) {
        const before = names.size;
        element.classList?.forEach((name) => names.add(name));
        return names.size > before;
    }
    function collectBelow(node) {
        if (!(node instanceof Element)) {
            return false;
        }
        let found = collect(node);
        for (const element of node.querySelectorAll("[class]")) {
            found = collect(element) || found;
        }
        return found || node.matches('style[type="text/tailwindcss"]');
    }

    new MutationObserver((records) => {
        let found = false;
        for (const { type, target, addedNodes } of records) {
            if (type === "attributes") {
                found = collect(target) || found;
            } else if (type === "childList") {
                for (const node of addedNodes) {
                    found = collectBelow(node) || found;
                }
                found ||= target.nodeName === "STYLE" && target.type === "text/tailwindcss";
            }
        }
        if (found) {
            schedule();
        }
    }).observe(document, { attributes: true, attributeFilter: ["class"], childList: true, subtree: true });

    window.tailwind = {
        isAtelier: true,
        colors, defaultConfig, defaultTheme, plugin, resolveConfig,
        get config() {
            return own;
        },
        set config(config) {
            own = config ?? {};
            engine = null;
            schedule();
        },
    };
    if (document.documentElement) {
        collectBelow(document.documentElement);
    }
    void refresh();
}
