// SPDX-License-Identifier: MIT
// Python in a thread of its own: what it prints and draws goes to the page as messages, also while
// a program never pauses. Waiting needs no message to arrive, so a program's own loop may block.

const kFolder = "https://cdn.jsdelivr.net/npm/pyodide@314.0.7/";
const kMailbox = "https://artifact.local/";
const kLongestWait = 20_000; // ms of one question to the program
const kTellInterval = 500; // ms

// Atomics.wait() is the one way to sleep here that does not spin; a memory of our own will do.
const bell = new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);

self.atelier_post = (kind, text) => self.postMessage({ kind, text });
// A program that rests or listens is no endless loop: the page hears of it, now and then.
let told = 0;
const rest = (ms) => {
    const now = performance.now();
    if (ms >= kTellInterval || now - told >= kTellInterval) {
        told = now;
        self.atelier_post("rest", String(ms));
    }
};
self.atelier_sleep = (ms) => {
    rest(ms);
    Atomics.wait(bell, 0, 0, Math.max(0, ms));
};
// What the page has told us since: lines of JSON. Waits up to `ms` for the first.
self.atelier_letters = (ms) => {
    rest(Math.min(ms, kLongestWait));
    const request = new XMLHttpRequest();
    request.open("GET", `${kMailbox}ask?${Math.min(ms, kLongestWait)}`, false);
    try {
        request.send();
        return request.status === 200 ? request.responseText : "";
    } catch {
        return "";
    }
};
const pen = new OffscreenCanvas(1, 1).getContext("2d");
self.atelier_text_width = (text, font) => {
    pen.font = font;
    return pen.measureText(text).width;
};

let arrived;
const start = new Promise((resolve) => (arrived = resolve));
self.onmessage = ({ data }) => arrived(data);

try {
    const { loadPyodide } = await import(kFolder + "pyodide.mjs");
    const pyodide = await loadPyodide({ indexURL: kFolder, checkIntegrity: false });
    const { source, files } = await start;
    for (const [name, text] of Object.entries(files)) {
        const path = "/lib/atelier/" + name;
        pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        pyodide.FS.writeFile(path, text);
    }
    pyodide.FS.mkdirTree("/home/artifact");
    pyodide.FS.chdir("/home/artifact");
    self.atelier_post("ready", "");
    self.atelier_source = source;
    pyodide.runPython(files["boot.py"]);
} catch (error) {
    self.atelier_post("fatal", String(error));
}
