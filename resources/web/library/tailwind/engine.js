// SPDX-License-Identifier: MIT
// Tailwind CSS 3 without a file system: class names in, a style sheet out. The stages are those of
// tailwindcss/src/processTailwindFeatures.js; a context is kept as long as configuration and CSS
// stay the same, so that a page that grows costs only its new classes.

import postcss from "postcss";
import collapseAdjacentRules from "tailwindcss/src/lib/collapseAdjacentRules";
import collapseDuplicateDeclarations from "tailwindcss/src/lib/collapseDuplicateDeclarations";
import evaluateTailwindFunctions from "tailwindcss/src/lib/evaluateTailwindFunctions";
import expandApplyAtRules from "tailwindcss/src/lib/expandApplyAtRules";
import expandTailwindAtRules from "tailwindcss/src/lib/expandTailwindAtRules";
import normalizeTailwindDirectives from "tailwindcss/src/lib/normalizeTailwindDirectives";
import partitionApplyAtRules from "tailwindcss/src/lib/partitionApplyAtRules";
import resolveDefaultsAtRules from "tailwindcss/src/lib/resolveDefaultsAtRules";
import { createContext } from "tailwindcss/src/lib/setupContextUtils";
import substituteScreenAtRules from "tailwindcss/src/lib/substituteScreenAtRules";
import resolveConfig from "tailwindcss/src/public/resolve-config";

export class Engine {
    #context = null;
    #template = null;
    #used = new Set();

    constructor(config, css) {
        const root = postcss.parse(css);
        normalizeTailwindDirectives(root);
        partitionApplyAtRules()(root);
        this.#context = createContext(resolveConfig({ ...config, content: [] }), [], root);
        this.#template = root;
    }

    // The style sheet for all class names so far and these.
    async styleSheet(names) {
        const added = [...names].filter((name) => !this.#used.has(name));
        for (const name of added) {
            this.#used.add(name);
        }
        const root = this.#template.clone();
        // "hidden": without any class of its own Tailwind warns, and a page may be just beginning.
        const content = ["hidden", ...added].join("\n");
        this.#context.changedContent = [{ content, extension: "html" }];
        await expandTailwindAtRules(this.#context)(root);
        partitionApplyAtRules()(root);
        expandApplyAtRules(this.#context)(root);
        evaluateTailwindFunctions(this.#context)(root);
        substituteScreenAtRules(this.#context)(root);
        resolveDefaultsAtRules(this.#context)(root);
        collapseAdjacentRules(this.#context)(root);
        collapseDuplicateDeclarations(this.#context)(root);
        return root.toString();
    }
}
