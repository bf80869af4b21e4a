// SPDX-License-Identifier: MIT
#include "tests/ui/sample_window.h"

#include "ui/artifacts/artifact_pane.h"
#include "ui/roles.h"

namespace atelier {

SampleChats::SampleChats(bool chinese, QObject* parent) : QAbstractListModel(parent)
{
    const QString today = chinese ? QStringLiteral("今天") : QStringLiteral("Today");
    const QString yesterday = chinese ? QStringLiteral("昨天") : QStringLiteral("Yesterday");
    const QString week = chinese ? QStringLiteral("过去 7 天") : QStringLiteral("Previous 7 days");
    const QStringList titles = chinese ? QStringList{QStringLiteral("江南烟雨"),
                                             QStringLiteral("十一月的月相"),
                                             QStringLiteral("2025 年家庭用电分析"),
                                             QStringLiteral("哪些河道最先淤塞？"),
                                             QStringLiteral("身份证号校验的正则"),
                                             QStringLiteral("CMake 目标批量改名"),
                                             QStringLiteral("茶馆官网首页"),
                                             QStringLiteral("旋转位置编码是怎么回事"),
                                             QStringLiteral("论文摘要第二稿")}
                                       : QStringList{QStringLiteral("Misty Jiangnan in the rain"),
                                             QStringLiteral("Moon phases for November"),
                                             QStringLiteral("Household energy, 2025"),
                                             QStringLiteral("Which rivers silted up first?"),
                                             QStringLiteral("Regex for GB 11643 numbers"),
                                             QStringLiteral("Rename build targets in CMake"),
                                             QStringLiteral("Tea shop landing page"),
                                             QStringLiteral("Explain rotary embeddings"),
                                             QStringLiteral("Thesis abstract, second pass")};
    for (qsizetype i = 0; i < titles.size(); ++i)
        m_chats.append({QStringLiteral("chat-%1").arg(i),
            titles[i],
            i < 3   ? today
            : i < 6 ? yesterday
                    : week,
            false});
}

void SampleChats::insert(int row, const Chat& chat)
{
    beginInsertRows({}, row, row);
    m_chats.insert(row, chat);
    endInsertRows();
}

void SampleChats::remove(int row)
{
    beginRemoveRows({}, row, row);
    m_chats.removeAt(row);
    endRemoveRows();
}

void SampleChats::setBusy(int row, bool busy)
{
    m_chats[row].busy = busy;
    Q_EMIT dataChanged(index(row), index(row), {ChatBusyRole});
}

int SampleChats::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_chats.size());
}

QVariant SampleChats::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Chat& chat = m_chats[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return chat.title;
    case ChatIdRole:
        return chat.id;
    case ChatGroupRole:
        return chat.group;
    case ChatBusyRole:
        return chat.busy;
    default:
        return {};
    }
}

ModelStatus readyModel()
{
    ModelStatus status;
    status.state = ModelStatus::State::Ready;
    status.name = QStringLiteral("GLM-4-32B-0414");
    status.precision = QStringLiteral("Q4_K_M");
    return status;
}

ModelStatus loadingModel()
{
    ModelStatus status = readyModel();
    status.state = ModelStatus::State::Loading;
    status.stage = QStringLiteral("Loading layer 31 of 61");
    status.progress = 0.5;
    return status;
}

void fillWindow(MainWindow& window, SampleChats& chats)
{
    window.setChatModel(&chats);
    window.setCurrentChat(chats.chats().constFirst().id);
    window.setModelStatus(readyModel());
    window.setContextUsage({6349, 32768, 5800});
    constexpr qint64 kGiB = 1024LL * 1024 * 1024;
    window.setDeviceStatus(
        {QStringLiteral("GeForce RTX 4090"), 21 * kGiB + kGiB * 4 / 10, 20 * kGiB, 24 * kGiB});
    ModelFacts facts;
    facts.rows = {{QStringLiteral("File"), QStringLiteral("GLM-4-32B-0414-Q4_K_M.gguf")},
        {QStringLiteral("Precision"), QStringLiteral("Q4_K_M")},
        {QStringLiteral("Layers"), QStringLiteral("61")},
        {QStringLiteral("Context"), QStringLiteral("32,768 tokens")}};
    window.setModelFacts(facts);
    GenerationSettings settings;
    settings.systemPrompt = QStringLiteral("You are Atelier, a local assistant.");
    window.setSettings(settings, settings);
    window.setEmptyChat(false);
    ArtifactHeader header;
    header.title = QStringLiteral("Misty Jiangnan");
    header.type = QStringLiteral("SVG");
    header.version = 3;
    header.lines = 412;
    header.bytes = 51200;
    window.artifactPane().setHeader(header);
}

} // namespace atelier
