// SPDX-License-Identifier: MIT
// JavaScript that draws by itself: run once, when it is complete.

import { tr } from "../shared/strings";
import globals from "./globals.json";
import { showWriting } from "./message";
import { installImportMap } from "./modules";
import { followSource, importedNames, loadScript, readWords, stage, useOwnStyles } from "./source";

// Globals that a program may use without saying where they come from.
const kGlobals = (globals as [string, string][]).map(([uses, url]) => [new RegExp(uses), url] as const);

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
