// SPDX-License-Identifier: MIT
// A simple picture of a table: bars for a few rows, a line for many.

import { formatNumber } from "../shared/strings";
import { isNumeric, numberIn, type Records } from "./records";

const kSvg = "http://www.w3.org/2000/svg";
const kWidth = 720;
const kHeight = 240;
const kLeft = 52;
const kBottom = 26;
const kTop = 12;
const kMostBars = 24;
const kMostPoints = 2000;

function shape(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
    const made = document.createElementNS(kSvg, name);
    for (const [key, value] of Object.entries(attributes)) {
        made.setAttribute(key, String(value));
    }
    made.textContent = text;
    return made;
}

// 1, 2 or 5 times a power of ten: what a reader counts in.
function stepOf(range: number): number {
    const rough = range / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const factor = rough / power;
    return power * (factor > 5 ? 10 : factor > 2 ? 5 : factor > 1 ? 2 : 1);
}

export interface Choice {
    label: number; // column
    value: number; // column
}

// The first column of words and the first of numbers that counts something.
export function chartable(records: Records): Choice | null {
    if (records.rows.length < 2) {
        return null;
    }
    const columns = records.columns.map((_name, index) => index);
    const numeric = columns.filter((column) => isNumeric(records.rows, column));
    const label = columns.find((column) => !numeric.includes(column)) ?? 0;
    const value = numeric.find(
        (column) => column !== label && !/^(id|no\.?|#|index|year)$/i.test(records.columns[column] ?? ""),
    );
    return value === undefined ? null : { label, value };
}

export function drawChart(records: Records, { label, value }: Choice): SVGElement {
    const rows = records.rows.slice(0, kMostPoints);
    const numbers = rows.map((row) => numberIn(row[value] ?? "") || 0);
    const low = Math.min(0, ...numbers);
    const high = Math.max(0, ...numbers);
    const step = stepOf(high - low || 1);
    const from = Math.floor(low / step) * step;
    const to = Math.max(Math.ceil(high / step) * step, from + step);
    const y = (at: number): number => kTop + ((to - at) / (to - from)) * (kHeight - kTop - kBottom);
    const svg = shape("svg", { viewBox: `0 0 ${kWidth} ${kHeight}`, role: "img", class: "chart" });
    svg.setAttribute("aria-label", records.columns[value] ?? "");
    for (let at = from; at <= to + step / 2; at += step) {
        svg.append(
            shape("line", { x1: kLeft, x2: kWidth, y1: y(at), y2: y(at), class: at === 0 ? "zero" : "grid" }),
            shape("text", { x: kLeft - 8, y: y(at) + 4, class: "tick" }, formatNumber(Number(at.toPrecision(12)))),
        );
    }
    const width = (kWidth - kLeft) / rows.length;
    const x = (index: number): number => kLeft + (index + 0.5) * width;
    if (rows.length <= kMostBars) {
        numbers.forEach((number, index) => {
            const bar = shape("rect", {
                x: x(index) - Math.min(width * 0.36, 34),
                width: Math.min(width * 0.72, 68),
                y: Math.min(y(number), y(0)),
                height: Math.max(1, Math.abs(y(number) - y(0))),
                rx: 3,
                class: "column",
            });
            bar.append(shape("title", {}, `${rows[index]?.[label] ?? ""}: ${rows[index]?.[value] ?? ""}`));
            svg.append(bar);
        });
    } else {
        const points = numbers.map((number, index) => `${x(index).toFixed(1)},${y(number).toFixed(1)}`);
        svg.append(shape("polyline", { points: points.join(" "), class: "line" }));
    }
    const every = Math.ceil(rows.length / Math.max(1, Math.floor((kWidth - kLeft) / 78)));
    rows.forEach((row, index) => {
        if (index % every === 0) {
            const text = row[label] ?? "";
            const short = text.length > 12 ? text.slice(0, 11) + "…" : text;
            svg.append(shape("text", { x: x(index), y: kHeight - 8, class: "name" }, short));
        }
    });
    return svg;
}
