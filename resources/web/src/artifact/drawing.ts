// SPDX-License-Identifier: MIT
// Tells when something of the artifact is on screen for the first time, and when it is all there.

import type { Post } from "./poster";

// After a frame was painted. Hidden pages paint none, so a timer ends the wait.
function afterPaint(then: () => void): void {
    let done = false;
    const once = (): void => {
        if (!done) {
            done = true;
            then();
        }
    };
    if (document.visibilityState === "visible") {
        requestAnimationFrame(() => requestAnimationFrame(once));
    }
    setTimeout(once, 200);
}

export interface Drawing {
    complete(outcome: "run" | "cut"): void;
}

export function watchDrawing(post: Post): Drawing {
    let reported = false;
    const hasContent = (): boolean => {
        const place = document.querySelector("[data-atelier-stage]") ?? document.body;
        return Boolean(place?.firstElementChild ?? place?.textContent?.trim());
    };
    const look = (): void => {
        if (reported) {
            return;
        }
        if (hasContent()) {
            reported = true;
            afterPaint(() => post({ type: "paint" }));
        } else if (document.visibilityState === "visible") {
            requestAnimationFrame(look);
        } else {
            setTimeout(look, 100);
        }
    };
    look();
    document.addEventListener("DOMContentLoaded", look);

    return {
        complete: (outcome) => {
            // A page of ours that makes something of the source says while it does.
            const report = (): void =>
                afterPaint(() => {
                    if (document.querySelector("[data-atelier-busy]")) {
                        setTimeout(report, 50);
                        return;
                    }
                    const blank = !hasContent() && !document.querySelector("canvas");
                    post({ type: outcome === "run" ? "drawn" : "cut", blank });
                });
            if (document.readyState === "complete") {
                report();
                return;
            }
            let waiting = true;
            const once = (): void => {
                if (waiting) {
                    waiting = false;
                    report();
                }
            };
            window.addEventListener("load", once);
            setTimeout(once, 1500); // a resource that never arrives does not hold it up
        },
    };
}
