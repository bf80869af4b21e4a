// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import test from "node:test";

import { codeBlockHtml, fenceLanguage, makeMarkdown } from "../../../resources/web/src/transcript/markdown";
import { MarkdownStream } from "../../../resources/web/src/transcript/markdown_stream";

const kMd = makeMarkdown(false);

function makeStream(): MarkdownStream {
    return new MarkdownStream(kMd, kMd);
}

// What is finished in the end, as HTML without the blank space between blocks.
function streamed(pieces: string[]): string[] {
    const stream = makeStream();
    const done: string[] = [];
    pieces.forEach((piece, index) => {
        stream.push(piece);
        const update = stream.update(index === pieces.length - 1);
        for (const block of update.finished) {
            done.push(
                block.kind === "html" ? block.html.trim() : `FENCE ${block.info}\n${block.code}`,
            );
        }
    });
    return done;
}

const kTexts: Record<string, string> = {
    empty: "",
    "a line": "one",
    paragraphs: "one\ntwo\n\nthree\n\n\nfour\n",
    "bold at the start of a line": "para\n***bold*** text\n\nnext",
    "hash that is no heading": "para\n#tag and\n# Heading\n",
    "dash that becomes a list": "para\n- item\n- item\n",
    setext: "Title\n===\n\nOther\n---\ntext\n",
    "rule after a list": "- a\n\n***\n- b",
    "nested lists": "- a\n  - b\n\n    para\n- c\n\nend\n",
    "ordered list": "1. one\n2. two\n\n   more\n10. ten\n",
    quote: "> a\nlazy\n> b\n\nend",
    table: "| a | b |\n|---|:-:|\n| 1 | 2 |\n\nafter\n",
    fence: "```js title\nlet a;\n\n  b\n```\nafter\n",
    "fence in a paragraph": "text\n```\ncode\n```\ntext",
    "tilde fence": "~~~\n```\n~~~\n",
    "longer fence": "````\n```\n````\n",
    "indented fence": "  ```\n    x\n  ```\n",
    "open fence": "```\nabc\ndef",
    "fence in a list": "- a\n  ```c\n  int x;\n  ```\n- b\n",
    "code in a line that begins like a fence": "```a``` b\nc\n",
    "indented code": "    code\n\n    more\n\ntext",
    CRLF: "a\r\nb\r\n\r\n```\r\nx\r\n```\r\n",
    "line separators": "a\u2028b\n\nc",
    definition: "[r]: http://a.b\n\nsee [r]\n\nand [r] again\n",
    image: "![alt](http://a.b/c.png)\n",
    hash: "#\n\n##\nx",
};

// Definitions are known from where they stand, so the whole is what a stream in two pieces gives.
for (const [name, text] of Object.entries(kTexts)) {
    test(`any split gives the same blocks: ${name}`, () => {
        const expected = streamed([text]);
        for (let at = 0; at <= text.length; ++at) {
            assert.deepEqual(streamed([text.slice(0, at), text.slice(at)]), expected, `at ${at}`);
        }
        assert.deepEqual(streamed([...text, ""]), expected, "by characters");
    });

    test(`blocks joined are the document: ${name}`, () => {
        const joined = streamed([text])
            .map((html) => (html.startsWith("FENCE ") ? fenceHtml(html) : html))
            .join("\n");
        const whole = kMd.render(text.replace(/\r\n/g, "\n"));
        assert.equal(withoutGaps(joined), withoutGaps(whole));
    });
}

function withoutGaps(html: string): string {
    return html.trim().replace(/>\s+</g, "><");
}

function fenceHtml(fence: string): string {
    const end = fence.indexOf("\n");
    return codeBlockHtml(fence.slice(end + 1), fenceLanguage(fence.slice(6, end)), false);
}

test("a finished block is handed out once, and early", () => {
    const stream = makeStream();
    stream.push("one\n\ntwo\n");
    assert.deepEqual(stream.update(false), {
        finished: [{ kind: "html", html: "<p>one</p>\n" }],
        growing: { kind: "html", html: "<p>two</p>\n" },
    });
    assert.equal(stream.update(false).finished.length, 0);
    stream.push("still two\n# Head\n");
    assert.equal(stream.update(false).finished.length, 1);
});

test("nothing is finished because of half a line", () => {
    const stream = makeStream();
    stream.push("para\n***");
    assert.equal(stream.update(false).finished.length, 0);
    stream.push("bold***");
    const growing = stream.update(false).growing;
    assert.equal(growing.kind === "html" && growing.html.includes("<em><strong>bold"), true);
});

test("an open fence hands out each line once", () => {
    const stream = makeStream();
    stream.push("```c\none\ntw");
    assert.deepEqual(stream.update(false).growing, {
        kind: "fence",
        info: "c",
        lines: ["one"],
        partial: "tw",
    });
    stream.push("o\n``");
    assert.deepEqual(stream.update(false).growing, {
        kind: "fence",
        info: "c",
        lines: ["two"],
        partial: "",
    });
    stream.push("`\n");
    assert.deepEqual(stream.update(false), {
        finished: [{ kind: "fence", info: "c", code: "one\ntwo\n" }],
        growing: { kind: "none" },
    });
});

test("tables grow by whole rows", () => {
    const stream = makeStream();
    stream.push("| a |\n|---|\n| one |\n| half");
    const growing = stream.update(false).growing;
    assert.equal(growing.kind, "html");
    assert.match(growing.kind === "html" ? growing.html : "", /one/);
    assert.doesNotMatch(growing.kind === "html" ? growing.html : "", /half/);
});

test("a long reply costs time in proportion", () => {
    const paragraph = "Some *text* with `code` and [a link](http://a.b).\n\n";
    const time = (count: number): number => {
        const stream = makeStream();
        const start = performance.now();
        let finished = 0;
        for (let i = 0; i < count; ++i) {
            stream.push(paragraph);
            finished += stream.update(false).finished.length;
        }
        assert.equal(finished, count - 1);
        return performance.now() - start;
    };
    time(500); // warm
    // 16 times the text: 16 times the work, 256 if all of it were looked at again each time.
    assert.ok(time(4000) < 100 * Math.max(1, time(250)));
});
