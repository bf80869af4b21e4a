// SPDX-License-Identifier: MIT
// Answers https://kit.fontawesome.com/*.js: what a kit loads is the style sheet.
const link = document.createElement("link");
link.rel = "stylesheet";
link.href = "https://use.fontawesome.com/releases/v6.0.0/css/all.css";
document.head.append(link);
