// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import test from "node:test";

import { isNumeric, numberIn, parseCsv, parseJson, sorted } from "../../../resources/web/src/runners/records";

test("CSV: quotes, separators, half a line", () => {
    assert.deepEqual(parseCsv('a,b\n"x, ""y""\nz",2\n3', false), {
        columns: ["a", "b"],
        rows: [['x, "y"\nz', "2"]],
    });
    assert.deepEqual(parseCsv("a;b\r\n1;2\r\n3;4", true).rows, [["1", "2"], ["3", "4"]]);
    assert.deepEqual(parseCsv("a\tb\n1\t2\n", true).columns, ["a", "b"]);
    assert.deepEqual(parseCsv("", true), { columns: [], rows: [] });
    assert.deepEqual(parseCsv('a\n"open', true).rows, [["open"]]);
});

test("JSON: complete records of a list that still grows", () => {
    assert.deepEqual(parseJson('[{"a": 1, "b": "x}"}, {"a": 2, "c": [1]}, {"a"'), {
        columns: ["a", "b", "c"],
        rows: [["1", "x}"], ["2", , "[1]"]],
    });
    assert.deepEqual(parseJson('[{"a": }, {"a": null}]').rows, [[""]]);
    assert.deepEqual(parseJson("]]]}}}").rows, []);
});

test("numbers as people write them", () => {
    assert.equal(numberIn("1,234.5"), 1234.5);
    assert.equal(numberIn(" -$12 "), -12);
    assert.equal(numberIn("45 %"), 45);
    for (const text of ["", "abc", "1,23", "2024-01-01", "%"]) {
        assert.ok(Number.isNaN(numberIn(text)), text);
    }
});

test("columns sort as what they hold; empty values come last", () => {
    const rows = [["10"], ["9"], [""], ["100"]];
    assert.deepEqual(sorted(rows, 0, false), [["9"], ["10"], ["100"], [""]]);
    assert.deepEqual(sorted(rows, 0, true), [["100"], ["10"], ["9"], [""]]);
    assert.deepEqual(sorted([["b2"], ["b10"], ["A"]], 0, false), [["A"], ["b2"], ["b10"]]);
    assert.ok(isNumeric(rows, 0));
    assert.ok(!isNumeric([["a"], ["1"]], 0));
});
