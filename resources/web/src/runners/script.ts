// SPDX-License-Identifier: MIT
// JavaScript that draws by itself: run once, when it is complete.

import { tr } from "../shared/strings";
import { showWriting } from "./message";
import { installImportMap } from "./modules";
import { followSource, importedNames, loadScript, readWords, stage, useOwnStyles } from "./source";

// Globals that a program may use without saying where they come from.
const kGlobals: [RegExp, string][] = [
    [/\b(createCanvas\s*\(|new p5\b)/, "https://cdn.jsdelivr.net/npm/p5@1/lib/p5.min.js"],
    [/\bTHREE\./, "https://cdn.jsdelivr.net/npm/three@0.128/build/three.min.js"],
    [/\bd3\./, "https://cdn.jsdelivr.net/npm/d3@7/dist/d3.min.js"],
    [/\bnew Chart\b/, "https://cdn.jsdelivr.net/npm/chart.js@4/dist/chart.umd.js"],
    [/\bMatter\./, "https://cdn.jsdelivr.net/npm/matter-js/build/matter.min.js"],
    [/\becharts\./, "https://cdn.jsdelivr.net/npm/echarts@5/dist/echarts.min.js"],
];

readWords();
followSource({
    grew: (source) => showWriting(stage(), tr("runsWhenComplete"), source),
    ended: async (source, outcome) => {
        if (outcome === "cut") {
            showWriting(stage(), tr("cutOff"), source);
            return;
        }
        // It draws into the body, as in a page of its own.
        stage().remove();
        useOwnStyles(false);
        const names = importedNames(source);
        const isModule = /^\s*(import[\s{*"'(]|export\s)/m.test(source);
        if (!isModule) {
            for (const [uses, url] of kGlobals) {
                if (uses.test(source)) {
                    await loadScript(url).catch(() => undefined);
                }
            }
        }
        installImportMap(names);
        const script = document.createElement("script");
        if (isModule) {
            script.type = "module";
        }
        script.textContent = source;
        document.body.append(script);
    },
});
