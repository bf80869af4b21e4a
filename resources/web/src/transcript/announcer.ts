// SPDX-License-Identifier: MIT
// Speaks what was finished: at most one announcement every 2 s; start, stop and errors always.

const kInterval = 2000; // ms

export class Announcer {
    private m_pending = "";
    private m_last = -kInterval;
    private m_timer = 0;

    constructor(private readonly m_region: HTMLElement) {}

    sentences(text: string): void {
        this.m_pending += text;
        if (this.m_pending.trim() === "" || this.m_timer !== 0) {
            return;
        }
        const wait = Math.max(0, this.m_last + kInterval - performance.now());
        this.m_timer = window.setTimeout(() => {
            this.m_timer = 0;
            this.now(this.m_pending);
            this.m_pending = "";
        }, wait);
    }

    now(text: string): void {
        this.m_last = performance.now();
        this.m_region.textContent = text.trim();
    }
}
