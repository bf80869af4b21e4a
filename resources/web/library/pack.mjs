// SPDX-License-Identifier: MIT
// Lists and bundles what packages.mjs names: pack.mjs FOLDER writes index.json, library.qrc,
// python.qrc, the texts of the licences and what had to be bundled. rcc makes compressed files of it
// (resources/web/CMakeLists.txt).
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { absent, fonts, packages } from "./packages.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
const modulesFolder = join(root, "node_modules");
const require = createRequire(join(root, "package.json"));
const out = resolve(process.argv[2]);

const common = {
    bundle: true,
    minify: true,
    target: "chrome102", // the oldest engine we run on: Qt WebEngine 6.4
    charset: "utf8",
    legalComments: "none", // licences.txt has the texts
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
};

function folderOf({ name, from }) {
    return join(modulesFolder, from ?? name);
}

function manifestOf(entry) {
    return JSON.parse(readFileSync(join(folderOf(entry), "package.json"), "utf8"));
}

// "a/b-*.js" -> the files of that name, relative to the folder.
function expand(folder, pattern) {
    if (!pattern.includes("*")) {
        if (!existsSync(join(folder, pattern))) {
            throw new Error(`${relative(root, join(folder, pattern))} does not exist`);
        }
        return [pattern];
    }
    const place = dirname(pattern);
    const name = new RegExp(
        `^${basename(pattern).split("*").map((part) => part.replace(/[.+]/g, "\\$&")).join(".*")}$`,
    );
    const found = readdirSync(join(folder, place)).filter((file) => name.test(file)).sort();
    if (found.length === 0) {
        throw new Error(`nothing is named ${pattern} in ${relative(root, folder)}`);
    }
    return found.map((file) => join(place, file));
}

const qrcs = { library: [], python: [] }; // by pack: [name in the pack, file]

function add(name, file, pack = "library") {
    qrcs[pack].push([name, file]);
}

// Tailwind reads its base styles from a file when it runs and asks for files that do not matter
// in a browser.
const withoutFiles = {
    name: "without-files",
    setup(builder) {
        builder.onResolve({ filter: /^(fs|path|url|os|crypto|util|module|v8|perf_hooks)$/ }, ({ path }) => ({
            path,
            namespace: "nothing",
        }));
        builder.onLoad({ filter: /.*/, namespace: "nothing" }, ({ path }) => {
            const preflight = readFileSync(require.resolve("tailwindcss/src/css/preflight.css"), "utf8");
            const texts = {
                fs: `exports.readFileSync = () => ${JSON.stringify(preflight)}; exports.default = exports;`,
                path: 'exports.join = (...parts) => parts.join("/"); exports.default = exports;',
            };
            return { contents: texts[path] ?? "exports.default = {};", loader: "js" };
        });
    },
};

// A module that gives a CommonJS package's exports their names.
const named = {
    name: "named-exports",
    setup(builder) {
        builder.onResolve({ filter: /^named:/ }, ({ path }) => ({
            path: path.slice("named:".length),
            namespace: "named",
        }));
        builder.onLoad({ filter: /.*/, namespace: "named" }, ({ path }) => {
            const names = Object.keys(require(path)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default");
            const list = names.filter((name) => !reserved.has(name));
            return {
                contents: `import all from ${JSON.stringify(path)};export default all;export const{${list.join(",")}}=all;`,
                resolveDir: root,
                loader: "js",
            };
        });
    },
};
// The parts that fake-indexeddb does not export.
const insides = {
    name: "insides",
    setup(builder) {
        builder.onResolve({ filter: /^fake-indexeddb\/lib\// }, ({ path }) => ({
            path: join(modulesFolder, path.replace("/lib/", "/build/esm/lib/")) + ".js",
        }));
    },
};

const reserved = new Set(["delete", "in", "if", "for", "new", "class", "function", "with", "import", "export", "default", "void", "typeof"]);

async function bundleOwn(entry, id, files) {
    for (const [name, source] of Object.entries(entry.built ?? {})) {
        const file = join(out, "own", id, name);
        await build({
            ...common,
            entryPoints: [join(here, source)],
            outfile: file,
            format: "iife",
            external: ["*.woff2", "*.ttf"],
            plugins: [withoutFiles],
            define: { ...common.define, __dirname: '"/"', __filename: '"/"', "process.env": "{}", process: "undefined" },
        });
        add(`p/${id}/${name}`, file);
        files.push(name);
    }
}

// The modules of all packages in one go, so that what two of them use is there once: a page that
// imports react and recharts gets one React.
async function bundleModules(entries) {
    const wanted = []; // { record, key, out }
    const entryPoints = {};
    for (const { entry, record, id } of entries) {
        const folder = folderOf(entry);
        const own = entry.from ?? entry.name;
        for (const pattern of entry.modules ?? []) {
            const keys = pattern.includes("*") ? expand(folder, pattern) : [pattern];
            for (const key of keys) {
                const asFile = join(folder, key);
                const isFile = key !== "." && /\.m?js$/.test(key) && existsSync(asFile);
                const specifier = isFile ? asFile : key === "." ? own : `${own}/${key}`;
                const name = `m/${id}/${key === "." ? "index" : key.replace(/\.m?js$/, "")}`;
                entryPoints[name] = entry.cjs ? `named:${specifier}` : specifier;
                wanted.push({ record, key, file: `${name}.js` });
            }
        }
    }
    const result = await build({
        ...common,
        absWorkingDir: root,
        entryPoints,
        outdir: out,
        format: "esm",
        splitting: true,
        chunkNames: "m/shared/[hash]",
        mainFields: ["browser", "module", "main"],
        conditions: ["browser", "import", "production"],
        platform: "browser",
        metafile: true,
        plugins: [named],
        loader: { ".wasm": "dataurl" },
    });
    const outputs = new Map(
        Object.entries(result.metafile.outputs).map(([file, output]) => [resolve(root, file), output]),
    );
    for (const { record, key, file } of wanted) {
        const exports = outputs.get(join(out, file)).exports;
        record.modules[key] = { file, default: exports.includes("default") };
    }
    for (const file of outputs.keys()) {
        add(relative(out, file), file);
    }
}

function addOtherNames(entry, record) {
    for (const [name, key] of Object.entries(entry.moduleNames ?? {})) {
        if (!name.endsWith("/")) {
            record.modules[name] = record.modules[key];
            continue;
        }
        for (const [existing, module] of Object.entries(record.modules)) {
            if (existing.startsWith(key)) {
                record.modules[name + existing.slice(key.length)] = module;
            }
        }
    }
}

function addFonts() {
    const families = {};
    for (const [family, name] of Object.entries(fonts)) {
        const folder = join(modulesFolder, name, "files");
        const prefix = name.split("/")[1];
        const faces = [];
        for (const [pattern, style] of [[/-latin-wght-normal\.woff2$/, "normal"], [/-latin-wght-italic\.woff2$/, "italic"], [/-latin-([3-7]00)-normal\.woff2$/, "normal"]]) {
            for (const file of readdirSync(folder).filter((each) => pattern.test(each))) {
                add(`f/${prefix}/${file}`, join(folder, file));
                faces.push({ file: `f/${prefix}/${file}`, weight: pattern.exec(file)[1] ?? "100 900", style });
            }
        }
        if (faces.length === 0) {
            throw new Error(`${name} has no files of the expected names`);
        }
        families[family.toLowerCase()] = faces;
    }
    return families;
}

function licences() {
    const texts = [];
    const names = [...packages.map((entry) => entry.from ?? entry.name), ...Object.values(fonts), "fake-indexeddb"];
    for (const name of [...new Set(names)].sort()) {
        const folder = join(modulesFolder, name);
        const { version, license, name: real } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
        const text = file ? readFileSync(join(folder, file), "utf8") : "";
        texts.push(`${"=".repeat(80)}\n${real} ${version}: ${license}\n\n${text}\n`);
    }
    return texts.join("\n");
}

async function bundleDatabase() {
    await build({
        ...common,
        entryPoints: [join(here, "database/database.js")],
        outfile: join(out, "database.js"),
        format: "iife",
        globalName: "atelierDatabases",
        plugins: [insides],
    });
    add("database.js", join(out, "database.js"));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const records = [];
for (const entry of packages) {
    const { version } = manifestOf(entry);
    const id = `${entry.name}@${version}`;
    const files = [];
    for (const pattern of entry.files ?? []) {
        for (const file of expand(folderOf(entry), pattern)) {
            add(`p/${id}/${file}`, join(folderOf(entry), file), entry.pack);
            files.push(file);
        }
    }
    await bundleOwn(entry, id, files);
    const record = { name: entry.name, version, files, modules: {} };
    for (const key of ["also", "main", "style"]) {
        if (entry[key]) {
            record[key] = entry[key];
        }
    }
    if (entry.modules) {
        record.module = entry.module ?? ".";
    }
    records.push({ entry, record, id });
}
await bundleModules(records);
await bundleDatabase();
for (const { entry, record } of records) {
    addOtherNames(entry, record);
}
const index = { packages: records.map(({ record }) => record), fonts: addFonts(), absent };
for (const [name, text] of [["index.json", JSON.stringify(index)], ["licences.txt", licences()]]) {
    writeFileSync(join(out, name), text);
    add(name, join(out, name));
}
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
for (const [pack, files] of Object.entries(qrcs)) {
    const lines = files.map(([name, file]) => `<file alias="${escaped(name)}">${escaped(file)}</file>`);
    writeFileSync(
        join(out, `${pack}.qrc`),
        `<RCC><qresource prefix="/atelier/library">\n${lines.join("\n")}\n</qresource></RCC>\n`,
    );
}
