// SPDX-License-Identifier: MIT
// Reads CSV and lists of JSON records, whole or half written.

export interface Records {
    columns: string[];
    rows: string[][];
}

const kMostColumns = 200;

// What separates the values: whichever the first line has most of.
function separatorOf(line: string): string {
    let best = ",";
    let most = 0;
    for (const candidate of [",", "\t", ";", "|"]) {
        const count = line.split(candidate).length;
        if (count > most) {
            most = count;
            best = candidate;
        }
    }
    return best;
}

// RFC 4180, and what people make of it. A row counts when its line is complete, or at the end.
export function parseCsv(source: string, complete: boolean): Records {
    const separator = separatorOf(source.split("\n", 1)[0] ?? "");
    const all: string[][] = [];
    let row: string[] = [];
    let value = "";
    let quoted = false;
    let wasQuoted = false;
    const endValue = (): void => {
        if (row.length < kMostColumns) {
            row.push(wasQuoted ? value : value.trim());
        }
        value = "";
        wasQuoted = false;
    };
    const endRow = (): void => {
        endValue();
        if (row.length > 1 || row[0] !== "") {
            all.push(row);
        }
        row = [];
    };
    for (let at = 0; at < source.length; ++at) {
        const character = source[at] as string;
        if (quoted) {
            if (character !== '"') {
                value += character;
            } else if (source[at + 1] === '"') {
                value += '"';
                ++at;
            } else {
                quoted = false;
            }
        } else if (character === '"' && value.trim() === "") {
            quoted = true;
            wasQuoted = true;
            value = "";
        } else if (character === separator) {
            endValue();
        } else if (character === "\n") {
            endRow();
        } else if (character !== "\r") {
            value += character;
        }
    }
    if (complete && (value !== "" || row.length > 0)) {
        endRow();
    }
    const [columns, ...rows] = all;
    return { columns: columns ?? [], rows };
}

// The records that are complete: each is parsed by itself, so a half-written one is left out.
export function parseJson(source: string): Records {
    const columns: string[] = [];
    const rows: string[][] = [];
    let depth = 0;
    let start = -1;
    let inString = false;
    for (let at = 0; at < source.length; ++at) {
        const character = source[at];
        if (inString) {
            if (character === "\\") {
                ++at;
            } else if (character === '"') {
                inString = false;
            }
        } else if (character === '"') {
            inString = true;
        } else if (character === "{" || character === "[") {
            ++depth;
            if (depth === 2) {
                start = at;
            }
        } else if (character === "}" || character === "]") {
            --depth;
            if (depth === 1 && start >= 0) {
                addRecord(source.slice(start, at + 1), columns, rows);
                start = -1;
            }
        }
    }
    return { columns, rows };
}

function addRecord(text: string, columns: string[], rows: string[][]): void {
    let record: unknown;
    try {
        record = JSON.parse(text);
    } catch {
        return; // reported at the end, for the whole
    }
    if (typeof record !== "object" || record === null) {
        return;
    }
    const row: string[] = [];
    for (const [name, value] of Object.entries(record)) {
        let column = columns.indexOf(name);
        if (column < 0 && columns.length < kMostColumns) {
            column = columns.push(name) - 1;
        }
        if (column >= 0) {
            row[column] = textOf(value);
        }
    }
    rows.push(row);
}

function textOf(value: unknown): string {
    if (value === null || value === undefined) {
        return "";
    }
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}

// "1,234.5", "$12", "45 %", "-3e2"; NaN for anything else.
export function numberIn(text: string): number {
    const plain = text.trim().replace(/^([-+]?)[$€£¥]\s*/, "$1").replace(/\s*%$/, "");
    if (!/^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[-+]?\d+)?$/i.test(plain) || !/\d/.test(plain)) {
        return Number.NaN;
    }
    return Number(plain.replace(/,/g, ""));
}

// Whether a column is of numbers: most of what is in it.
export function isNumeric(rows: string[][], column: number): boolean {
    let numbers = 0;
    let values = 0;
    for (const row of rows.slice(0, 500)) {
        const text = row[column] ?? "";
        if (text.trim() !== "") {
            ++values;
            numbers += Number.isNaN(numberIn(text)) ? 0 : 1;
        }
    }
    return values > 0 && numbers >= values * 0.9;
}

const kCollator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// Empty values come last in both directions.
export function sorted(rows: string[][], column: number, descending: boolean): string[][] {
    const byNumber = isNumeric(rows, column);
    const compare = (a: string, b: string): number => {
        if (a.trim() === "" || b.trim() === "") {
            return (a.trim() === "" ? 1 : 0) - (b.trim() === "" ? 1 : 0);
        }
        const order = byNumber ? numberIn(a) - numberIn(b) : kCollator.compare(a, b);
        return descending ? -order : order;
    };
    return [...rows].sort((a, b) => compare(a[column] ?? "", b[column] ?? ""));
}
