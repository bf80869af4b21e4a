// SPDX-License-Identifier: MIT
// matplotlib.pyplot as artifacts get it, in the interpreter that they get: what a program asks for
// becomes commands for a canvas.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { before } from "node:test";
import { pathToFileURL } from "node:url";

type Command = [string, ...unknown[]];
interface Figure {
    id: number;
    width: number;
    height: number;
    label: string;
    commands: Command[];
}
interface Python {
    FS: { mkdirTree(path: string): void; writeFile(path: string, text: string): void };
    runPython(code: string): unknown;
}

const kSource = join(process.cwd(), "resources/web/src/runners/python");
let python: Python;
let figures: Figure[] = [];

before(async () => {
    const folder = join(process.cwd(), "node_modules/pyodide/");
    const { loadPyodide } = (await import(pathToFileURL(folder + "pyodide.mjs").href)) as {
        loadPyodide(options: object): Promise<Python>;
    };
    python = await loadPyodide({ indexURL: folder });
    python.FS.mkdirTree("/lib/atelier/matplotlib");
    for (const name of readdirSync(join(kSource, "matplotlib")).filter((file) => file.endsWith(".py"))) {
        python.FS.writeFile("/lib/atelier/matplotlib/" + name, readFileSync(join(kSource, "matplotlib", name), "utf8"));
    }
    Object.assign(globalThis, {
        atelier_post: (kind: string, text: string) => {
            assert.equal(kind, "figure");
            figures.push(JSON.parse(text) as Figure);
        },
        atelier_text_width: (text: string, font: string) => text.length * parseFloat(/([\d.]+)px/.exec(font)?.[1] ?? "10") * 0.6,
        atelier_sleep: () => undefined,
    });
    python.runPython("import sys, io\nsys.path.insert(0, '/lib/atelier')\nimport matplotlib.pyplot as plt");
});

// The figures a program shows, and what it says on stderr.
function run(code: string): { shown: Figure[]; said: string } {
    figures = [];
    python.runPython("sys.stderr = io.StringIO()\nimport matplotlib._paint\nmatplotlib._paint._said.clear()\nplt.close('all')");
    const wrong = python.runPython(
        "wrong = ''\ntry:\n    exec(" + JSON.stringify(code) + ", {'__name__': '__main__'})\n" +
            "except BaseException as error:\n    wrong = type(error).__name__ + ': ' + str(error)\nwrong",
    );
    if (wrong) {
        throw new Error(String(wrong));
    }
    return { shown: figures, said: String(python.runPython("sys.stderr.getvalue()")) };
}

function one(code: string): Figure {
    const { shown, said } = run("import matplotlib.pyplot as plt\n" + code + "\nplt.show()");
    assert.equal(said, "");
    assert.equal(shown.length, 1);
    return shown[0] as Figure;
}

const of = (figure: Figure, name: string): Command[] => figure.commands.filter((command) => command[0] === name);
const texts = (figure: Figure): string[] => of(figure, "text").map((command) => String(command[3]));
const failure = (code: string): string => {
    try {
        run("import matplotlib.pyplot as plt\n" + code);
    } catch (error) {
        return (error as Error).message;
    }
    return "";
};

test("a line has its color, its ticks and its words", () => {
    const figure = one("plt.plot([0, 1, 2], [0, 10, 40], 'r--', label='growth')\nplt.title('T')\nplt.xlabel('x')\nplt.ylabel('y')\nplt.legend()");
    assert.deepEqual([figure.width, figure.height, figure.label], [640, 480, "T"]);
    const drawn = of(figure, "line").find((command) => command[1] === "#ff0000") as Command;
    assert.ok((drawn[4] as number[]).length > 0, "dashed");
    const [x0, y0, x1, y1, x2, y2] = drawn[5] as [number, number, number, number, number, number];
    assert.ok(x0 < x1 && x1 < x2 && y0 > y1 && y1 > y2);
    assert.ok(Math.abs(x1 - (x0 + x2) / 2) < 0.1, "even steps");
    assert.ok(Math.abs((y0 - y1) / (y0 - y2) - 0.25) < 0.01, "10 is a quarter of 40");
    for (const word of ["T", "x", "y", "growth", "0", "20", "40", "0.50"]) {
        assert.ok(texts(figure).includes(word), word + " in " + texts(figure).join());
    }
});

test("what fills stands on zero and has the colors asked for", () => {
    const bars = one("plt.bar(['a', 'b', 'c'], [1, 3, 2], color=['red', 'C1', '#123456'])");
    const areas = of(bars, "area").filter((command) => ["red", "#ff7f0e", "#123456"].includes(command[1] as string));
    assert.equal(areas.length, 3);
    const height = (command: Command): number => {
        const points = command[5] as number[];
        return (points[1] as number) - (points[3] as number);
    };
    const [a, b, c] = areas.map(height) as [number, number, number];
    assert.ok(Math.abs(b / a - 3) < 0.01 && Math.abs(c / a - 2) < 0.01);
    assert.ok(["a", "b", "c"].every((word) => texts(bars).includes(word)));
    assert.ok(!texts(bars).some((word) => word.startsWith("−")), "no room below zero");
    const area = one("plt.fill_between([0, 1, 2], [1, 2, 1], alpha=0.25, color='g')");
    assert.deepEqual(of(area, "area").filter((command) => command[2] === 0.25).map((command) => command[1]), ["#008000"]);
});

test("a histogram counts every value once", () => {
    const python_ = "n, edges, _ = plt.hist([1, 1, 2, 3, 3, 3, 4], bins=3)\nassert n == [2, 1, 4] or n == [2.0, 1.0, 4.0], n\nassert edges == [1, 2, 3, 4], edges";
    assert.ok(of(one(python_), "area").length >= 3 + 2);
});

test("points have sizes, colors and places", () => {
    const figure = one("plt.scatter([1, 2, 3], [1, float('nan'), 3], s=[10, 20, 40], c=[0.0, 0.5, 1.0], cmap='viridis')");
    const [dots] = of(figure, "dots") as [Command];
    assert.equal((dots[5] as number[]).length, 4, "a point that is missing is left out");
    assert.equal((dots[6] as number[]).length, 2);
    assert.deepEqual(dots[7], ["rgba(68,1,84,1)", "rgba(253,231,37,1)"]);
});

test("figures have rows and columns, and axes may share their limits", () => {
    const figure = one(
        "fig, ax = plt.subplots(2, 2, figsize=(8, 6), sharex=True)\nfor i, a in enumerate(ax.flat):\n    a.plot([0, i + 1], [0, 1])\n    a.set_title('part %d' % i)\nassert ax[1, 0].get_xlim() == ax[0, 1].get_xlim()\nfig.suptitle('All')\nplt.tight_layout()",
    );
    assert.deepEqual([figure.width, figure.height], [800, 600]);
    assert.ok(["All", "part 0", "part 3"].every((word) => texts(figure).includes(word)));
    const clips = of(figure, "clip").filter((command) => command.length === 5);
    assert.equal(new Set(clips.map((command) => `${String(command[1])} ${String(command[2])}`)).size, 4);
});

test("ticks are round, whatever the range", () => {
    const marks = (code: string): unknown => python.runPython(`import json\nfrom matplotlib._scale import ticks, labels\njson.dumps(labels(ticks(${code})))`);
    assert.deepEqual(JSON.parse(String(marks("0, 10"))), [["0", "2", "4", "6", "8", "10"], ""]);
    assert.deepEqual(JSON.parse(String(marks("-0.3, 0.3, 6"))), [["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3"], ""]);
    assert.deepEqual(JSON.parse(String(marks("0, 3e7, 3"))), [["0", "1", "2", "3"], "×10⁷"]);
    for (const range of ["1e300, 1.0000000001e300", "1e16, 1e16 + 4", "0, 5e-324", "-1e-9, 1e-9", "3, 3", "0, float('inf')"]) {
        assert.ok(String(marks(range)).length < 2000, range);
    }
});

test("logarithms, limits, spans, words and slices", () => {
    const figure = one("plt.semilogy([1, 2, 3], [1, 100, 10000])\nplt.axhline(100, color='k')\nplt.axvspan(1, 2, alpha=.2)\nplt.xlim(0, 4)\nplt.text(2, 100, '$x^2 + \\\\alpha_1$')\nplt.grid(True)");
    assert.ok(["10⁰", "10⁴", "x² + α₁"].every((word) => texts(figure).includes(word)), texts(figure).join());
    const pie = one("plt.pie([1, 3], labels=['a', 'b'], autopct='%.0f%%')");
    const wedges = of(pie, "wedge");
    assert.equal(wedges.length, 2);
    const turn = (command: Command): number => (command[10] as number) - (command[9] as number);
    assert.ok(Math.abs(turn(wedges[1] as Command) / turn(wedges[0] as Command) - 3) < 1e-3);
    assert.ok(texts(pie).includes("75%"));
});

test("odd values draw something or say what is wrong", () => {
    for (const code of [
        "plt.plot([])", "plt.plot([1])", "plt.plot([float('nan')] * 3)", "plt.plot([1, None, 3])", "plt.plot([5, 5], [7, 7])",
        "plt.bar([], [])", "plt.hist([])", "plt.hist([2, 2, 2])", "plt.scatter([], [])", "plt.plot([1e308, -1e308])",
        "plt.yscale('log')\nplt.plot([0, -1, 5])", "plt.plot([float('inf'), 1, 2])", "plt.fill_between([1, 2], [1, 2], where=[False, False])",
        "plt.xlim(3, 1)\nplt.plot([1, 2, 3])", "plt.figure()", "plt.subplot(211)\nplt.plot(range(100000))",
    ]) {
        const { shown } = run("import matplotlib.pyplot as plt\n" + code + "\nplt.show()");
        assert.equal(shown.length, 1, code);
        assert.ok(JSON.stringify(shown[0]).length < 500_000, code);
        assert.ok(!JSON.stringify(shown[0]).includes("null"), code);
    }
    assert.match(failure("plt.plot([1, 2], [1, 2, 3])"), /must have the same length, but they have 2 and 3 values/);
    assert.match(failure("plt.plot([object()])"), /must be a number/);
    assert.match(failure("plt.pie([-1, 2])"), /from 0 on/);
    assert.match(failure("plt.subplot(2, 2, 9)"), /subplot 9 is not one of 4/);
});

test("what is missing is named", () => {
    assert.match(failure("plt.imshow([[1]])"), /pyplot\.imshow is not in the small matplotlib of Atelier\. It has: plot, scatter/);
    assert.match(failure("plt.subplots()[1].contourf([[1]])"), /Axes\.contourf is not in the small/);
    assert.match(failure("plt.figure().add_subplot(projection='3d')"), /the projection '3d'/);
    const { shown, said } = run("import matplotlib.pyplot as plt\nplt.bar([1], [2], hatch='/')\nplt.colorbar()\nplt.savefig('a.png')\nplt.show()");
    assert.equal(shown.length, 2);
    assert.equal((shown[0] as Figure).id, (shown[1] as Figure).id, "the same figure, drawn again");
    assert.equal(said.split("\n").filter(Boolean).length, 3);
    assert.match(said, /hatch is not supported and left out/);
});

test("an animation draws the same figure again and again", () => {
    const { shown } = run(
        "import matplotlib.pyplot as plt\nfrom matplotlib.animation import FuncAnimation\nfig, ax = plt.subplots()\nline, = ax.plot([], [])\nax.set_xlim(0, 5)\nax.set_ylim(0, 5)\ndef step(i):\n    line.set_data(range(i + 1), range(i + 1))\n    return line,\nani = FuncAnimation(fig, step, frames=5, interval=20, repeat=False)\nplt.show()",
    );
    assert.equal(shown.length, 6);
    assert.equal(new Set(shown.map((figure) => figure.id)).size, 1);
    const points = (figure: Figure): number => (of(figure, "line").find((command) => command[1] === "#1f77b4")?.[5] as number[] | undefined)?.length ?? 0;
    assert.equal(points(shown[5] as Figure), 10);
});
