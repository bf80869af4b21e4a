// SPDX-License-Identifier: MIT
// The user-visible words. They are translated in C++ and arrive with the first script.

let table: Record<string, string> = {};
let numbers = new Intl.NumberFormat("en");
let oneDigit = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function setStrings(strings: Record<string, string>, language: string): void {
    table = strings;
    numbers = new Intl.NumberFormat(language);
    oneDigit = new Intl.NumberFormat(language, {
        minimumFractionDigits: 1,
        maximumFractionDigits: 1,
    });
}

// tr("speed", "38.1"): the words of that name with %1, %2, ... filled in.
export function tr(name: string, ...values: (string | number)[]): string {
    const text = table[name] ?? name;
    return text.replace(/%(\d)/g, (whole, digit: string) => {
        const value = values[Number(digit) - 1];
        if (value === undefined) {
            return whole;
        }
        return typeof value === "number" ? formatNumber(value) : value;
    });
}

export function formatNumber(value: number): string {
    return numbers.format(value);
}

export function formatOneDigit(value: number): string {
    return oneDigit.format(value);
}

// 812 B, 4.9 KB, 50 KB, 1.2 MB
export function formatBytes(bytes: number): string {
    const units = ["B", "KB", "MB", "GB"];
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        ++unit;
    }
    const digits = unit > 0 && value < 10 ? formatOneDigit(value) : formatNumber(Math.round(value));
    return `${digits} ${units[unit]}`;
}
