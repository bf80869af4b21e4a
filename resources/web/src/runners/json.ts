// SPDX-License-Identifier: MIT
import { parseJson } from "./records";
import { errorAtLine } from "./source";
import { runTable } from "./table";

runTable(parseJson, (source) => {
    try {
        JSON.parse(source);
    } catch (error) {
        const position = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? 0);
        errorAtLine((error as Error).message, source.slice(0, position).split("\n").length);
    }
});
