// SPDX-License-Identifier: MIT
#include "app/core/generation_defaults.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace atelier {

namespace {

constexpr int kLongestReply = 1 << 20;

// Chromium 102 draws the artifacts, and a model does not know that by itself.
QString artifactPrompt()
{
    return QStringLiteral(
        "Atelier draws HTML pages and SVG pictures live while you write them. When a picture or a "
        "page is asked for, answer with one complete document in a block fenced as svg or html. "
        "Pages run offline in Chromium 102: plain CSS and JavaScript or Tailwind 3 work; Tailwind "
        "4, CSS nesting, :has() and container queries do not.");
}

bool contains(const std::string& text, const char* part)
{
    return QString::fromStdString(text).contains(QLatin1String(part), Qt::CaseInsensitive);
}

} // namespace

bool isDemoModel(const ModelInfo& model)
{
    return contains(model.name, "atelier demo");
}

GenerationSettings defaultSettings(const ModelInfo& model)
{
    GenerationSettings settings; // GLM-4: temperature 0.6, top p 0.8
    if (isDemoModel(model)) {
        // So small a model only stays on its path when it does not wander, and it was trained
        // without a system prompt most of the time.
        settings.temperature = 0.2;
        settings.maxTokens = 1024;
        return settings;
    }
    settings.systemPrompt = artifactPrompt();
    if (contains(model.name, "z1") || contains(model.path, "z1")) {
        settings.topP = 0.95;
        settings.topK = 40;
        settings.maxTokens = 30000;
    }
    return settings;
}

QString settingsToJson(const GenerationSettings& settings, const GenerationSettings& defaults)
{
    QJsonObject changed;
    const auto note = [&](const char* key, const auto& value, const auto& standard) {
        if (value != standard) {
            changed.insert(QLatin1String(key), QJsonValue(value));
        }
    };
    note("temperature", settings.temperature, defaults.temperature);
    note("topP", settings.topP, defaults.topP);
    note("topK", settings.topK, defaults.topK);
    note("minP", settings.minP, defaults.minP);
    note("maxTokens", settings.maxTokens, defaults.maxTokens);
    note("systemPrompt", settings.systemPrompt, defaults.systemPrompt);
    // A seed has 63 bits and JSON numbers have 53: as text nothing is lost.
    note("seed", QString::number(settings.seed), QString::number(defaults.seed));
    return changed.isEmpty()
               ? QString()
               : QString::fromUtf8(QJsonDocument(changed).toJson(QJsonDocument::Compact));
}

GenerationSettings settingsFromJson(const QString& json, const GenerationSettings& defaults)
{
    const QJsonObject changed = QJsonDocument::fromJson(json.toUtf8()).object();
    const auto number = [&](const char* key, double standard, double least, double most) {
        return std::clamp(changed.value(QLatin1String(key)).toDouble(standard), least, most);
    };
    GenerationSettings settings = defaults;
    settings.temperature = number("temperature", defaults.temperature, 0, 5);
    settings.topP = number("topP", defaults.topP, 0, 1);
    settings.topK = int(number("topK", defaults.topK, 0, 1 << 20));
    settings.minP = number("minP", defaults.minP, 0, 1);
    settings.maxTokens = int(number("maxTokens", defaults.maxTokens, 1, kLongestReply));
    settings.systemPrompt =
        changed.value(QLatin1String("systemPrompt")).toString(defaults.systemPrompt);
    bool isNumber = false;
    const qint64 seed = changed.value(QLatin1String("seed")).toString().toLongLong(&isNumber);
    settings.seed = isNumber ? std::max<qint64>(seed, -1) : defaults.seed;
    return settings;
}

SamplingOptions samplingOptions(const GenerationSettings& settings)
{
    SamplingOptions options;
    options.temperature = float(settings.temperature);
    options.topP = float(settings.topP);
    options.topK = settings.topK;
    options.minP = float(settings.minP);
    if (settings.seed >= 0) {
        options.seed = uint64_t(settings.seed);
    }
    return options;
}

} // namespace atelier
