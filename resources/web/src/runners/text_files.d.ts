// SPDX-License-Identifier: MIT
// Files that the bundle carries as text.
declare module "*.py" {
    const text: string;
    export default text;
}
declare module "*.worker.js" {
    const text: string;
    export default text;
}
