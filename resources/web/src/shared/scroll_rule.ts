// SPDX-License-Identifier: MIT
// The scroll rule (ux.md 4): the view follows the last line until the reader moves it, and follows
// again when the reader goes back to the end.

const kNearEnd = 4; // px: a fraction of a pixel remains at some zoom factors

export class ScrollRule {
    private m_following = true;
    private m_ownScroll = 0;

    // `contentEnd`: where the text ends, in document px; the document may be longer (reserved space).
    constructor(
        private readonly m_contentEnd: () => number,
        private readonly m_changed: () => void,
    ) {
        const listen = (name: string, listener: (event: Event) => void): void =>
            window.addEventListener(name, listener, { passive: true });
        listen("wheel", (event) => {
            if ((event as WheelEvent).deltaY < 0) {
                this.detach();
            }
        });
        listen("touchmove", () => this.detach());
        listen("keydown", (event) => this.key(event as KeyboardEvent));
        listen("scroll", () => this.scrolled());
        document.addEventListener("selectionchange", () => {
            const selection = document.getSelection();
            if (selection && !selection.isCollapsed) {
                this.detach();
            }
        });
    }

    get following(): boolean {
        return this.m_following;
    }

    detach(): void {
        if (this.m_following) {
            this.m_following = false;
            this.m_changed();
        }
    }

    attach(): void {
        const was = this.m_following;
        this.m_following = true;
        this.follow();
        if (!was) {
            this.m_changed();
        }
    }

    // Brings the last line into view; never scrolls up.
    follow(): void {
        if (!this.m_following) {
            return;
        }
        const target = this.m_contentEnd() - window.innerHeight;
        if (target > window.scrollY) {
            this.scrollTo(target);
        }
    }

    scrollTo(top: number): void {
        window.scrollTo({ top, behavior: "auto" });
        this.m_ownScroll = window.scrollY;
    }

    private key(event: KeyboardEvent): void {
        if (event.key === "PageUp" || event.key === "Home" || event.key === "ArrowUp") {
            this.detach();
        } else if (event.key === "End") {
            this.attach();
        }
    }

    private scrolled(): void {
        const top = window.scrollY;
        if (Math.abs(top - this.m_ownScroll) < 1) {
            return; // the page's own doing
        }
        if (top < this.m_ownScroll - 1) {
            this.detach(); // the scroll bar was dragged up
        }
        this.m_ownScroll = top;
        if (!this.m_following && top + window.innerHeight >= this.m_contentEnd() - kNearEnd) {
            const selection = document.getSelection();
            if (!selection || selection.isCollapsed) {
                this.attach();
            }
        }
    }
}
