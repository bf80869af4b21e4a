// SPDX-License-Identifier: MIT
// The one way out of an artifact's page: a console line that starts with the run's own word.

export type Post = (message: Record<string, unknown>) => void;

export function makePoster(nonce: string): Post {
    // Taken before the artifact can replace them.
    const print = console.debug.bind(console);
    const stringify = JSON.stringify;
    return (message) => print("\u0001art:" + nonce + stringify(message));
}
