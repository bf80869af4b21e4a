// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import test from "node:test";

import { lexLine, startState } from "../../../resources/web/src/code/line_lexer";

// "k:const | :  a" for each line; spans without a color are left out unless `all`.
function lexed(language: string, source: string): string[] {
    let state = startState(language);
    return source.split("\n").map((line) => {
        const result = lexLine(line, state);
        state = result.state;
        assert.equal(result.spans.map((span) => span.text).join(""), line);
        return result.spans
            .filter((span) => span.kind !== "")
            .map((span) => `${span.kind}:${span.text}`)
            .join(" ");
    });
}

const kCases: [string, string, string, string[]][] = [
    ["tags", "html", '<p class="a b" id=c>x</p>', ['k:p ty:class s:"a b" ty:id s:c k:p']],
    ["attribute over lines", "svg", "<path d='M0\n1z'/>", ["k:path ty:d s:'M0", "s:1z'"]],
    ["comment over lines", "html", "<!-- a\nb --><b>", ["c:<!-- a", "c:b --> k:b"]],
    ["script inside", "html", "<script>let a = 1</script><p>", ["k:script k:let n:1 k:script k:p"]],
    ["less-than in a script", "html", "<script>\na < b\n</script>", ["k:script", "", "k:script"]],
    ["style inside", "html", "<style>\np { margin: 2px }\n</style>", ["k:style", "ty:margin n:2px", "k:style"]],
    ["a string hides a tag's end", "html", "<p a='>'>x", ["k:p ty:a s:'>'"]],
    ["end of a script inside a string", "html", "<script>'</script>", ["k:script s:' k:script"]],
    ["block comment", "js", "/* a\nb */ f(x)", ["c:/* a", "c:b */ f:f"]],
    ["template string", "js", "`a\n${b}` + c", ["s:`a", "s:${b}`"]],
    ["an ordinary string ends with its line", "js", "'a\nb", ["s:'a", ""]],
    ["escaped quote", "js", "'a\\'b' + \"c\"", ["s:'a\\'b' s:\"c\""]],
    ["types", "ts", "new Map()", ["k:new f:Map"]],
    ["python", "python", "def f(x):  # no 'string\n    return 0x1F", ["k:def f:f c:# no 'string", "k:return n:0x1F"]],
    ["css", "css", "@media a { .b { color: #fff; width: calc(1px) } }", ["k:@media ty:color n:#fff ty:width f:calc n:1px"]],
    ["plain text stays plain", "text", "let <p> 'x'", [""]],
    ["json", "json", '{"a": true}', ['s:"a" k:true']],
];

for (const [name, language, source, expected] of kCases) {
    test(name, () => assert.deepEqual(lexed(language, source), expected));
}

test("always gets to the end of a line", () => {
    const noise = "<>\"'`/*{}=&;:#@-!?\\ aZ09\t";
    let seed = 1;
    const random = (limit: number): number => {
        seed = (seed * 48271) % 2147483647;
        return seed % limit;
    };
    for (let round = 0; round < 3000; ++round) {
        const text = Array.from({ length: random(60) }, () => noise[random(noise.length)]).join("");
        for (const language of ["html", "css", "js", "python", "x"]) {
            lexed(language, text + "\n" + text);
        }
    }
});
