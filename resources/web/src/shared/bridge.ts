// SPDX-License-Identifier: MIT
// The two ways between a page of this program and the widget that holds it: the widget calls
// atelier.receive(), the page prints a line that starts with a prefix to its console.

export type Command = { op: string };

const kPrefix = "\u0001at:";

export function post(type: string, fields: Record<string, unknown> = {}): void {
    console.info(kPrefix + JSON.stringify({ type, ...fields }));
}

declare global {
    interface Window {
        atelier: { receive(commands: Command[]): void; text(): string };
    }
}

// Runs `flush` once per display frame while there is something to do. Hidden pages get no animation
// frames, so a timer stands in for them.
export class FrameLoop {
    private m_scheduled = false;

    constructor(private readonly m_flush: () => boolean) {}

    schedule(): void {
        if (this.m_scheduled) {
            return;
        }
        this.m_scheduled = true;
        let ran = false;
        const run = (): void => {
            if (ran) {
                return;
            }
            ran = true;
            this.m_scheduled = false;
            if (this.m_flush()) {
                this.schedule();
            }
        };
        if (document.visibilityState === "visible") {
            requestAnimationFrame(run);
        }
        setTimeout(run, 60);
    }
}
