// SPDX-License-Identifier: MIT
// Bundles the web pages into the folder that is its argument (resources/web/CMakeLists.txt calls it).
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = join(dirname(fileURLToPath(import.meta.url)), "src");
await build({
    entryPoints: {
        transcript: join(source, "transcript/main.ts"),
        code: join(source, "code/main.ts"),
        picker: join(source, "artifact/picker.ts"),
        prelude: join(source, "artifact/prelude.ts"),
        restore: join(source, "artifact/restore_databases.ts"),
        "run/csv": join(source, "runners/csv.ts"),
        "run/json": join(source, "runners/json.ts"),
        "run/markdown": join(source, "runners/markdown.ts"),
        "run/mermaid": join(source, "runners/mermaid.ts"),
        "run/python": join(source, "runners/python.ts"),
        "run/react": join(source, "runners/react.ts"),
        "run/runners": join(source, "runners/runners.css"),
        "run/script": join(source, "runners/script.ts"),
    },
    outdir: process.argv[2],
    loader: { ".py": "text", ".worker.js": "text" },
    bundle: true,
    minify: true,
    format: "iife",
    target: "chrome102", // the oldest engine we run on: Qt WebEngine 6.4
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
});
