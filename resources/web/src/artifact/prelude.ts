// SPDX-License-Identifier: MIT
// Runs in an artifact's page before anything of the artifact does. It takes away what could reach
// out, stands in for what an opaque origin lacks, reports the console, and keeps scripts asleep
// until the source is complete. What it sends is untrusted text to the program all the same.

import { installConsole } from "./console";
import { makePoster } from "./poster";
import { installStorage, type Kept } from "./storage";
import { watchDrawing } from "./drawing";
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

function main(): void {
    const post = makePoster(kNonce);
    if (self.origin !== "null") {
        // The sandbox header did not arrive: this page must not run.
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
    installConsole(post);
    document.addEventListener("securitypolicyviolation", (event) => {
        post({ type: "blocked", url: event.blockedURI, line: event.lineNumber });
    });
    if (isPage) {
        post({ type: "ready" });
        const drawing = watchDrawing(post);
        holdScripts(kNonce, (outcome) => drawing.complete(outcome));
    }
}

main();
