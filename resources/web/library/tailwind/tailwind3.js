// SPDX-License-Identifier: MIT
// Answers https://cdn.tailwindcss.com and other addresses of Tailwind 3.

import { installTailwind } from "./page.js";

installTailwind(document.currentScript?.src ?? "");
