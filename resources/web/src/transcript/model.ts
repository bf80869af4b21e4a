// SPDX-License-Identifier: MIT
// What the widget sends (renderers/transcript_view.cpp writes it).

import type { Appearance } from "../shared/appearance";

export type MessageState =
    | "queued"
    | "reading"
    | "writing"
    | "done"
    | "stopped"
    | "cutOff"
    | "failed";

export interface MarkdownBlockData {
    type: "markdown";
    markdown: string;
}

export interface ArtifactData {
    type: "artifact";
    kind: string; // "HTML", "SVG", "Python": as renderers/artifact_kind.cpp names it
    state: "draft" | "complete" | "cutOff" | "stopped";
    title: string;
    lines: number;
    bytes: number;
    version: number;
    thumbnail: string; // data: URL of a PNG, or empty
}

export type BlockData = MarkdownBlockData | ArtifactData;

export interface MessageData {
    id: string;
    role: "user" | "assistant";
    state: MessageState;
    blocks: BlockData[];
    tokens: number;
    tokensPerSecond: number;
    seconds: number;
    branch: number;
    branches: number;
    error: { title: string; text: string; actions: { id: string; label: string }[] } | null;
}

export type TranscriptCommand =
    | ({ op: "appearance" } & Appearance)
    | { op: "set"; messages: MessageData[] }
    | { op: "append"; message: MessageData }
    | { op: "truncate"; id: string }
    | { op: "markdown"; id: string; text: string }
    | { op: "artifact"; id: string; index: number; block: ArtifactData }
    | { op: "showing"; id: string; index: number }
    | { op: "reading"; id: string; done: number; total: number; left: number }
    | { op: "update"; message: MessageData };
