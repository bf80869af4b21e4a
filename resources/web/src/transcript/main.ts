// SPDX-License-Identifier: MIT
// The transcript page: takes commands, spends at most 8 ms of a frame on them, keeps the place.

import "./transcript.css";

import { applyAppearance } from "../shared/appearance";
import { FrameLoop, post } from "../shared/bridge";
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { ScrollRule } from "../shared/scroll_rule";
import { tr } from "../shared/strings";
import { Announcer } from "./announcer";
import { isSafeLink } from "./markdown";
import { MessageView } from "./message_view";
import type { MessageData, TranscriptCommand } from "./model";

const kBudget = 8; // ms of one frame
const kLineHeight = 25; // px, for the count of new lines
const kTopMargin = 12; // px above a message that was just sent

type QueuedCommand = Exclude<TranscriptCommand, { op: "appearance" }>;

class Transcript {
    private readonly m_list = element("main", "col");
    private readonly m_pill = element("button", "pill btn");
    private readonly m_pillWords = element("span");
    private readonly m_live = element("div", "sr");
    private readonly m_announcer = new Announcer(this.m_live);
    private readonly m_scroll = new ScrollRule(
        () => this.contentEnd(),
        () => this.detached(),
    );
    private readonly m_frames = new FrameLoop(() => this.flush());

    private m_commands: QueuedCommand[] = [];
    private m_older: MessageData[] = []; // of this conversation, not on the page yet; newest last
    private m_views = new Map<string, MessageView>();
    private m_turn: HTMLElement | null = null; // a question and what answers it
    private m_showing: { id: string; index: number } | null = null;
    private m_heightWhenDetached = 0;
    private m_skip = 0; // frames to leave out after one that was over the budget
    private m_settling = false; // another conversation was opened and is still being laid out

    constructor() {
        this.m_list.setAttribute("role", "feed");
        this.m_live.setAttribute("aria-live", "polite");
        this.m_pill.type = "button";
        this.m_pill.hidden = true;
        this.m_pill.append(icon("down", true), this.m_pillWords);
        this.m_pill.addEventListener("click", () => this.m_scroll.attach());
        document.body.append(this.m_list, this.m_pill, this.m_live);
        document.addEventListener("click", (event) => this.click(event));
        new ResizeObserver(() => this.m_scroll.follow()).observe(this.m_list);
    }

    receive(commands: TranscriptCommand[]): void {
        for (const command of commands) {
            if (command.op === "appearance") {
                this.setAppearance(command); // at once: all pages change in the same frame
            } else {
                this.m_commands.push(command);
            }
        }
        this.m_frames.schedule();
    }

    // For tests and "copy everything": what is waiting is shown first.
    text(): string {
        while (this.flush()) {
            // Each call works through another slice.
        }
        return this.m_list.innerText;
    }

    private setAppearance(command: Extract<TranscriptCommand, { op: "appearance" }>): void {
        applyAppearance(command);
        this.m_list.setAttribute("aria-label", tr("conversation"));
        for (const view of this.m_views.values()) {
            view.retranslate();
        }
        this.updatePill();
    }

    // Returns whether something is left for the next frame.
    private flush(): boolean {
        const start = performance.now();
        const inTime = (): boolean => performance.now() - start < kBudget;
        while (this.m_commands.length > 0 && inTime()) {
            this.run(this.m_commands.shift() as QueuedCommand);
        }
        let late = false;
        if (this.m_skip > 0) {
            --this.m_skip;
            late = true;
        } else {
            for (const view of this.m_views.values()) {
                if (view.dirty && !inTime()) {
                    late = true;
                } else if (view.dirty) {
                    this.m_announcer.sentences(view.render());
                }
            }
            this.m_skip = Math.min(8, Math.floor((performance.now() - start) / kBudget));
        }
        while (this.m_older.length > 0 && inTime()) {
            this.addOlder();
        }
        this.m_scroll.follow();
        this.updatePill();
        const more = late || this.m_commands.length > 0 || this.m_older.length > 0;
        this.m_settling = this.m_settling && more;
        return more;
    }

    private run(command: QueuedCommand): void {
        switch (command.op) {
            case "set":
                this.setMessages(command.messages);
                break;
            case "append":
                this.append(command.message);
                break;
            case "truncate":
                this.truncate(command.id);
                break;
            case "markdown":
                this.view(command.id)?.appendMarkdown(command.text);
                break;
            case "artifact":
                this.view(command.id)?.setArtifact(command.index, command.block);
                this.applyShowing();
                break;
            case "showing":
                this.m_showing = command.id === "" ? null : { id: command.id, index: command.index };
                this.applyShowing();
                break;
            case "reading":
                this.view(command.id)?.setReading(command);
                break;
            case "update":
                this.update(command.message);
                break;
        }
    }

    private setMessages(messages: MessageData[]): void {
        this.m_list.replaceChildren();
        this.m_views.clear();
        this.m_turn = null;
        this.m_showing = null;
        this.m_older = [...messages];
        this.m_settling = true;
        this.m_scroll.attach();
        if (this.m_older.length > 0) {
            this.addOlder();
        }
    }

    // The newest message that is not on the page yet goes above those that are.
    private addOlder(): void {
        const data = this.m_older.pop() as MessageData;
        const view = this.addView(data);
        view.render();
        const first = this.m_list.firstElementChild as HTMLElement | null;
        const height = document.documentElement.scrollHeight;
        // A turn is a question and the replies below it, so only its first child can be a question.
        if (first && first.firstElementChild?.classList.contains("reply")) {
            first.prepend(view.root);
        } else {
            const turn = element("div", "turn", view.root);
            this.m_list.prepend(turn);
            this.m_turn ??= turn;
        }
        if (first) {
            const grown = document.documentElement.scrollHeight - height;
            this.m_scroll.scrollTo(window.scrollY + grown); // what is on screen stays there
        }
    }

    private addView(data: MessageData): MessageView {
        const view = new MessageView(data);
        this.m_views.set(data.id, view);
        return view;
    }

    private append(data: MessageData): void {
        const view = this.addView(data);
        view.render();
        if (data.role === "user" || !this.m_turn) {
            this.m_turn?.classList.remove("reserve");
            this.m_turn = element("div", "turn reserve", view.root);
            this.m_list.append(this.m_turn);
            if (data.role === "user") {
                this.m_scroll.attach();
                this.m_scroll.scrollTo(this.m_turn.offsetTop - kTopMargin);
            }
        } else {
            this.m_turn.append(view.root);
        }
        if (view.unfinished) {
            this.m_announcer.now(tr("started"));
        }
    }

    private truncate(id: string): void {
        const kept = this.view(id);
        if (!kept) {
            return;
        }
        // The space stays reserved, so that the top of a new answer does not move.
        const turn = kept.root.parentElement as HTMLElement;
        while (turn.nextElementSibling) {
            turn.nextElementSibling.remove();
        }
        while (kept.root.nextElementSibling) {
            kept.root.nextElementSibling.remove();
        }
        this.m_turn = turn;
        turn.classList.add("reserve");
        for (const [key, view] of this.m_views) {
            if (!view.root.isConnected) {
                this.m_views.delete(key);
            }
        }
    }

    private update(data: MessageData): void {
        const view = this.view(data.id);
        if (!view) {
            return;
        }
        const was = view.data.state;
        view.update(data);
        view.render();
        if (was !== data.state && !view.unfinished) {
            this.m_announcer.now(
                data.state === "failed"
                    ? `${data.error?.title ?? ""} ${data.error?.text ?? ""}`
                    : tr(data.state === "stopped" ? "stopped" : "finished", data.tokens),
            );
        }
    }

    private view(id: string): MessageView | undefined {
        while (!this.m_views.has(id) && this.m_older.length > 0) {
            this.addOlder();
        }
        return this.m_views.get(id);
    }

    private applyShowing(): void {
        for (const [id, view] of this.m_views) {
            view.setShowing(this.m_showing?.id === id ? this.m_showing.index : null);
        }
    }

    private contentEnd(): number {
        const last = this.m_turn?.lastElementChild;
        const bottom = last ? last.getBoundingClientRect().bottom + window.scrollY : 0;
        return Math.ceil(bottom + 20);
    }

    private detached(): void {
        this.m_heightWhenDetached = this.contentEnd();
        this.updatePill();
    }

    private updatePill(): void {
        const below = this.contentEnd() > window.scrollY + window.innerHeight + kLineHeight;
        const grown = Math.round((this.contentEnd() - this.m_heightWhenDetached) / kLineHeight);
        this.m_pill.hidden = this.m_scroll.following || !below || grown < 1 || this.m_settling;
        if (!this.m_pill.hidden) {
            this.m_pillWords.textContent = grown === 1 ? tr("newLine") : tr("newLines", grown);
        }
    }

    private click(event: MouseEvent): void {
        const target = event.target as Element;
        const link = target.closest("a");
        if (link) {
            event.preventDefault();
            const url = link.getAttribute("href") ?? "";
            if (isSafeLink(url)) {
                post("link", { url });
            }
            return;
        }
        const id = target.closest<HTMLElement>("article")?.dataset.id;
        const button = target.closest("button");
        if (!button || id === undefined) {
            return;
        }
        const action = button.dataset.action;
        if (button.dataset.artifact !== undefined) {
            post("artifact", { id, index: Number(button.dataset.artifact) });
        } else if (action === "code-copy") {
            this.copyCode(button);
        } else if (action === "code-wrap") {
            button.closest(".cb")?.classList.toggle("wrapped");
        } else if (action) {
            post("action", { id, action });
        }
    }

    private copyCode(button: HTMLElement): void {
        post("copy", { text: button.closest(".cb")?.querySelector("code")?.textContent ?? "" });
        button.replaceChildren(icon("check"));
        button.classList.add("done");
        setTimeout(() => {
            button.replaceChildren(icon("copy"));
            button.classList.remove("done");
        }, 1200);
    }
}

const transcript = new Transcript();
window.atelier = {
    receive: (commands) => transcript.receive(commands as TranscriptCommand[]),
    text: () => transcript.text(),
};
post("loaded");
requestAnimationFrame(() => setTimeout(() => post("painted"), 0));
