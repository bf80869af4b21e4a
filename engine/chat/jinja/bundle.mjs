// SPDX-License-Identifier: MIT
// Bundles the Jinja library and our few lines around it into one ES5 script inside a C++ source, which
// engine/chat/jinja_script.h declares.   node bundle.mjs OUT.cpp
//
// esbuild gathers the modules, TypeScript lowers classes and iteration (esbuild cannot), esbuild makes it small.
import { build, transform } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));

// What the script engine cannot run, or not in bounded time. Each text must be there exactly once, so that another
// version of the library cannot slip through unpatched.
const patches = [
    // ES5 has no subclass of Error that `instanceof` knows.
    ["var BreakControl = class extends Error {\n};", "var BreakControl = class {\n};"],
    ["var ContinueControl = class extends Error {\n};", "var ContinueControl = class {\n};"],
    // Jinja takes what is not there for an empty list.
    [
        "if (!(iterable instanceof ArrayValue || iterable instanceof ObjectValue)) {\n      throw new Error(`Expected iterable",
        "if (iterable instanceof UndefinedValue) {\n      iterable = new ArrayValue([]);\n    }\n" +
            "    if (!(iterable instanceof ArrayValue || iterable instanceof ObjectValue)) {\n" +
            "      throw new Error(`Expected iterable",
    ],
    // Quadratic in a run of white space.
    [
        "return template.replace(\n    /(\\s*){%(-?)\\s*(?:end)?generation\\s*(-?)%}(\\s*)/gs,\n" +
            '    (_, before, lstrip, rstrip, after) => (lstrip ? "" : before) + (rstrip ? "" : after)\n  );',
        "return atelierRemoveGeneration(template);",
    ],
    ["template.replace(/^[ \\t]*({[#%-])/gm, \"$1\")", "atelierLstripBlocks(template)"],
    // Character by character, each step copying all that was gathered.
    [
        'let text = "";\n        while (cursorPosition < src.length && // Keep going until we hit the next Jinja statement or ' +
            'expression\n        !(src[cursorPosition] === "{" && (src[cursorPosition + 1] === "%" || ' +
            'src[cursorPosition + 1] === "{" || src[cursorPosition + 1] === "#"))) {\n          text += src[cursorPosition++];\n        }',
        "const text = atelierTextUntilTag(src, cursorPosition);\n        cursorPosition += text.length;",
    ],
    [
        'let comment = "";\n        while (src[cursorPosition] !== "#" || src[cursorPosition + 1] !== "}") {\n' +
            "          if (cursorPosition + 2 >= src.length) {\n" +
            '            throw new SyntaxError("Missing end of comment tag");\n          }\n' +
            "          comment += src[cursorPosition++];\n        }",
        'const commentEnd = src.indexOf("#}", cursorPosition);\n        if (commentEnd < 0) {\n' +
            '          throw new SyntaxError("Missing end of comment tag");\n        }\n' +
            "        let comment = src.slice(cursorPosition, commentEnd);\n        cursorPosition = commentEnd;",
    ],
    [
        'let result = "";\n    for (const statement of statements) {',
        "const parts = [];\n    try {\n    for (const statement of statements) {",
    ],
    [
        "result += lastEvaluated.toString();\n      }\n    }\n    return new StringValue(result);",
        // What a loop's round wrote before it was left must not be lost.
        "parts.push(lastEvaluated.toString());\n      }\n    }\n    } catch (err) {\n" +
            "      if (err instanceof ContinueControl || err instanceof BreakControl) {\n" +
            '        err.text = parts.join("") + (err.text || "");\n      }\n      throw err;\n    }\n' +
            '    return new StringValue(parts.join(""));',
    ],
    ['let result = "";\n    let noIteration = true;', "const parts = [];\n    let noIteration = true;"],
    [
        "if (err instanceof ContinueControl) {\n          continue;",
        "if (err instanceof ContinueControl) {\n          parts.push(err.text);\n          continue;",
    ],
    [
        "if (err instanceof BreakControl) {\n          break;",
        "if (err instanceof BreakControl) {\n          parts.push(err.text);\n          break;",
    ],
    ["result += evaluated.value;", "parts.push(evaluated.value);"],
    [
        "result += defaultEvaluated.value;\n    }\n    return new StringValue(result);",
        'parts.push(defaultEvaluated.value);\n    }\n    return new StringValue(parts.join(""));',
    ],
    // Regular expressions with flags of a later standard.
    [
        'const pattern = oldvalue.length === 0 ? new RegExp("(?=)", "gu") : new RegExp(escapeRegExp(oldvalue), "gu");\n' +
            "  return str.replaceAll(pattern, (match) => {\n    if (remaining > 0) {\n      --remaining;\n" +
            "      return newvalue;\n    }\n    return match;\n  });",
        "return atelierReplace(str, oldvalue, newvalue, remaining);",
    ],
    ["of text.matchAll(/\\S+/g)", "of atelierWords(text)"],
];

const patchJinja = {
    name: "patch-jinja",
    setup(builder) {
        builder.onLoad({ filter: /@huggingface[\\/]jinja[\\/]dist[\\/]index\.js$/ }, async (file) => {
            let contents = await readFile(file.path, "utf8");
            for (const [from, to] of patches) {
                if (contents.split(from).length !== 2) {
                    throw new Error(`${file.path} does not have this once, another version?\n${from}`);
                }
                contents = contents.replace(from, () => to);
            }
            return { contents, loader: "js" };
        });
    },
};

const bundled = await build({
    entryPoints: [join(here, "chat_template.js")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    plugins: [patchJinja],
    treeShaking: true,
    legalComments: "none",
    logLevel: "warning",
});
const lowered = ts.transpileModule(bundled.outputFiles[0].text, {
    compilerOptions: { target: ts.ScriptTarget.ES5, downlevelIteration: true, removeComments: true },
});
const polyfills = await readFile(join(here, "polyfills.js"), "utf8");
const small = await transform(polyfills + lowered.outputText, {
    minify: true,
    target: "es5",
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
});

// The library's license asks to go where its code goes.
const license = await readFile(join(here, "../../../node_modules/@huggingface/jinja/LICENSE"), "utf8");
const lines = [];
const bytes = Buffer.from(small.code, "ascii");
for (let at = 0; at < bytes.length; at += 32) {
    lines.push(`    ${[...bytes.subarray(at, at + 32)].join(",")},`);
}
const comment = license.trimEnd().split("\n").map((line) => `// ${line}`.trimEnd()).join("\n");
await writeFile(
    process.argv[2],
    `// Made by engine/chat/jinja/bundle.mjs. Holds @huggingface/jinja:\n${comment}\n` +
        '#include "engine/chat/jinja_script.h"\n\nnamespace atelier {\n\nnamespace {\n\n' +
        `constexpr char kBytes[] = {\n${lines.join("\n")}\n    0};\n\n} // namespace\n\n` +
        "const char* const kJinjaScript = kBytes;\n" +
        `const size_t kJinjaScriptBytes = ${bytes.length};\n\n} // namespace atelier\n`,
);
if (process.argv[3]) {
    await writeFile(process.argv[3], small.code);
}
