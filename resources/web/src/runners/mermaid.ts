// SPDX-License-Identifier: MIT
// A Mermaid diagram: drawn again when another line is complete and what is there can be read; the
// last good picture stays until then.

import { tr } from "../shared/strings";
import { showMessage } from "./message";
import { errorAtLine, followSource, loadScript, readWords, stage } from "./source";

interface Mermaid {
    initialize(options: object): void;
    parse(source: string): Promise<unknown>;
    render(id: string, source: string): Promise<{ svg: string }>;
}

const kScript = "https://cdn.jsdelivr.net/npm/mermaid@11/dist/mermaid.min.js";
const kLeastPause = 350; // ms between two drawings: each costs 10 to 400

// Colors of the program, for a picture on paper.
const kTheme = {
    startOnLoad: false,
    securityLevel: "strict",
    theme: "base",
    fontFamily: '"Inter", "Noto Sans", "Noto Sans CJK SC", system-ui, sans-serif',
    themeVariables: {
        fontSize: "15px",
        background: "#ffffff",
        primaryColor: "#e6f1ee",
        primaryBorderColor: "#5b9c8d",
        primaryTextColor: "#1b1f1e",
        secondaryColor: "#eaf0f8",
        secondaryBorderColor: "#7b9cc4",
        tertiaryColor: "#f6f1e7",
        tertiaryBorderColor: "#c9a86a",
        lineColor: "#7a837f",
        textColor: "#1b1f1e",
        noteBkgColor: "#f8f2e0",
        noteBorderColor: "#d9c48b",
        pie1: "#5b9c8d",
        pie2: "#7b9cc4",
        pie3: "#d3b16f",
        pie4: "#c27a6b",
        pie5: "#9a8fc0",
        pie6: "#8fb37a",
    },
};

class Diagram {
    private m_mermaid: Promise<Mermaid> | null = null;
    private m_wanted = "";
    private m_drawn = "";
    private m_busy: Promise<void> | null = null;
    private m_number = 0;

    private load(): Promise<Mermaid> {
        this.m_mermaid ??= loadScript(kScript).then(() => {
            const mermaid = (window as unknown as { mermaid: Mermaid }).mermaid;
            mermaid.initialize(kTheme);
            return mermaid;
        });
        return this.m_mermaid;
    }

    // Complete lines only: the last one may still become something else.
    grow(source: string): void {
        this.m_wanted = source.slice(0, source.lastIndexOf("\n") + 1);
        this.m_busy ??= this.follow();
    }

    private async follow(): Promise<void> {
        const mermaid = await this.load();
        while (this.m_wanted !== this.m_drawn) {
            const source = this.m_wanted;
            this.m_drawn = source;
            try {
                await mermaid.parse(source);
                await this.draw(mermaid, source);
            } catch {
                // Not a whole diagram yet.
            }
            await new Promise((resolve) => setTimeout(resolve, kLeastPause));
        }
        this.m_busy = null;
    }

    private async draw(mermaid: Mermaid, source: string): Promise<void> {
        const id = `diagram${++this.m_number}`;
        try {
            const { svg } = await mermaid.render(id, source);
            const place = stage();
            let paper = place.querySelector<HTMLElement>(".paper");
            if (!paper) {
                paper = document.createElement("div");
                paper.className = "paper";
                place.replaceChildren(paper);
            }
            paper.innerHTML = svg;
        } finally {
            document.getElementById("d" + id)?.remove(); // what a failed drawing leaves behind
        }
    }

    async end(source: string, complete: boolean): Promise<void> {
        const mermaid = await this.load();
        this.m_wanted = this.m_drawn;
        await this.m_busy;
        try {
            await mermaid.parse(source);
            await this.draw(mermaid, source);
        } catch (error) {
            if (complete) {
                this.report(error as Error);
            }
        }
    }

    private report(error: Error): void {
        const line = Number(/\bline (\d+)/i.exec(error.message)?.[1] ?? 1);
        errorAtLine(`Mermaid: ${error.message}`, line);
        if (!stage().querySelector(".paper")) {
            showMessage(stage(), tr("diagramFails"), error.message.split("\n")[0]);
        }
    }
}

readWords();
const diagram = new Diagram();
followSource({
    grew: (source) => diagram.grow(source),
    ended: (source, outcome) => diagram.end(source, outcome === "run"),
});
