// SPDX-License-Identifier: MIT
// Says which element of an artifact is where, and which tag of the source it was read from. Runs in
// a world of its own: it shares the page's elements, but none of its objects or functions, and the
// page cannot see that it is there. It says nothing by itself; the program asks
// (renderers/element_picker.cpp) and takes the answers for what they are: a page's word.

const kMark = "data-atelier-at"; // as in renderers/source_transformer.cpp
const kLongest = 80; // characters of a name

interface Answer {
    mark: number; // of the nearest element that is written in the source; -1: there is none
    scripted: boolean; // a script made the element itself
    name: string;
    box: [number, number, number, number]; // in CSS pixels: left, top, width, height
}

// A form's fields stand in for its properties by their names, and pictures for the document's: so
// nothing is read off a node itself.
function getter<T>(prototype: object, name: string): (of: Node) => T {
    const get = Object.getOwnPropertyDescriptor(prototype, name)?.get as () => T;
    return (of) => Reflect.apply(get, of, []) as T;
}
const parentOf = getter<Element | null>(Node.prototype, "parentElement");
const isConnected = getter<boolean>(Node.prototype, "isConnected");
const nameOf = getter<string>(Element.prototype, "localName");
const firstOf = getter<Element | null>(Element.prototype, "firstElementChild");
const nextOf = getter<Element | null>(Element.prototype, "nextElementSibling");
const previousOf = getter<Element | null>(Element.prototype, "previousElementSibling");
const shadowOf = getter<ShadowRoot | null>(Element.prototype, "shadowRoot");
const bodyOf = getter<Element | null>(Document.prototype, "body");
const stateOf = getter<DocumentReadyState>(Document.prototype, "readyState");
const allIn = (root: Document | DocumentFragment): NodeListOf<Element> => {
    const from = root instanceof Document ? Document.prototype : DocumentFragment.prototype;
    return Reflect.apply(from.querySelectorAll, root, ["*"]) as NodeListOf<Element>;
};
const elementAt = (x: number, y: number): Element | null =>
    Reflect.apply(Document.prototype.elementFromPoint, document, [x, y]) as Element | null;
const attribute = (element: Element, name: string): string | null =>
    Reflect.apply(Element.prototype.getAttribute, element, [name]) as string | null;
const boxOf = (element: Element): DOMRect =>
    Reflect.apply(Element.prototype.getBoundingClientRect, element, []) as DOMRect;

class Picker {
    // Of what the parser made; -1: what it added itself, such as <tbody>. Here the page can neither
    // read nor write them.
    private readonly m_marks = new WeakMap<Element, number>();
    private m_pointed: Element | null = null;
    private m_chosen: Element | null = null;

    // The marks leave the page before its first script runs.
    takeMarks(root: Document | DocumentFragment): void {
        for (const element of allIn(root)) {
            const mark = attribute(element, kMark);
            this.m_marks.set(element, mark === null ? -1 : Number(mark));
            if (mark !== null) {
                Reflect.apply(Element.prototype.removeAttribute, element, [kMark]);
            }
            if (element instanceof HTMLTemplateElement) {
                this.takeMarks(element.content);
            }
            const shadow = shadowOf(element);
            if (shadow) {
                this.takeMarks(shadow);
            }
        }
    }

    point(x: number, y: number): string {
        this.m_pointed = elementAt(x, y);
        return this.look();
    }

    leave(): string {
        this.m_pointed = null;
        return this.look();
    }

    choose(x: number, y: number): string {
        this.point(x, y);
        this.m_chosen = this.m_pointed;
        return this.look();
    }

    // From what is chosen, else from what is pointed at, else from the whole.
    step(to: "in" | "out" | "next" | "previous"): string {
        const steps = { in: firstOf, out: parentOf, next: nextOf, previous: previousOf };
        const from = this.m_chosen ?? this.m_pointed;
        const body = bodyOf(document);
        let found = from ? steps[to](from) : body && firstOf(body);
        // Past what does not lead to the source: the page around a drawing is not part of it.
        while (found && !this.describe(found)) {
            found = (to === "in" ? nextOf : steps[to])(found);
        }
        if (found) {
            this.m_chosen = found;
        }
        return this.look();
    }

    forget(): string {
        this.m_pointed = null;
        this.m_chosen = null;
        return this.look();
    }

    look(): string {
        return JSON.stringify({
            pointed: this.describe(this.m_pointed),
            chosen: this.describe(this.m_chosen),
        });
    }

    private describe(element: Element | null): Answer | null {
        if (!element || !isConnected(element)) {
            return null;
        }
        let written: Element | null = element;
        while (written && (this.m_marks.get(written) ?? -1) < 0) {
            written = parentOf(written);
        }
        if (!written) {
            return null;
        }
        const box = boxOf(element);
        return {
            mark: this.m_marks.get(written) ?? -1,
            scripted: !this.m_marks.has(element),
            name: this.name(element),
            box: [box.left, box.top, box.width, box.height],
        };
    }

    private name(element: Element): string {
        const id = attribute(element, "id");
        const classes = (attribute(element, "class") ?? "").slice(0, kLongest).split(/\s+/);
        const words = classes.filter((word) => word !== "").map((word) => `.${word}`);
        const name = nameOf(element) + (id ? `#${id.slice(0, kLongest)}` : "") + words.join("");
        return name.length > kLongest ? `${name.slice(0, kLongest - 1)}…` : name;
    }
}

const picker = new Picker();
// Before the listener that lets the scripts run, which hears it at the document itself.
window.addEventListener(
    "readystatechange",
    () => {
        if (stateOf(document) === "interactive") {
            picker.takeMarks(document);
        }
    },
    true,
);
(globalThis as unknown as { atelierPicker: Picker }).atelierPicker = picker;
