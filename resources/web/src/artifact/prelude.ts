// SPDX-License-Identifier: MIT
// Runs in an artifact's page before anything of the artifact does. It takes away what could reach
// out, stands in for what an opaque origin lacks, reports the console, and keeps scripts asleep
// until the source is complete. What it sends is untrusted text to the program all the same.

import { installConsole } from "./console";
import { installContext } from "./context";
import { makePoster } from "./poster";
import { installStorage, type Kept } from "./storage";
import { watchDrawing } from "./drawing";
import { styleWhileWritten } from "./live_style";
import { holdScripts } from "./held_scripts";

// The program puts a random word here for each run, so that the page cannot speak in its name.
const kNonce = "__ATELIER_NONCE__";
// And here, as JSON, what the artifact has stored in earlier runs.
const kKept = "__ATELIER_KEPT__";

const kReachesOut = [
    "RTCPeerConnection",
    "webkitRTCPeerConnection",
    "RTCDataChannel",
    "WebTransport",
    "SharedWorker",
];

// The policy forbids to make two of one name.
function hasPolicy(): boolean {
    const factory = (self as unknown as { trustedTypes?: { createPolicy(name: string, rules: object): void } })
        .trustedTypes;
    try {
        factory?.createPolicy("atelier", {});
        factory?.createPolicy("atelier", {});
        return false;
    } catch {
        return true;
    }
}

function main(): void {
    const post = makePoster(kNonce);
    if (self.origin !== "null" || (self === self.top && !hasPolicy())) {
        // The policy did not arrive: this page must not run.
        window.stop();
        post({ type: "unsafe" });
        return;
    }
    for (const name of kReachesOut) {
        Reflect.deleteProperty(globalThis, name);
        Object.defineProperty(globalThis, name, { value: undefined, configurable: false });
    }
    const isPage = self === self.top;
    installStorage(isPage ? (JSON.parse(kKept) as Kept) : {}, isPage ? post : () => undefined);
    installContext();
    installConsole(post);
    document.addEventListener("securitypolicyviolation", (event) => {
        if (event.effectiveDirective === "trusted-types") {
            return; // hasPolicy() asked, or a page made two of one name: nothing was fetched
        }
        post({ type: "blocked", url: event.blockedURI, line: event.lineNumber });
    });
    if (isPage) {
        post({ type: "ready" });
        const drawing = watchDrawing(post);
        styleWhileWritten();
        holdScripts(kNonce, (outcome) => drawing.complete(outcome));
    }
}

main();
