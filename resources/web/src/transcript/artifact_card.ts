// SPDX-License-Identifier: MIT
// The card of an artifact in a reply: thumbnail, title, type, version, size, state.

import { element, setChildren, textButton } from "../shared/dom";
import { icon } from "../shared/icons";
import { formatBytes, tr } from "../shared/strings";
import type { ArtifactData } from "./model";

// What an artifact without a title of its own is called.
const kNames: Record<string, string> = {
    HTML: "page",
    SVG: "drawing",
    Mermaid: "diagram",
    Markdown: "document",
    JavaScript: "program",
    Python: "program",
    React: "component",
    CSV: "table",
    JSON: "table",
};
const kPictures = ["SVG", "Mermaid"];

export class ArtifactCard {
    readonly root = element("div", "ac");
    showing = false;
    canContinue = false;

    private readonly m_thumbnail = element("span", "th");
    private readonly m_title = element("span", "title el");
    private readonly m_details = element("span", "details num el");
    private readonly m_badge = element("span", "badge");
    private readonly m_button = element("button", "hit");

    constructor(
        public data: ArtifactData,
        index: number,
    ) {
        this.m_button.type = "button";
        this.m_button.dataset.artifact = String(index);
        this.m_thumbnail.setAttribute("aria-hidden", "true");
        const words = element("span", "sp", this.m_title, this.m_details);
        this.root.append(this.m_thumbnail, words, this.m_badge, this.m_button);
        this.render();
    }

    render(): void {
        const data = this.data;
        const title = data.title || tr(kNames[data.kind] ?? "code");
        this.root.classList.toggle("on", this.showing);
        this.m_title.textContent = title;
        this.m_details.textContent = `${data.kind} · ${this.details()}`;
        this.m_button.setAttribute("aria-label", tr("showArtifact", title));
        this.m_button.setAttribute("aria-pressed", String(this.showing));
        this.renderThumbnail(data.thumbnail);

        const badge =
            data.state === "draft"
                ? element("span", "tag in", tr("draft"))
                : data.state === "cutOff"
                  ? element("span", "tag ca", tr("cutOff"))
                  : data.state === "stopped"
                    ? element("span", "tag ca", tr("artifactStopped"))
                    : this.showing
                      ? element("span", "tag ok", tr("showing"))
                      : null;
        setChildren(this.m_badge, [
            badge,
            data.state === "cutOff" && this.canContinue
                ? textButton(tr("continue"), "continue", "btn")
                : null,
        ]);
    }

    private details(): string {
        const data = this.data;
        if (data.state === "draft") {
            return tr("writingLine", Math.max(1, data.lines));
        }
        if (data.state === "cutOff") {
            return tr("reachedLimit");
        }
        if (data.state === "stopped") {
            return tr("stoppedAtLine", Math.max(1, data.lines));
        }
        return `${tr("version", data.version)} · ${formatBytes(data.bytes)}`;
    }

    private renderThumbnail(url: string): void {
        const shown = this.m_thumbnail.querySelector("img");
        if (url.startsWith("data:image/")) {
            const image = shown ?? element("img");
            if (image.src !== url) {
                image.src = url;
                image.alt = "";
            }
            if (!shown) {
                this.m_thumbnail.replaceChildren(image);
            }
        } else if (shown || !this.m_thumbnail.firstChild) {
            this.m_thumbnail.replaceChildren(icon(kPictures.includes(this.data.kind) ? "picture" : "page"));
        }
    }
}
