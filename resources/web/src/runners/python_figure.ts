// SPDX-License-Identifier: MIT
// Draws one figure of a Python program: commands of runners/python/matplotlib/_paint.py.

type Pen = CanvasRenderingContext2D;
type Command = [string, ...unknown[]];

export interface FigureMessage {
    id: number;
    width: number;
    height: number;
    label: string;
    commands: Command[];
}

const kLargest = 4000; // px of a side
const kScale = 2; // px of the canvas for one of the page: figures stay sharp when zoomed

export class PythonFigure {
    readonly root = document.createElement("canvas");

    constructor() {
        this.root.className = "figure";
        this.root.setAttribute("role", "img");
    }

    draw({ width, height, label, commands }: FigureMessage): void {
        const [w, h] = [width, height].map((side) => Math.min(kLargest, Math.max(1, side || 1))) as [number, number];
        if (this.root.width !== w * kScale || this.root.height !== h * kScale) {
            this.root.width = w * kScale;
            this.root.height = h * kScale;
            this.root.style.maxWidth = `${w}px`;
        }
        this.root.setAttribute("aria-label", label);
        const pen = this.root.getContext("2d") as Pen;
        pen.setTransform(kScale, 0, 0, kScale, 0, 0);
        pen.clearRect(0, 0, w, h);
        pen.save();
        for (const command of commands) {
            try {
                draw(pen, command);
            } catch {
                // A color or a size that no canvas takes.
            }
        }
        pen.restore();
    }
}

function draw(pen: Pen, [name, ...values]: Command): void {
    if (name === "clip") {
        clip(pen, values as number[]);
        return;
    }
    pen.globalAlpha = values[1] as number;
    pen.beginPath();
    switch (name) {
        case "line":
            drawLine(pen, values as [string, number, number, number[], number[]]);
            break;
        case "area":
            drawArea(pen, values as [string, number, string, number, number[]]);
            break;
        case "dots":
            drawDots(pen, values as [string, number, string, number, number[], number[], string[]]);
            break;
        case "wedge":
            drawWedge(pen, values as [string, number, string, number, number, number, number, number, number, number]);
            break;
        case "text":
            drawText(pen, values as [string, number, string, number, number, string, CanvasTextAlign, CanvasTextBaseline, number]);
            break;
    }
}

function clip(pen: Pen, box: number[]): void {
    pen.restore();
    pen.save();
    if (box.length === 4) {
        pen.beginPath();
        pen.rect(...(box as [number, number, number, number]));
        pen.clip();
    }
}

function trace(pen: Pen, points: number[]): void {
    for (let i = 0; i + 1 < points.length; i += 2) {
        pen.lineTo(points[i] as number, points[i + 1] as number);
    }
}

function drawLine(pen: Pen, [color, , width, dash, points]: [string, number, number, number[], number[]]): void {
    trace(pen, points);
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.lineJoin = "round";
    pen.lineCap = dash.length > 0 ? "butt" : "square";
    pen.setLineDash(dash);
    pen.stroke();
    pen.setLineDash([]);
}

function paint(pen: Pen, face: string, edge: string, width: number): void {
    if (face) {
        pen.fillStyle = face;
        pen.fill();
    }
    if (edge && width > 0) {
        pen.strokeStyle = edge;
        pen.lineWidth = width;
        pen.lineJoin = "miter";
        pen.stroke();
    }
}

function drawArea(pen: Pen, [face, , edge, width, points]: [string, number, string, number, number[]]): void {
    trace(pen, points);
    pen.closePath();
    paint(pen, face, edge, width);
}

function drawWedge(
    pen: Pen,
    [face, , edge, width, x, y, radius, inner, first, last]: [string, number, string, number, number, number, number, number, number, number],
): void {
    pen.arc(x, y, radius, first, last);
    if (inner > 0) {
        pen.arc(x, y, inner, last, first, true);
    } else {
        pen.lineTo(x, y);
    }
    pen.closePath();
    paint(pen, face, edge, width);
}

function drawText(
    pen: Pen,
    [color, , text, x, y, font, align, base, angle]: [string, number, string, number, number, string, CanvasTextAlign, CanvasTextBaseline, number],
): void {
    pen.save();
    pen.translate(x, y);
    pen.rotate(angle);
    pen.font = font;
    pen.fillStyle = color;
    pen.textAlign = align;
    pen.textBaseline = base;
    pen.fillText(text, 0, 0);
    pen.restore();
}

const kCorners: Record<string, [number, number][]> = {
    s: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
    D: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
    d: [[0, -1.3], [0.8, 0], [0, 1.3], [-0.8, 0]],
    "^": [[0, -1], [1, 1], [-1, 1]],
    v: [[0, 1], [1, -1], [-1, -1]],
    "<": [[-1, 0], [1, -1], [1, 1]],
    ">": [[1, 0], [-1, -1], [-1, 1]],
    p: [[0, -1], [0.95, -0.31], [0.59, 0.81], [-0.59, 0.81], [-0.95, -0.31]],
    "*": Array.from({ length: 10 }, (_, i) => {
        const [radius, angle] = [i % 2 === 0 ? 1.15 : 0.45, (i * Math.PI) / 5 - Math.PI / 2];
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }),
};
const kStrokes: Record<string, [number, number, number, number][]> = {
    x: [[-1, -1, 1, 1], [-1, 1, 1, -1]],
    "+": [[-1, 0, 1, 0], [0, -1, 0, 1]],
    "|": [[0, -1, 0, 1]],
    _: [[-1, 0, 1, 0]],
};
kCorners["P"] = kCorners["s"] as [number, number][];
kCorners["h"] = kCorners["H"] = kCorners["8"] = kCorners["p"] as [number, number][];
kStrokes["X"] = kStrokes["x"] as [number, number, number, number][];

function drawDots(
    pen: Pen,
    [shape, , edge, width, points, sizes, colors]: [string, number, string, number, number[], number[], string[]],
): void {
    const corners = kCorners[shape];
    const strokes = kStrokes[shape];
    for (let i = 0; i * 2 + 1 < points.length; ++i) {
        const [x, y] = [points[i * 2] as number, points[i * 2 + 1] as number];
        const radius = (sizes[i] ?? sizes[0] ?? 6) / 2;
        const color = colors[i] ?? colors[0] ?? "";
        pen.beginPath();
        if (strokes) {
            for (const [a, b, c, d] of strokes) {
                pen.moveTo(x + a * radius, y + b * radius);
                pen.lineTo(x + c * radius, y + d * radius);
            }
            paint(pen, "", color || edge, Math.max(1, width));
        } else if (corners) {
            corners.forEach(([a, b]) => pen.lineTo(x + a * radius, y + b * radius));
            pen.closePath();
            paint(pen, color, edge, width);
        } else if (shape === ",") {
            pen.rect(x, y, 1, 1);
            paint(pen, color, "", 0);
        } else {
            pen.arc(x, y, radius, 0, 2 * Math.PI);
            paint(pen, color, edge, width);
        }
    }
}
