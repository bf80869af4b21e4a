// SPDX-License-Identifier: MIT
// A React component in JSX or TSX: compiled here, its imports answered by the bundled libraries,
// its default export mounted. Lines stay where they are, so errors name those of the source.

import { transform } from "sucrase";

import { tr } from "../shared/strings";
import { showMessage, showWriting } from "./message";
import { addressOf } from "./modules";
import { errorAtLine, followSource, importedNames, loadScript, readWords, runAsScript, stage, useOwnStyles } from "./source";
import { kitModule } from "./react_kit";

type Module = Record<string, unknown>;

interface Slot {
    require(name: string): Module;
    exports: Module;
    fallback?: unknown; // App, or the one component there is
}

interface ReactLike {
    createElement(type: unknown, props?: object | null, ...children: unknown[]): unknown;
    Component: new (props: object) => { props: { children?: unknown }; state: object };
}

const kTailwind = "https://cdn.tailwindcss.com";

function compile(source: string): string {
    return transform(source, {
        transforms: ["typescript", "jsx", "imports"],
        jsxRuntime: "classic",
        production: true,
        preserveDynamicImport: true,
    }).code;
}

function reportCompileError(error: Error & { loc?: { line: number } }): void {
    const message = error.message.replace(/^Error transforming \S+: /, "").replace(/\s*\(\d+:\d+\)$/, "");
    const line = error.loc?.line ?? Number(/\((\d+):\d+\)/.exec(error.message)?.[1] ?? 1);
    errorAtLine(`SyntaxError: ${message}`, line);
    showMessage(stage(), tr("doesNotCompile"), tr("atLine", message, String(line)));
}

// Style sheets and pictures of a project we do not have; other files of it are missing for good.
async function loadModule(name: string, react: Module): Promise<Module> {
    if (/\.(css|scss|less)$/.test(name)) {
        return {};
    }
    if (/\.(svg|png|jpe?g|gif|webp)$/.test(name)) {
        return { default: "data:image/gif;base64,R0lGODlhAQABAAAAACw=" };
    }
    const kit = kitModule(name, react as unknown as ReactLike);
    if (kit) {
        return kit;
    }
    if (/^(\.{0,2}\/|@\/)/.test(name)) {
        throw new Error(tr("noSuchFile", name));
    }
    return (await import(addressOf(name))) as Module;
}

async function loadModules(names: string[]): Promise<Map<string, Module>> {
    const loaded = new Map<string, Module>();
    const react = (await import(addressOf("react"))) as Module;
    const wanted = new Set([...names, "react", "react-dom", "react-dom/client"]);
    await Promise.all(
        [...wanted].map(async (name) => {
            try {
                loaded.set(name, name === "react" ? react : await loadModule(name, react));
            } catch (error) {
                console.error(tr("notBundled", name), (error as Error).message);
            }
        }),
    );
    return loaded;
}

// What a CommonJS program sees of an ES module.
function asCommonJs(module: Module): Module {
    const inner = module["default"];
    const all = typeof inner === "object" && inner !== null ? { ...(inner as Module), ...module } : { ...module };
    Object.defineProperty(all, "__esModule", { value: true });
    return all;
}

function mount(component: unknown, react: ReactLike, dom: Module): void {
    class Boundary extends react.Component {
        static getDerivedStateFromError(error: Error): object {
            return { error };
        }
        render(): unknown {
            const error = (this.state as { error?: Error } | null)?.error;
            if (!error) {
                return this.props.children;
            }
            return react.createElement(
                "div",
                { style: { padding: 24, font: "13px/20px system-ui, sans-serif" } },
                react.createElement("b", null, tr("componentFailed")),
                react.createElement("p", null, String(error.message)),
            );
        }
    }
    const isElement = typeof component === "object" && component !== null && "props" in component;
    const content = isElement ? component : react.createElement(component);
    const createRoot = dom["createRoot"] as (at: Element) => { render(content: unknown): void };
    stage().replaceChildren();
    createRoot(stage()).render(react.createElement(Boundary, null, content));
}

async function run(source: string): Promise<void> {
    let code: string;
    try {
        code = compile(source);
    } catch (error) {
        reportCompileError(error as Error);
        return;
    }
    const [modules] = await Promise.all([loadModules(importedNames(code)), loadScript(kTailwind)]);
    const react = asCommonJs(modules.get("react") ?? {});
    const reactDom = asCommonJs({ ...modules.get("react-dom"), ...modules.get("react-dom/client") });
    Object.assign(window, { React: react, ReactDOM: reactDom });
    const slot: Slot = {
        exports: {},
        require: (name) => {
            const module = modules.get(name);
            if (!module) {
                throw new Error(tr("notBundled", name));
            }
            return asCommonJs(module);
        },
    };
    Object.assign(window, { __atelier: slot, process: { env: { NODE_ENV: "production" } } });
    const mountsItself = /\b(createRoot|hydrateRoot|ReactDOM\.render)\s*\(/.test(source);
    const names = /^(?:export\s+)?(?:function|class|const)\s+([A-Z]\w*)/gm;
    const components = [...source.matchAll(names)].map((match) => match[1] as string);
    const fallback = components.includes("App") ? "App" : (components[components.length - 1] ?? "undefined");
    useOwnStyles(false);
    if (mountsItself) {
        stage().replaceChildren();
    }
    // In a function of its own: the program's names are not the page's.
    const hasReact = /^\s*(?:import\s+(?:\*\s+as\s+)?React\b|(?:const|var|let)\s+React\b)/m.test(source);
    runAsScript(
        "(function(require,exports,module" + (hasReact ? "" : ",React") + "){",
        code,
        `;try{__atelier.fallback=${fallback}}catch{}})(__atelier.require,__atelier.exports,{exports:__atelier.exports},React)`,
    );
    const component = slot.exports["default"] ?? slot.exports["App"] ?? slot.fallback;
    if (!mountsItself && component) {
        mount(component, react as unknown as ReactLike, reactDom);
    } else if (!mountsItself && stage().querySelector(".writing")) {
        useOwnStyles(true);
        showMessage(stage(), tr("noComponent"));
    }
}

readWords();
followSource({
    grew: (source) => showWriting(stage(), tr("runsWhenComplete"), source),
    ended: async (source, outcome) => {
        if (outcome === "run") {
            await run(source);
        } else {
            showWriting(stage(), tr("cutOff"), source);
        }
    },
});
