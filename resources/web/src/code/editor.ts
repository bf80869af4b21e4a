// SPDX-License-Identifier: MIT
// The editor that takes the place of the lines once the source is complete. It stands in a shadow
// tree: there its style sheets need no permission from the page's content security policy.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { css } from "@codemirror/lang-css";
import { html } from "@codemirror/lang-html";
import { javascript } from "@codemirror/lang-javascript";
import { markdown } from "@codemirror/lang-markdown";
import { python } from "@codemirror/lang-python";
import { xml } from "@codemirror/lang-xml";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import {
    closeSearchPanel,
    highlightSelectionMatches,
    openSearchPanel,
    search,
    searchKeymap,
    searchPanelOpen,
} from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
    drawSelection,
    EditorView,
    highlightActiveLine,
    highlightActiveLineGutter,
    highlightSpecialChars,
    keymap,
    lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { element } from "../shared/dom";
import { tr } from "../shared/strings";

const kQuiet = 300; // ms without a change before it is told
const kLargest = 2_000_000; // characters; longer sources are shown, not edited

// The words of the search panel, in the order of the editor's own names for them.
const kPhrases: Record<string, string> = {
    Find: "find",
    Replace: "replaceWith",
    next: "nextMatch",
    previous: "previousMatch",
    all: "allMatches",
    "match case": "matchCase",
    "by word": "wholeWords",
    regexp: "regularExpression",
    replace: "replace",
    "replace all": "replaceAll",
    close: "close",
};

const kColors = HighlightStyle.define([
    { tag: [tags.keyword, tags.tagName, tags.operatorKeyword, tags.modifier], color: "var(--at-color-syntax-keyword)" },
    { tag: [tags.string, tags.attributeValue, tags.regexp], color: "var(--at-color-syntax-string)" },
    { tag: [tags.number, tags.bool, tags.null, tags.color, tags.unit], color: "var(--at-color-syntax-number)" },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--at-color-syntax-function)" },
    { tag: [tags.attributeName, tags.propertyName, tags.typeName, tags.className], color: "var(--at-color-syntax-type)" },
    { tag: [tags.comment, tags.docComment], color: "var(--at-color-syntax-comment)" },
    { tag: tags.heading, fontWeight: "600" },
]);

const kLook = EditorView.theme({
    "&": {
        height: "100%",
        color: "var(--at-color-syntax-text)",
        fontSize: "var(--at-text-code-size)",
        backgroundColor: "transparent",
    },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--at-font-mono)", lineHeight: "20px", fontVariantLigatures: "none" },
    ".cm-scroller::-webkit-scrollbar": { width: "10px", height: "10px" },
    ".cm-scroller::-webkit-scrollbar-thumb": {
        background: "var(--at-color-track)",
        borderRadius: "5px",
        border: "2px solid var(--at-color-canvas)",
    },
    ".cm-scroller::-webkit-scrollbar-corner": { background: "transparent" },
    ".cm-content": { padding: "4px 0", caretColor: "var(--at-color-accent)" },
    ".cm-line": { padding: "0 24px 0 0" },
    ".cm-gutters": {
        backgroundColor: "var(--at-color-canvas)",
        border: "none",
        color: "var(--at-color-text-tertiary)",
        fontSize: "11px",
    },
    ".cm-lineNumbers .cm-gutterElement": { minWidth: "28px", padding: "0 12px 0 0", fontVariantNumeric: "tabular-nums" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--at-color-hover)" },
    ".cm-cursor": { borderLeft: "2px solid var(--at-color-accent)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
        backgroundColor: "var(--at-color-selection)",
    },
    ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--at-color-caution-soft)" },
    ".cm-searchMatch-selected": { backgroundColor: "var(--at-color-caution-line)" },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--at-color-selected)" },
    ".cm-panels": {
        backgroundColor: "var(--at-color-window)",
        color: "var(--at-color-text)",
        borderColor: "var(--at-color-border-subtle)",
        fontFamily: "var(--at-font-ui)",
        fontSize: "var(--at-text-small-size)",
    },
    ".cm-panel.cm-search": { padding: "6px 28px 6px 10px" },
    ".cm-panel.cm-search label": { fontSize: "inherit" },
    ".cm-textfield": {
        backgroundColor: "var(--at-color-surface)",
        color: "var(--at-color-text)",
        border: "1px solid var(--at-color-border)",
        borderRadius: "6px",
        fontSize: "inherit",
        padding: "3px 7px",
    },
    ".cm-textfield:focus": { borderColor: "var(--at-color-focus)", outline: "none" },
    ".cm-button": {
        backgroundColor: "var(--at-color-surface)",
        backgroundImage: "none",
        color: "var(--at-color-text)",
        border: "1px solid var(--at-color-border)",
        borderRadius: "6px",
        fontSize: "inherit",
        padding: "2px 9px",
    },
    ".cm-button:active": { backgroundImage: "none", backgroundColor: "var(--at-color-selected)" },
    ".cm-panel.cm-search [name=close]": { color: "var(--at-color-text-secondary)", fontSize: "16px", top: "6px", right: "10px" },
});

function languageOf(name: string): Extension {
    if (/^(html|htm|vue)$/.test(name)) {
        return html();
    }
    if (/^(svg|xml)$/.test(name)) {
        return xml();
    }
    if (/^(js|javascript|mjs|jsx|ts|typescript|tsx|react)$/.test(name)) {
        return javascript({ jsx: true, typescript: /^ts|^tsx/.test(name) });
    }
    if (/^(py|python)$/.test(name)) {
        return python();
    }
    if (/^(md|markdown)$/.test(name)) {
        return markdown();
    }
    return name === "css" ? css() : [];
}

// Lines from 1, columns from 0.
export interface Range {
    line: number;
    column: number;
    lastLine: number;
    lastColumn: number;
}

export class Editor {
    readonly root = element("div", "editor");

    private m_view: EditorView | null = null;
    private m_timer = 0;
    private m_told = "";
    private m_searching = false;

    constructor(
        private readonly m_edited: (text: string) => void,
        private readonly m_search: (open: boolean) => void,
    ) {
        this.root.hidden = true;
        this.root.attachShadow({ mode: "open" });
    }

    get isOpen(): boolean {
        return this.m_view !== null;
    }

    static takes(text: string): boolean {
        return text.length <= kLargest;
    }

    // `top`: how far the lines were scrolled.
    open(text: string, language: string, top: number): void {
        this.close();
        const shadow = this.root.shadowRoot as ShadowRoot;
        this.m_told = text;
        this.m_view = new EditorView({
            parent: shadow,
            root: shadow,
            state: EditorState.create({ doc: text, extensions: this.extensions(language) }),
        });
        this.root.hidden = false;
        this.m_view.scrollDOM.scrollTop = top;
    }

    close(): void {
        this.tell();
        this.m_view?.destroy();
        this.m_view = null;
        this.root.hidden = true;
        this.watchSearch(false);
    }

    text(): string {
        return this.m_view?.state.doc.toString() ?? "";
    }

    showLine(line: number): void {
        const view = this.m_view;
        if (!view || line < 1) {
            return;
        }
        const place = view.state.doc.line(Math.min(line, view.state.doc.lines));
        view.dispatch({
            selection: { anchor: place.from, head: place.to },
            effects: EditorView.scrollIntoView(place.from, { y: "center" }),
        });
    }

    showRange(range: Range): void {
        const view = this.m_view;
        if (!view) {
            return;
        }
        const place = (line: number, column: number): number => {
            const found = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
            return Math.min(found.from + Math.max(column, 0), found.to);
        };
        const anchor = place(range.line, range.column);
        const effects = EditorView.scrollIntoView(anchor, { y: "start", yMargin: 40 });
        view.dispatch({
            selection: { anchor, head: place(range.lastLine, range.lastColumn) },
            effects,
        });
        // A page that was hidden has no height yet; it paints frames once it has one.
        requestAnimationFrame(() =>
            requestAnimationFrame(() => {
                if (this.m_view === view && anchor <= view.state.doc.length) {
                    view.dispatch({ effects });
                }
            }),
        );
    }

    find(open: boolean): void {
        if (this.m_view && open) {
            openSearchPanel(this.m_view);
        } else if (this.m_view) {
            closeSearchPanel(this.m_view);
            this.m_view.focus();
        }
    }

    private extensions(language: string): Extension[] {
        const phrases: Record<string, string> = {};
        for (const [phrase, name] of Object.entries(kPhrases)) {
            phrases[phrase] = tr(name);
        }
        return [
            lineNumbers(),
            highlightSpecialChars(),
            history(),
            drawSelection(),
            indentOnInput(),
            bracketMatching(),
            highlightActiveLine(),
            highlightActiveLineGutter(),
            highlightSelectionMatches(),
            search({ top: true }),
            keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
            syntaxHighlighting(kColors),
            kLook,
            languageOf(language),
            EditorState.phrases.of(phrases),
            EditorView.contentAttributes.of({ "aria-label": tr("source"), spellcheck: "false" }),
            EditorView.updateListener.of((update) => {
                if (update.docChanged) {
                    clearTimeout(this.m_timer);
                    this.m_timer = window.setTimeout(() => this.tell(), kQuiet);
                }
                this.watchSearch(searchPanelOpen(update.state));
            }),
            EditorView.domEventHandlers({ blur: () => this.tell() }),
        ];
    }

    private tell(): void {
        clearTimeout(this.m_timer);
        if (this.m_view && this.text() !== this.m_told) {
            this.m_told = this.text();
            this.m_edited(this.m_told);
        }
    }

    private watchSearch(open: boolean): void {
        if (open !== this.m_searching) {
            this.m_searching = open;
            this.m_search(open);
        }
    }
}
