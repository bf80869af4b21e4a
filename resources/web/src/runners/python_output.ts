// SPDX-License-Identifier: MIT
// What a Python program prints, and the figures between the lines. It may print without an end: what
// is kept is bounded, and so is the work for each frame.

import { element } from "../shared/dom";
import { PythonFigure, type FigureMessage } from "./python_figure";

const kMostText = 100_000; // characters shown; the oldest go first
const kMostOfOne = 10_000; // characters of one element: they go as a whole
const kMostFigures = 30; // the oldest go first
const kManyText = 30_000; // characters: laid out anew less often
const kInterval = 33; // ms between two
const kLongInterval = 150;

interface Piece {
    root: HTMLElement;
    size: number;
    isError: boolean;
    isFull?: boolean; // what follows stands in another
}

export class PythonOutput {
    readonly root = element("pre", "output");

    private readonly m_pieces: Piece[] = [];
    private readonly m_figures = new Map<number, PythonFigure>();
    private m_size = 0;
    private m_waiting: { text: string; isError: boolean }[] = [];
    private m_waitingSize = 0;
    private m_timer = 0;

    print(text: string, isError: boolean): void {
        const last = this.m_waiting[this.m_waiting.length - 1];
        if (last?.isError === isError) {
            last.text += text;
        } else {
            this.m_waiting.push({ text, isError });
        }
        this.m_waitingSize += text.length;
        if (this.m_waitingSize > kMostText) {
            this.flush();
        }
        this.m_timer ||= window.setTimeout(
            () => this.flush(),
            this.m_size > kManyText ? kLongInterval : this.m_size > 0 ? kInterval : 0,
        );
    }

    // A figure that was shown before is drawn again where it stands.
    showFigure(message: FigureMessage): void {
        this.flush();
        let figure = this.m_figures.get(message.id);
        if (!figure) {
            figure = new PythonFigure();
            this.m_figures.set(message.id, figure);
            // What is printed next stands below it.
            const last = this.m_pieces[this.m_pieces.length - 1];
            if (last) {
                last.isFull = true;
            }
            this.root.append(figure.root);
            this.bound();
        }
        figure.draw(message);
    }

    // Shows what was printed so far.
    flush(): void {
        window.clearTimeout(this.m_timer);
        this.m_timer = 0;
        if (this.m_waiting.length === 0) {
            return;
        }
        for (const { text, isError } of this.m_waiting) {
            const shown = text.slice(-kMostText);
            for (let at = 0; at < shown.length; at += kMostOfOne) {
                this.append(shown.slice(at, at + kMostOfOne), isError);
            }
        }
        this.m_waiting = [];
        this.m_waitingSize = 0;
        this.bound();
        this.root.scrollTop = this.root.scrollHeight;
    }

    private bound(): void {
        while (this.m_size > kMostText && this.m_pieces.length > 1) {
            const first = this.m_pieces.shift() as Piece;
            first.root.remove();
            this.m_size -= first.size;
        }
        for (const [id, figure] of this.m_figures) {
            if (this.m_figures.size <= kMostFigures) {
                break;
            }
            figure.root.remove();
            this.m_figures.delete(id);
        }
    }

    private append(text: string, isError: boolean): void {
        let last = this.m_pieces[this.m_pieces.length - 1];
        if (!last || last.isFull || last.isError !== isError || last.size + text.length > kMostOfOne) {
            last = { root: element("span", isError ? "error" : ""), size: 0, isError };
            this.m_pieces.push(last);
            this.root.append(last.root);
        }
        last.root.append(text);
        last.size += text.length;
        this.m_size += text.length;
    }
}
