// SPDX-License-Identifier: MIT
// Makes the children of one element equal to another's and leaves alone what is equal already, so
// that a selection or a scrolled table in the growing block survives.

export function patchChildren(target: Element, wanted: Node): void {
    const fresh = [...wanted.childNodes];
    const old = [...target.childNodes];
    fresh.forEach((node, index) => {
        const present = old[index];
        if (!present) {
            target.append(node);
        } else if (!present.isEqualNode(node)) {
            patchNode(present, node);
        }
    });
    for (const surplus of old.slice(fresh.length)) {
        surplus.remove();
    }
}

function patchNode(present: ChildNode, wanted: ChildNode): void {
    if (present instanceof Text && wanted instanceof Text) {
        present.data = wanted.data;
    } else if (
        present instanceof Element &&
        wanted instanceof Element &&
        present.tagName === wanted.tagName &&
        present.attributes.length === wanted.attributes.length &&
        [...wanted.attributes].every((a) => present.getAttribute(a.name) === a.value)
    ) {
        patchChildren(present, wanted);
    } else {
        present.replaceWith(wanted);
    }
}
