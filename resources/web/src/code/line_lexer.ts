// SPDX-License-Identifier: MIT
// Colors source text line by line: the state at the end of one line is all the next one needs, so
// text that is still being written is colored once, forwards. Markup knows the CSS and JavaScript
// inside it; other languages get comments, strings, numbers, words and calls.

export type TokenClass = "k" | "s" | "n" | "f" | "ty" | "c" | "";

export interface Span {
    text: string;
    kind: TokenClass;
}

type Language = "markup" | "css" | "script" | "plain";

export interface LexerState {
    language: Language;
    inside: "text" | "tag" | "comment" | "string" | "raw";
    quote: string; // what ends the string, comment or attribute value that is open; "" when none
    tag: string; // the element whose start tag is open, or whose raw text this is
    hash: boolean; // comments start with #
}

const kKeywords = new Set(
    (
        "abstract and as async await auto bool boolean break case catch char class const continue def default " +
        "del delete do double elif else enum except export extends extern false False final finally float fn " +
        "for from func function global if impl implements import in int interface is lambda let long match mod " +
        "mut namespace new nil None nonlocal not null of or package pass private protected pub public raise " +
        "return self short signed sizeof static struct super switch template this throw trait true True try " +
        "type typedef typeof undefined union unsigned use using var virtual void volatile while with yield"
    ).split(" "),
);

const kMarkup = new Set(["html", "svg", "xml", "xhtml", "vue"]);
const kScript = new Set([
    "js", "javascript", "ts", "typescript", "jsx", "tsx", "json", "c", "cpp", "c++", "java", "rust", "go",
    "python", "py", "kotlin", "swift", "csharp", "cs", "php", "ruby", "rb", "sh", "bash", "sql",
]);
const kHashComments = new Set(["python", "py", "ruby", "rb", "sh", "bash"]);

export function startState(name: string): LexerState {
    const language: Language = kMarkup.has(name)
        ? "markup"
        : name === "css"
          ? "css"
          : kScript.has(name)
            ? "script"
            : "plain";
    return { language, inside: "text", quote: "", tag: "", hash: kHashComments.has(name) };
}

// Colors one line (without its line feed) and returns the state for the next one.
export function lexLine(line: string, state: LexerState): { spans: Span[]; state: LexerState } {
    const lexer = new LineLexer(line, { ...state });
    lexer.run();
    return { spans: lexer.spans, state: lexer.state };
}

class LineLexer {
    readonly spans: Span[] = [];
    private m_at = 0;

    constructor(
        private readonly m_line: string,
        readonly state: LexerState,
    ) {}

    run(): void {
        while (this.m_at < this.m_line.length) {
            const before = this.m_at;
            switch (this.state.language) {
                case "markup":
                    this.markup();
                    break;
                case "css":
                    this.code("css", "");
                    break;
                case "script":
                    this.code("script", "");
                    break;
                case "plain":
                    this.take(this.m_line.length, "");
                    break;
            }
            if (this.m_at === before) {
                this.take(this.m_at + 1, ""); // always forwards
            }
        }
    }

    private take(end: number, kind: TokenClass): void {
        if (end <= this.m_at) {
            return;
        }
        const text = this.m_line.slice(this.m_at, end);
        const last = this.spans[this.spans.length - 1];
        if (last && last.kind === kind) {
            last.text += text;
        } else {
            this.spans.push({ text, kind });
        }
        this.m_at = end;
    }

    private match(pattern: RegExp): string {
        pattern.lastIndex = this.m_at;
        return pattern.exec(this.m_line)?.[0] ?? "";
    }

    private markup(): void {
        const state = this.state;
        if (state.inside === "comment") {
            this.markupComment();
        } else if (state.inside === "tag") {
            this.insideTag();
        } else if (state.inside === "raw" || (state.inside === "string" && state.tag !== "")) {
            this.rawText();
        } else if (this.m_line.startsWith("<!--", this.m_at)) {
            state.inside = "comment";
            this.markupComment();
        } else if (this.match(/<[/!?]?[A-Za-z][\w:.-]*/y) !== "") {
            const opening = this.match(/<[/!?]?[A-Za-z][\w:.-]*/y);
            const bracket = /^<[/!?]?/.exec(opening)?.[0].length ?? 1;
            this.take(this.m_at + bracket, "");
            this.take(this.m_at + opening.length - bracket, "k");
            state.inside = "tag";
            state.tag = bracket === 1 ? opening.slice(1).toLowerCase() : "";
            state.quote = "";
        } else {
            const next = this.m_line.indexOf("<", this.m_at + 1);
            this.take(next < 0 ? this.m_line.length : next, "");
        }
    }

    private markupComment(): void {
        const end = this.m_line.indexOf("-->", this.m_at);
        this.take(end < 0 ? this.m_line.length : end + 3, "c");
        if (end >= 0) {
            this.state.inside = "text";
        }
    }

    private insideTag(): void {
        const state = this.state;
        const character = this.m_line[this.m_at] ?? "";
        if (state.quote !== "") {
            const end = this.m_line.indexOf(state.quote, this.m_at);
            this.take(end < 0 ? this.m_line.length : end + 1, "s");
            if (end >= 0) {
                state.quote = "";
            }
        } else if (character === ">") {
            const selfClosing = this.m_line[this.m_at - 1] === "/";
            this.take(this.m_at + 1, "");
            const raw = !selfClosing && (state.tag === "script" || state.tag === "style");
            state.inside = raw ? "raw" : "text";
            state.tag = raw ? state.tag : "";
        } else if (character === '"' || character === "'") {
            state.quote = character;
            this.take(this.m_at + 1, "s");
        } else if (this.match(/[^\s=>"'/]+/y) !== "") {
            const word = this.match(/[^\s=>"'/]+/y);
            this.take(this.m_at + word.length, this.m_line[this.m_at - 1] === "=" ? "s" : "ty");
        } else {
            this.take(this.m_at + 1, "");
        }
    }

    // CSS or JavaScript inside its element.
    private rawText(): void {
        const closing = new RegExp(`</${this.state.tag}`, "i").exec(this.m_line.slice(this.m_at));
        if (closing?.index === 0) {
            this.state.inside = "text";
            this.state.quote = "";
            const bracket = this.m_at + 2;
            this.take(bracket, "");
            this.take(bracket + this.state.tag.length, "k");
            this.state.inside = "tag";
            this.state.tag = "";
            return;
        }
        const limit = closing ? this.m_at + closing.index : this.m_line.length;
        this.code(this.state.tag === "style" ? "css" : "script", this.m_line.slice(0, limit));
    }

    // One token of CSS or script; `limited` is the part of the line that belongs to it.
    private code(language: "css" | "script", limited: string): void {
        const line = limited === "" ? this.m_line : limited;
        const state = this.state;
        if (state.inside === "string") {
            this.close(line, state.quote === "*/" ? "c" : "s");
            return;
        }
        const rest = line.slice(this.m_at);
        const comment = language === "css" ? /^\/\*/ : state.hash ? /^#/ : /^\/[/*]/;
        const opening = comment.exec(rest)?.[0];
        if (opening === "/*") {
            this.take(this.m_at + 2, "c");
            this.open("*/");
            this.close(line, "c");
        } else if (opening) {
            this.take(line.length, "c");
        } else if (/^["'`]/.test(rest)) {
            const quote = rest[0] ?? "";
            this.take(this.m_at + 1, "s");
            this.open(quote);
            this.close(line, "s");
        } else {
            this.word(rest, language);
        }
    }

    private word(rest: string, language: "css" | "script"): void {
        const number =
            language === "css"
                ? /^(#[0-9a-fA-F]{3,8}\b|[+-]?(\d+\.?\d*|\.\d+)(%|[a-z]+\b)?)/.exec(rest)
                : /^(0[xX][\da-fA-F]+|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)/.exec(rest);
        const name = (language === "css" ? /^[@.]?-{0,2}[A-Za-z_][\w-]*/ : /^[A-Za-z_$][\w$]*/).exec(rest);
        if (number) {
            this.take(this.m_at + number[0].length, "n");
        } else if (name) {
            this.take(this.m_at + name[0].length, kindOfWord(name[0], rest, language));
        } else {
            this.take(this.m_at + 1, "");
        }
    }

    private open(quote: string): void {
        this.state.quote = quote;
        this.state.inside = "string";
    }

    private close(line: string, kind: TokenClass): void {
        const wanted = this.state.quote;
        let end = this.m_at;
        while (end < line.length && !line.startsWith(wanted, end)) {
            end += line[end] === "\\" && wanted !== "*/" ? 2 : 1;
        }
        const found = end < line.length;
        this.take(Math.min(line.length, found ? end + wanted.length : end), kind);
        // Only block comments and template strings go on in the next line.
        if (found || (wanted !== "*/" && (wanted !== "`" || this.state.hash))) {
            this.state.inside = this.state.tag !== "" ? "raw" : "text";
            this.state.quote = "";
        }
    }
}

function kindOfWord(word: string, rest: string, language: "css" | "script"): TokenClass {
    const after = rest.slice(word.length);
    if (language === "css") {
        return word.startsWith("@") ? "k" : /^\s*:/.test(after) ? "ty" : /^\(/.test(after) ? "f" : "";
    }
    return kKeywords.has(word) ? "k" : /^\s*\(/.test(after) ? "f" : /^[A-Z]\w*[a-z]/.test(word) ? "ty" : "";
}
