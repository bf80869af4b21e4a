// SPDX-License-Identifier: MIT
// Where a program finds the packages it imports by name: at the addresses that the bundled
// libraries answer. A package that is not bundled is listed as blocked, with a hint.

import { ownFiles } from "./source";

const kModules = "https://esm.sh/";

function isBare(name: string): boolean {
    return !/^(https?:|data:|blob:|\.{0,2}\/|@\/)/.test(name);
}

export function addressOf(name: string): string {
    return isBare(name) ? kModules + name : name;
}

// Must come before the first module of the page. One that was saved as a file has its own map.
export function installImportMap(names: string[]): void {
    if (ownFiles()) {
        return;
    }
    const imports: Record<string, string> = {};
    for (const name of names.filter(isBare)) {
        imports[name] = addressOf(name);
    }
    if (Object.keys(imports).length > 0) {
        const map = document.createElement("script");
        map.type = "importmap";
        map.textContent = JSON.stringify({ imports });
        document.head.append(map);
    }
}
