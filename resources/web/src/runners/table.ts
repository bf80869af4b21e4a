// SPDX-License-Identifier: MIT
// CSV and JSON records as a table that can be sorted, with a simple chart above it. Rows are added
// while they arrive.

import { element } from "../shared/dom";
import { formatNumber, tr } from "../shared/strings";
import { chartable, drawChart, type Choice } from "./chart";
import { isNumeric, sorted, type Records } from "./records";
import { followSource, readWords, stage } from "./source";

const kMostRows = 2000; // shown; more are counted

class Table {
    private m_records: Records = { columns: [], rows: [] };
    private m_sort: { column: number; descending: boolean } | null = null;
    private m_choice: Choice | null = null;
    private m_asked = false; // the person chose what the chart shows
    private readonly m_chart = element("figure", "");
    private readonly m_count = element("p", "count num");
    private readonly m_head = element("thead");
    private readonly m_body = element("tbody");
    private readonly m_root: HTMLElement;

    constructor() {
        const table = element("table", "", this.m_head, this.m_body);
        this.m_root = element("div", "sheet", this.m_chart, this.m_count, element("div", "scroll", table));
        this.m_head.addEventListener("click", (event) => {
            const cell = (event.target as Element).closest("th");
            if (cell) {
                this.sortBy(cell.cellIndex);
            }
        });
    }

    private sortBy(column: number): void {
        const same = this.m_sort?.column === column;
        this.m_sort = same && this.m_sort?.descending ? null : { column, descending: same };
        if (isNumeric(this.m_records.rows, column) && this.m_choice && this.m_choice.label !== column) {
            this.m_choice = { label: this.m_choice.label, value: column };
            this.m_asked = true;
        }
        this.render(true);
    }

    show(records: Records): void {
        const columnsChanged = records.columns.join("\u0000") !== this.m_records.columns.join("\u0000");
        this.m_records = records;
        if (records.columns.length > 0) {
            this.render(columnsChanged || this.m_sort !== null);
        }
    }

    private render(fresh: boolean): void {
        const { columns, rows } = this.m_records;
        const numeric = columns.map((_name, column) => isNumeric(rows, column));
        this.m_head.replaceChildren(this.headings(numeric));
        if (fresh) {
            this.m_body.replaceChildren();
        }
        const shown = this.m_sort ? sorted(rows, this.m_sort.column, this.m_sort.descending) : rows;
        for (const row of shown.slice(this.m_body.rows.length, kMostRows)) {
            const line = this.m_body.insertRow();
            for (const column of columns.keys()) {
                line.insertCell().textContent = row[column] ?? "";
            }
        }
        for (const line of this.m_body.rows) {
            [...line.cells].forEach((cell, column) =>
                cell.classList.toggle("num", numeric[column] ?? false),
            );
        }
        const count = formatNumber(rows.length);
        this.m_count.textContent = tr("size", count, formatNumber(columns.length));
        if (!this.m_asked) {
            this.m_choice = chartable(this.m_records);
        }
        if (this.m_choice) {
            const caption = element("figcaption", "", columns[this.m_choice.value] ?? "");
            const ordered = { columns, rows: shown };
            this.m_chart.replaceChildren(caption, drawChart(ordered, this.m_choice));
        } else {
            this.m_chart.replaceChildren();
        }
        if (!this.m_root.isConnected) {
            stage().append(this.m_root);
        }
    }

    private headings(numeric: boolean[]): HTMLTableRowElement {
        const line = element("tr");
        this.m_records.columns.forEach((name, column) => {
            const sort = this.m_sort?.column === column ? this.m_sort : null;
            const cell = element("th", numeric[column] ? "num" : "", element("button", "", name));
            cell.setAttribute("aria-sort", sort ? (sort.descending ? "descending" : "ascending") : "none");
            line.append(cell);
        });
        return line;
    }
}

export function runTable(
    parse: (source: string, complete: boolean) => Records,
    check: (source: string) => void,
): void {
    readWords();
    const table = new Table();
    followSource({
        grew: (source) => table.show(parse(source, false)),
        ended: (source, outcome) => {
            table.show(parse(source, outcome === "run"));
            if (outcome === "run") {
                check(source);
            }
        },
    });
}
