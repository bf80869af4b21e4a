// SPDX-License-Identifier: MIT
// Plain values that the program hands to the widgets and gets back from them.
#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QPair>
#include <QString>
#include <QStringList>

namespace atelier {

/// The model picker button and its loading state.
struct ModelStatus
{
    enum class State { None, Loading, Ready, Failed } state = State::None;
    QString name;        // "Atelier Demo 10M"
    QString precision;   // "Q8_0"
    QString stage;       // translated: "Loading layer 31 of 61"
    double progress = 0; // [0, 1] while loading
};

/// An error card: where it happened, what, why with numbers, what to do.
struct ErrorCard
{
    QString title;
    QString text;
    QString details; // behind "Details", with Copy; may be empty
    QList<QPair<QString, QString>>
        actions;          // id, translated label; the first is the likeliest remedy
    bool caution = false; // ochre instead of cinnabar
};

/// The card at the foot of the sidebar.
struct DeviceStatus
{
    QString name;         // "AMD EPYC 7763"
    qint64 usedBytes = 0; // by everything on the device
    qint64 ownBytes = 0;  // by this program
    qint64 totalBytes = 0;
};

/// What a model can run on. The first one is chosen by the program itself when `chosen` is empty.
struct DeviceChoice
{
    QString id;      // "cpu", "vulkan:1"; never empty
    QString name;    // "GeForce RTX 4090"
    QString detail;  // translated: how it is reached, memory
    QString driver;  // "NVIDIA 550.54"; may be empty
    QString problem; // why it cannot be used; empty: it can
};

struct DeviceChoices
{
    bool known = false; // false: they are being looked for
    QList<DeviceChoice> devices;
    QStringList absent;    // sentences: a backend that has no device here, and why
    QString chosen;        // id; empty: automatic
    QString automaticName; // of the device that is used then
};

struct ContextUsage
{
    int usedTokens = 0;
    int totalTokens = 0;
    int cachedTokens = 0;
};

/// The composer's right side while a reply is written.
struct WritingStatus
{
    enum class State { Idle, LoadingModel, Reading, Writing } state = State::Idle;
    double tokensPerSecond = 0; // mean of the last 2 s
};

/// What the inspector edits. A value equal to the model's default shows no dot.
struct GenerationSettings
{
    double temperature = 0.6;
    double topP = 0.8;
    int topK = 0;
    double minP = 0;
    int maxTokens = 4096;
    qint64 seed = -1; // -1: random
    QString systemPrompt;
    bool operator==(const GenerationSettings&) const = default;
};

/// The inspector's Model section: rows of a translated label and a value.
struct ModelFacts
{
    QList<QPair<QString, QString>> rows;
};

/// The artifact pane's header and strip.
struct ArtifactHeader
{
    QString title;
    QString type; // "SVG"
    enum class Badge { None, Draft, CutOff, Stopped } badge = Badge::None;
    int version = 1;
    int lines = 0;
    qint64 bytes = 0;
};

/// One picture of the film strip.
struct VersionCard
{
    QString key;
    int number = 1;
    QString label;      // translated: what changed
    QString time;       // "14:02"
    QByteArray png;     // a small picture; may be empty
    bool draft = false; // being written
    bool operator==(const VersionCard&) const = default;
};

/// An element of the shown artifact that was clicked.
struct ChosenElement
{
    QString name;          // "button#go.primary"; untrusted: show as plain text
    QString written;       // the tag that `line` and `lastLine` are of
    bool scripted = false; // a script made it, and `written` is the nearest tag of the source
    int line = 0;
    int lastLine = 0;
};

/// What is to become of it.
struct ElementWish
{
    enum class Scope { Element, Alike, Whole };

    ChosenElement element;
    QString quote; // its lines, whole
    QString wish;
    Scope scope = Scope::Element;
};

} // namespace atelier

Q_DECLARE_METATYPE(atelier::GenerationSettings)
