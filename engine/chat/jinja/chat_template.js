// SPDX-License-Identifier: MIT
// The script side of engine/chat/jinja_engine.h: one compiled template, rendered many times.
import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

const kMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
];

// Python's strip(), lstrip() and rstrip() may name the characters to take away; the library's cannot.
function teachStrip() {
    const prototype = Object.getPrototypeOf(new Environment().set("text", ""));
    const original = Object.getOwnPropertyDescriptor(prototype, "builtins").get;
    Object.defineProperty(prototype, "builtins", {
        configurable: true,
        get() {
            const isNew = !this._builtins;
            const builtins = original.call(this);
            if (isNew) {
                const FunctionValue = builtins.get("strip").constructor;
                const method = (atStart, atEnd) =>
                    new FunctionValue((args) => {
                        const characters = args.length > 0 ? args[0].value : undefined;
                        if (characters != null && typeof characters !== "string") {
                            throw new Error("strip() takes a text");
                        }
                        return new this.constructor(
                            atelierStrip(this.value, characters ?? undefined, atStart, atEnd));
                    });
                builtins.set("strip", method(true, true));
                builtins.set("lstrip", method(true, false));
                builtins.set("rstrip", method(false, true));
            }
            return builtins;
        },
    });
}

// "1.0" must not become "1": such numbers come as texts that begin with a mark, and are written as they came.
let numberMark = "";
const stringify = JSON.stringify;
JSON.stringify = (value) =>
    typeof value === "string" && numberMark !== "" && value.startsWith(numberMark)
        ? value.slice(numberMark.length)
        : stringify(value);

function formatTime(format) {
    const date = new Date();
    const two = (number) => (number < 10 ? "0" : "") + number;
    const fields = {
        Y: date.getFullYear(),
        m: two(date.getMonth() + 1),
        d: two(date.getDate()),
        b: kMonths[date.getMonth()].slice(0, 3),
        B: kMonths[date.getMonth()],
        H: two(date.getHours()),
        M: two(date.getMinutes()),
        S: two(date.getSeconds()),
        y: two(date.getFullYear() % 100),
        "%": "%",
    };
    return format.replace(/%([A-Za-z%])/g, (all, name) => (name in fields ? String(fields[name]) : all));
}

function range(start, stop, step = 1) {
    if (stop === undefined) {
        stop = start;
        start = 0;
    }
    if (!((stop - start) / step <= 100000)) {
        throw new Error("range() of more than 100,000 numbers");
    }
    const numbers = [];
    for (let at = start; step > 0 ? at < stop : at > stop; at += step) {
        numbers.push(at);
    }
    return numbers;
}

teachStrip();
let program = null;

// Called from C++ with texts, answering with texts. What they throw has a message.
globalThis.atelierCompile = (source) => {
    program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
    return "";
};
globalThis.atelierRender = (variables, mark) => {
    numberMark = mark;
    const environment = new Environment();
    const globals = { true: true, false: false, none: null, True: true, False: false, None: null };
    for (const name of Object.keys(globals)) {
        environment.set(name, globals[name]);
    }
    environment.set("range", range);
    environment.set("strftime_now", formatTime);
    environment.set("raise_exception", (message) => {
        throw new Error(String(message));
    });
    const given = JSON.parse(variables);
    for (const name of Object.keys(given)) {
        environment.setVariable(name, environment.set("\0" + name, given[name]));
    }
    return new Interpreter(environment).run(program).value;
};
