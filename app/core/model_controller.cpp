// SPDX-License-Identifier: MIT
#include "app/core/model_controller.h"

#include "app/core/error_cards.h"
#include "app/storage/settings_file.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>

#include <utility>

namespace atelier {

namespace {

constexpr auto kLastModelKey = "lastModel";

QString stageText(const LoadProgress& progress)
{
    switch (progress.kind) {
    case LoadProgress::Kind::Tokenizer:
        return ModelController::tr("Reading the vocabulary");
    case LoadProgress::Kind::Layer:
        return ModelController::tr("Loading layer %1 of %2")
            .arg(progress.layer)
            .arg(progress.layers);
    case LoadProgress::Kind::Reading:
    case LoadProgress::Kind::Done:
        break;
    }
    return ModelController::tr("Reading the file");
}

} // namespace

ModelController::ModelController(InferenceThread& inference,
    SettingsFile& settings,
    WindowScreen& window,
    QString demoModel,
    QObject* parent)
    : QObject(parent),
      m_inference(inference),
      m_settings(settings),
      m_window(window),
      m_demoModel(std::move(demoModel))
{
    connect(&inference, &InferenceThread::loadProgressed, this, &ModelController::onProgress);
    connect(&inference, &InferenceThread::loaded, this, &ModelController::onLoaded);
    connect(&inference, &InferenceThread::loadFailed, this, &ModelController::onFailed);
}

void ModelController::start(const QString& wanted)
{
    const QString last = m_settings.text(QLatin1String(kLastModelKey));
    if (!wanted.isEmpty()) {
        load(wanted);
    } else if (!last.isEmpty()) {
        load(last);
        m_isRemembered = true;
    } else {
        loadDemo();
    }
}

void ModelController::loadDemo()
{
    if (m_demoModel.isEmpty()) {
        showStatus();
    } else {
        load(m_demoModel);
    }
}

void ModelController::load(const QString& path)
{
    if (m_request != 0) {
        m_inference.stop(std::exchange(m_request, 0));
    }
    m_path = QFileInfo(path).absoluteFilePath();
    m_isRemembered = false;
    m_window.clearError();
    LoadRequest request;
    request.path = QFileInfo(m_path).filesystemAbsoluteFilePath();
    request.options.backend = m_device.toStdString();
    if (!m_cacheFolder.isEmpty()) {
        request.options.cacheFolder = QDir(m_cacheFolder).filesystemAbsolutePath();
    }
    m_request = m_inference.load(request);
    onProgress(m_request, {});
    Q_EMIT loadingChanged(true);
}

void ModelController::reload()
{
    if (!m_path.isEmpty()) {
        load(m_path);
    } else {
        loadDemo();
    }
}

void ModelController::cancel()
{
    if (m_request != 0) {
        m_inference.stop(m_request);
    }
}

void ModelController::act(const QString& action)
{
    if (action == QLatin1String(action::kChooseFile)) {
        m_window.chooseModelFile();
    } else if (action == QLatin1String(action::kShowFolder)) {
        m_window.showInFolder(m_path);
    } else if (action == QLatin1String(action::kLoadAgain)) {
        load(m_path);
    } else if (action == QLatin1String(action::kUseProcessor)) {
        Q_EMIT processorWanted();
    } else if (action == QLatin1String(action::kLoadDemo)) {
        loadDemo();
    }
}

void ModelController::showNoModel()
{
    m_window.showError(noModelCard(!m_demoModel.isEmpty()));
}

void ModelController::onProgress(RequestId request, const LoadProgress& progress)
{
    if (request != m_request) {
        return;
    }
    ModelStatus status;
    status.state = ModelStatus::State::Loading;
    status.name = QFileInfo(m_path).completeBaseName();
    status.stage = stageText(progress);
    status.progress = progress.fraction;
    m_window.setModelStatus(status);
}

void ModelController::onLoaded(RequestId request, const CurrentModel& model)
{
    // It answers now, even when a newer load is under way that will replace it.
    m_model = model;
    m_window.setModelFacts(modelFacts(model));
    if (request != m_request) {
        Q_EMIT modelReady(model);
        return;
    }
    m_request = 0;
    // The demo model is where everyone starts: it is not remembered, so that it may move.
    (void)m_settings.set(QLatin1String(kLastModelKey),
        m_path == QFileInfo(m_demoModel).absoluteFilePath() ? QString() : m_path);
    showStatus();
    Q_EMIT modelReady(model); // first: what waits for it finds it
    Q_EMIT loadingChanged(false);
}

void ModelController::onFailed(RequestId request, const Error& error)
{
    if (request != m_request) {
        return;
    }
    m_request = 0;
    showStatus();
    if (error.code != ErrorCode::Cancelled) {
        m_window.showError(loadErrorCard(m_path, error));
    }
    const bool wasRemembered = std::exchange(m_isRemembered, false);
    Q_EMIT loadFailed(error);
    if (wasRemembered && error.code != ErrorCode::Cancelled && !m_model && !m_demoModel.isEmpty()) {
        // Its file was moved or deleted: the card stays, and the demo model answers meanwhile.
        const ErrorCard card = loadErrorCard(m_path, error);
        loadDemo();
        m_window.showError(card);
        return;
    }
    Q_EMIT loadingChanged(false);
}

void ModelController::showStatus()
{
    ModelStatus status;
    if (m_model) {
        status.state = ModelStatus::State::Ready;
        status.name = QString::fromStdString(m_model->info.name);
        status.precision = QString::fromStdString(m_model->info.quantization);
    }
    m_window.setModelStatus(status);
}

ModelFacts modelFacts(const CurrentModel& model)
{
    const QLocale locale;
    const ModelInfo& info = model.info;
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    const auto count = [&](quint64 value) { return locale.toString(qulonglong(value)); };
    ModelFacts facts;
    const auto row = [&](const QString& label, const QString& value) {
        if (!value.isEmpty()) {
            facts.rows.append({label, value});
        }
    };
    row(ModelController::tr("File"), QFileInfo(text(info.path)).fileName());
    row(ModelController::tr("Precision"), text(info.quantization));
    row(ModelController::tr("Size"), gibibytes(info.fileBytes));
    row(ModelController::tr("Architecture"), text(info.architecture));
    row(ModelController::tr("Parameters"),
        info.parameters >= 1000000000
            ? ModelController::tr("%1 billion")
                  .arg(locale.toString(double(info.parameters) / 1e9, 'f', 1))
            : ModelController::tr("%1 million")
                  .arg(locale.toString(double(info.parameters) / 1e6, 'f', 1)));
    row(ModelController::tr("Layers"), count(info.layers));
    row(ModelController::tr("Context"),
        ModelController::tr("%1 of %2 tokens")
            .arg(count(model.contextTokens), count(info.contextLength)));
    row(ModelController::tr("Context memory"), gibibytes(model.plan.cache));
    row(ModelController::tr("Runs on"),
        info.deviceName.empty() ? text(info.backend) : text(info.deviceName));
    row(ModelController::tr("Kernels"), text(info.kernels));
    row(ModelController::tr("Threads"), info.threads > 0 ? count(info.threads) : QString());
    row(ModelController::tr("License"), text(info.license));
    return facts;
}

} // namespace atelier
