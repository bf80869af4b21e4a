// SPDX-License-Identifier: MIT
#include "app/command_line.h"

#include <QRegularExpression>

namespace atelier {

namespace {

constexpr int kSmallest = 200;
constexpr int kLargest = 8192;

Error wrongUse(const QString& what)
{
    return {ErrorCode::InvalidUse, what.toStdString()};
}

Result<QSize> parseSize(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("^(\\d{1,5})x(\\d{1,5})$"));
    const QRegularExpressionMatch match = pattern.match(text);
    const QSize size(match.captured(1).toInt(), match.captured(2).toInt());
    const bool fits = size.width() >= kSmallest && size.width() <= kLargest &&
                      size.height() >= kSmallest && size.height() <= kLargest;
    if (!match.hasMatch() || !fits) {
        return wrongUse(
            QStringLiteral("--size needs WIDTHxHEIGHT from %1 to %2, as in 1440x900; \"%3\" "
                           "is not.")
                .arg(kSmallest)
                .arg(kLargest)
                .arg(text));
    }
    return size;
}

// The value, or an error that names the choices.
Result<QString> oneOf(const QString& option, const QString& value, const QStringList& choices)
{
    if (choices.contains(value)) {
        return value;
    }
    return wrongUse(QStringLiteral("%1 is one of %2, not \"%3\".")
                        .arg(option, choices.join(QStringLiteral(", ")), value));
}

class Parser
{
public:
    Result<CommandLine> parse(const QStringList& arguments);

private:
    Status takeFlag(const QString& name);
    Status takeOption(const QString& name, const QString& value);
    Status setFile(const QString& file);
    Status setMode(CommandLine::Mode mode);
    Status checkTogether() const;

    CommandLine m_line;
    QString m_screenshot;
    bool m_hasSize = false;
    bool m_hasWhen = false;
};

const QStringList kFlags = {QStringLiteral("--headless"),
    QStringLiteral("--no-web-sandbox"),
    QStringLiteral("--help"),
    QStringLiteral("-h"),
    QStringLiteral("--version")};

Status Parser::setFile(const QString& file)
{
    if (!m_line.file.isEmpty()) {
        return wrongUse(QStringLiteral("Only one model can be loaded: \"%1\" or \"%2\".")
                            .arg(m_line.file, file));
    }
    m_line.file = file;
    return Done{};
}

Status Parser::setMode(CommandLine::Mode mode)
{
    using Mode = CommandLine::Mode;
    if (m_line.mode == Mode::Help || m_line.mode == Mode::Version) {
        return Done{}; // asked for before: nothing else matters
    }
    const bool isHelp = mode == Mode::Help || mode == Mode::Version;
    if (!isHelp && m_line.mode != Mode::Window && m_line.mode != mode) {
        return wrongUse(QStringLiteral("--headless and --screenshot-window exclude each other."));
    }
    m_line.mode = mode;
    return Done{};
}

Status Parser::takeFlag(const QString& name)
{
    using Mode = CommandLine::Mode;
    if (name == QLatin1String("--headless")) {
        return setMode(Mode::Headless);
    }
    if (name == QLatin1String("--no-web-sandbox")) {
        m_line.noWebSandbox = true;
        return Done{};
    }
    return setMode(name == QLatin1String("--version") ? Mode::Version : Mode::Help);
}

Status Parser::takeOption(const QString& name, const QString& value)
{
    const auto choose = [&](QString& target, const QStringList& choices) -> Status {
        const auto chosen = oneOf(name, value, choices);
        if (!chosen) {
            return chosen.error();
        }
        target = value;
        return Done{};
    };
    if (name == QLatin1String("--prompt")) {
        m_line.prompts << value;
    } else if (name == QLatin1String("--screenshot")) {
        m_screenshot = value;
    } else if (name == QLatin1String("--model")) {
        return setFile(value);
    } else if (name == QLatin1String("--backend")) {
        static const QRegularExpression pattern(
            QStringLiteral("^(auto|cpu|(vulkan|cuda)(:\\d{1,3})?)$"));
        if (!pattern.match(value).hasMatch()) {
            return wrongUse(
                QStringLiteral("--backend is auto, cpu, vulkan or cuda, with the number "
                               "of a device as in vulkan:1; \"%1\" is not.")
                    .arg(value));
        }
        m_line.device = value;
    } else if (name == QLatin1String("--data-dir")) {
        m_line.dataFolder = value;
    } else if (name == QLatin1String("--screenshot-window")) {
        m_line.picture = value;
        return setMode(CommandLine::Mode::WindowPicture);
    } else if (name == QLatin1String("--lang")) {
        return choose(m_line.language, {QStringLiteral("en"), QStringLiteral("zh-CN")});
    } else if (name == QLatin1String("--theme")) {
        return choose(m_line.theme, {QStringLiteral("light"), QStringLiteral("dark")});
    } else if (name == QLatin1String("--when")) {
        m_hasWhen = true;
        QString when;
        const Status chosen = choose(when, {QStringLiteral("streaming"), QStringLiteral("done")});
        m_line.when = when == QLatin1String("streaming") ? CommandLine::When::Streaming
                                                         : CommandLine::When::Done;
        return chosen;
    } else if (name == QLatin1String("--size")) {
        m_hasSize = true;
        const auto size = parseSize(value);
        if (!size) {
            return size.error();
        }
        m_line.size = size.value();
    } else {
        return wrongUse(QStringLiteral("There is no option \"%1\".").arg(name));
    }
    return Done{};
}

Status Parser::checkTogether() const
{
    using Mode = CommandLine::Mode;
    if (m_line.mode == Mode::Help || m_line.mode == Mode::Version) {
        return Done{};
    }
    if (!m_screenshot.isEmpty() && m_line.mode != Mode::Headless) {
        return wrongUse(QStringLiteral("--screenshot belongs to --headless."));
    }
    if (m_line.mode == Mode::Headless && (m_line.prompts.size() != 1 || m_screenshot.isEmpty())) {
        return wrongUse(
            QStringLiteral("--headless needs one --prompt TEXT and --screenshot FILE."));
    }
    if (m_line.mode == Mode::Window && !m_line.prompts.isEmpty()) {
        return wrongUse(QStringLiteral("--prompt needs --headless or --screenshot-window."));
    }
    if (m_line.mode != Mode::WindowPicture && (m_hasSize || m_hasWhen)) {
        return wrongUse(QStringLiteral("--size and --when belong to --screenshot-window."));
    }
    if (m_line.when == CommandLine::When::Streaming && m_line.prompts.isEmpty()) {
        return wrongUse(QStringLiteral("--when streaming needs --prompt TEXT."));
    }
    return Done{};
}

Result<CommandLine> Parser::parse(const QStringList& arguments)
{
    bool onlyFiles = false;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString& argument = arguments[i];
        Status done = Done{};
        if (onlyFiles || !argument.startsWith(QLatin1Char('-'))) {
            done = setFile(argument);
        } else if (argument == QLatin1String("--")) {
            onlyFiles = true;
        } else if (kFlags.contains(argument)) {
            done = takeFlag(argument);
        } else {
            const QString name = argument.section(QLatin1Char('='), 0, 0);
            QString value = argument.mid(name.size() + 1); // --name=value
            if (name == argument && i + 1 < arguments.size()) {
                value = arguments[++i];
            }
            done = takeOption(name, value);
            if (done && value.trimmed().isEmpty()) {
                done = wrongUse(QStringLiteral("%1 needs a value.").arg(name));
            }
        }
        if (!done) {
            return done.error();
        }
    }
    if (const Status together = checkTogether(); !together) {
        return together.error();
    }
    if (!m_screenshot.isEmpty()) {
        m_line.picture = m_screenshot;
    }
    return m_line;
}

} // namespace

QString usageText()
{
    return QStringLiteral(
        "Usage: atelier [FILE] [options]\n"
        "       atelier --headless --prompt TEXT --screenshot FILE [--model FILE]\n"
        "\n"
        "FILE is a model (GGUF) to load; without one the last model, or the demo model, is "
        "loaded.\n"
        "\n"
        "  --backend B          run on auto, cpu, vulkan or cuda, or on one of its devices "
        "(vulkan:1),\n"
        "                       this time; the device card in the window chooses for good\n"
        "  --data-dir FOLDER    keep chats and settings there instead of the usual place\n"
        "  --lang en|zh-CN      language of the interface; otherwise the system's\n"
        "  --theme light|dark   colors; otherwise the system's\n"
        "  --no-web-sandbox     let pages run where Chromium's sandbox cannot work (root, "
        "containers);\n"
        "                       do not open artifacts you do not trust this way\n"
        "  --help, --version\n"
        "\n"
        "Without a window:\n"
        "  --headless           stream one reply to the terminal, draw its artifact off screen, "
        "write the\n"
        "                       picture and print its path; greedy; exits 0 when the artifact was "
        "drawn\n"
        "  --prompt TEXT        what to ask\n"
        "  --screenshot FILE    where the picture (PNG) goes\n"
        "  --model FILE         a model to load instead of the demo model\n"
        "\n"
        "For developers:\n"
        "  --screenshot-window FILE   open the window, save a picture of all of it, and quit\n"
        "  --size WIDTHxHEIGHT        of that window (1440x900)\n"
        "  --prompt TEXT              send this first; may be given several times\n"
        "  --when streaming|done      take it while the last artifact is written, or when it is "
        "drawn\n");
}

Result<CommandLine> parseCommandLine(const QStringList& arguments)
{
    return Parser().parse(arguments);
}

} // namespace atelier
