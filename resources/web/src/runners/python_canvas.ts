// SPDX-License-Identifier: MIT
// Carries out what a Python program draws: lists of commands that end with "show".

type Command = [string, ...unknown[]];
type Point = [number, number];
type Pen = CanvasRenderingContext2D;

const kMostCanvases = 2000;
const kLargest = 4096; // px of a side

export class PythonCanvas {
    readonly root: HTMLCanvasElement;
    readonly heads: HTMLCanvasElement; // turtles lie above what they draw
    frames = 0;

    private readonly m_pens = new Map<number, Pen>();
    private m_waiting: Command[] = [];
    private m_scheduled = false;

    constructor(private readonly m_opened: (width: number, height: number) => void) {
        this.root = document.createElement("canvas");
        this.heads = document.createElement("canvas");
        this.m_pens.set(0, this.root.getContext("2d") as Pen);
    }

    // Drawn off screen until the frame is complete; frames that come too fast are drawn together.
    take(json: string): void {
        this.m_waiting.push(...(JSON.parse(json) as Command[]));
        if (!this.m_scheduled) {
            this.m_scheduled = true;
            const draw = (): void => {
                if (this.m_scheduled) {
                    this.m_scheduled = false;
                    this.drawWaiting();
                }
            };
            requestAnimationFrame(draw);
            setTimeout(draw, 100); // hidden pages have no frames
        }
    }

    private drawWaiting(): void {
        const last = this.m_waiting.map((command) => command[0]).lastIndexOf("show");
        const ready = this.m_waiting.splice(0, last + 1 || (this.m_waiting.length > 50_000 ? 1e9 : 0));
        // Opening a window needs no frame.
        if (last < 0 && this.m_waiting[0]?.[0] === "open") {
            ready.push(...this.m_waiting.splice(0));
        }
        for (const command of ready) {
            if (command[0] === "show") {
                ++this.frames;
                continue;
            }
            try {
                this.draw(command);
            } catch {
                // A size or a color that no canvas takes.
            }
        }
    }

    private pen(number: unknown): Pen {
        const pen = this.m_pens.get(number as number);
        if (!pen) {
            throw new RangeError();
        }
        return pen;
    }

    private draw([name, ...values]: Command): void {
        switch (name) {
            case "open":
                this.open(values[0] as number, values[1] as number);
                return;
            case "new":
                this.make(values[0] as number, values[1] as number, values[2] as number);
                return;
            case "drop":
                this.m_pens.delete(values[0] as number);
                return;
            case "background":
                this.fill(this.pen(0), values[0] as string, 0, 0, this.root.width, this.root.height);
                return;
            case "heads":
                this.drawHeads(values[0] as [number, number, number, string, string][]);
                return;
            case "stamp":
                drawHead(this.pen(0), values[0] as [number, number, number, string, string]);
                return;
            case "write":
                this.write(values as [string, string, number, number, string, CanvasTextAlign]);
                return;
            default:
                this.drawOn(name, this.pen(values[0]), values.slice(1));
        }
    }

    private open(width: number, height: number): void {
        for (const canvas of [this.root, this.heads]) {
            canvas.width = Math.min(kLargest, Math.max(1, width));
            canvas.height = Math.min(kLargest, Math.max(1, height));
        }
        this.m_opened(this.root.width, this.root.height);
    }

    private make(number: number, width: number, height: number): void {
        if (this.m_pens.size < kMostCanvases) {
            const canvas = document.createElement("canvas");
            canvas.width = Math.min(kLargest, Math.max(1, width));
            canvas.height = Math.min(kLargest, Math.max(1, height));
            this.m_pens.set(number, canvas.getContext("2d") as Pen);
        }
    }

    // As pygame does: what was there is replaced, also by a color that lets light through.
    private fill(pen: Pen, color: string, x: number, y: number, w: number, h: number): void {
        pen.clearRect(x, y, w, h);
        pen.fillStyle = color;
        pen.fillRect(x, y, w, h);
    }

    private write([color, text, x, y, font, align]: [string, string, number, number, string, CanvasTextAlign]): void {
        const pen = this.pen(0);
        pen.font = font;
        pen.fillStyle = color;
        pen.textAlign = align;
        pen.textBaseline = "alphabetic";
        pen.fillText(text, x, y);
    }

    private drawHeads(heads: [number, number, number, string, string][]): void {
        const pen = this.heads.getContext("2d") as Pen;
        pen.clearRect(0, 0, this.heads.width, this.heads.height);
        heads.forEach((head) => drawHead(pen, head));
    }

    private drawOn(name: string, pen: Pen, values: unknown[]): void {
        const [color] = values as [string];
        const numbers = values.slice(1) as number[];
        const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = numbers;
        pen.beginPath();
        switch (name) {
            case "fill":
                this.fill(pen, color, a, b, c, d);
                break;
            case "rect":
                roundedRect(pen, a, b, c, d, f);
                paint(pen, color, e);
                break;
            case "circle":
                pen.arc(a, b, Math.max(0, d > 0 ? c - d / 2 : c), 0, 2 * Math.PI);
                paint(pen, color, d);
                break;
            case "ellipse":
                pen.ellipse(a + c / 2, b + d / 2, Math.abs(c / 2), Math.abs(d / 2), 0, 0, 2 * Math.PI);
                paint(pen, color, e);
                break;
            case "arc":
                pen.ellipse(a + c / 2, b + d / 2, Math.abs(c / 2), Math.abs(d / 2), 0, -e, -f, true);
                paint(pen, color, Math.max(1, g));
                break;
            case "polygon":
                trace(pen, values[1] as Point[]);
                pen.closePath();
                paint(pen, color, values[2] as number);
                break;
            case "lines":
                trace(pen, values[1] as Point[]);
                if (values[3]) {
                    pen.closePath();
                }
                paint(pen, color, Math.max(1, values[2] as number));
                break;
            case "text":
                pen.font = values[2] as string;
                pen.fillStyle = color;
                pen.textBaseline = "middle";
                pen.fillText(values[1] as string, 0, values[3] as number);
                break;
            case "blit":
                this.blit(pen, values);
                break;
            case "turned":
                this.turn(pen, values as number[]);
                break;
            case "clip":
                clip(pen, values[0] as [number, number, number, number] | null);
                break;
        }
    }

    private blit(pen: Pen, values: unknown[]): void {
        const [number, x, y, part, alpha, add] = values as [number, number, number, number[] | null, number, boolean];
        const source = this.pen(number).canvas;
        pen.save();
        pen.globalAlpha = alpha;
        pen.globalCompositeOperation = add ? "lighter" : "source-over";
        if (part) {
            const [px = 0, py = 0, w = 1, h = 1] = part;
            pen.drawImage(source, px, py, w, h, x, y, w, h);
        } else {
            pen.drawImage(source, x, y);
        }
        pen.restore();
    }

    private turn(pen: Pen, [number, angle = 0, scaleX = 1, scaleY = 1]: number[]): void {
        const source = this.pen(number).canvas;
        pen.save();
        pen.translate(pen.canvas.width / 2, pen.canvas.height / 2);
        pen.rotate(angle);
        pen.scale(scaleX, scaleY);
        pen.drawImage(source, -source.width / 2, -source.height / 2);
        pen.restore();
    }
}

function trace(pen: Pen, points: Point[]): void {
    points.forEach(([x, y], index) => (index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
}

function paint(pen: Pen, color: string, width: number): void {
    if (width > 0) {
        pen.strokeStyle = color;
        pen.lineWidth = width;
        pen.lineJoin = pen.lineCap = "round";
        pen.stroke();
    } else {
        pen.fillStyle = color;
        pen.fill();
    }
}

function roundedRect(pen: Pen, x: number, y: number, w: number, h: number, radius: number): void {
    const r = Math.max(0, Math.min(radius, w / 2, h / 2));
    if (r === 0) {
        pen.rect(x, y, w, h);
        return;
    }
    pen.moveTo(x + r, y);
    pen.arcTo(x + w, y, x + w, y + h, r);
    pen.arcTo(x + w, y + h, x, y + h, r);
    pen.arcTo(x, y + h, x, y, r);
    pen.arcTo(x, y, x + w, y, r);
    pen.closePath();
}

function clip(pen: Pen, area: [number, number, number, number] | null): void {
    pen.restore();
    pen.save();
    if (area) {
        pen.rect(...area);
        pen.clip();
    }
}

function drawHead(pen: Pen, [x, y, angle, line, fill]: [number, number, number, string, string]): void {
    pen.save();
    pen.translate(x, y);
    pen.rotate(angle);
    pen.beginPath();
    pen.moveTo(0, 0);
    pen.lineTo(-9, -5);
    pen.lineTo(-7, 0);
    pen.lineTo(-9, 5);
    pen.closePath();
    pen.fillStyle = fill;
    pen.strokeStyle = line;
    pen.fill();
    pen.stroke();
    pen.restore();
}
