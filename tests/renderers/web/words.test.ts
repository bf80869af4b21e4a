// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import test from "node:test";

import { formatArguments } from "../../../resources/web/src/artifact/console";
import { formatBytes, setStrings, tr } from "../../../resources/web/src/shared/strings";
import { isSafeLink } from "../../../resources/web/src/transcript/markdown";

// The page has it; Node.js has not.
globalThis.Element ??= class {} as never;

test("sizes", () => {
    setStrings({}, "en");
    const sizes = [0, 812, 1024, 5018, 51200, 1_300_000].map(formatBytes);
    assert.deepEqual(sizes, ["0 B", "812 B", "1.0 KB", "4.9 KB", "50 KB", "1.2 MB"]);
});

test("words with values", () => {
    setStrings({ reading: "Reading %1 of %2", odd: "%3 %1" }, "en");
    assert.equal(tr("reading", 12288, 31004), "Reading 12,288 of 31,004");
    assert.equal(tr("odd", "x"), "%3 x");
    assert.equal(tr("unknown"), "unknown");
});

test("links", () => {
    const good = ["http://a", "HTTPS://a.b", "mailto:x@y"];
    const bad = ["javascript:1", " javascript:1", "data:text/html,x", "file:///x", "//a.b", "", "app://chat/"];
    assert.deepEqual(good.map(isSafeLink), good.map(() => true));
    assert.deepEqual(bad.map(isSafeLink), bad.map(() => false));
});

test("console arguments", () => {
    const circle: Record<string, unknown> = { n: 1n, f: undefined };
    circle.self = circle;
    const cases: [unknown[], string][] = [
        [["a", 1, null, undefined, true], "a 1 null undefined true"],
        [["%s has %d%%", "x", 3, "rest"], "x has 3% rest"],
        [["%cbig", "font-size: 9em"], "big"],
        [["100%"], "100%"],
        [[new RangeError("no")], "RangeError: no"],
        [[circle], '{"n":"1","self":"…"}'],
        [[[1, { a: "b" }]], '[1,{"a":"b"}]'],
        [[Symbol("s")], "Symbol(s)"],
    ];
    for (const [values, expected] of cases) {
        assert.equal(formatArguments(values), expected);
    }
});
