// SPDX-License-Identifier: MIT
// Which model answers: loading with progress, cancelling, what to say when it fails.
#pragma once

#include "app/core/screens.h"
#include "app/inference/inference_thread.h"

#include <QObject>
#include <QString>

#include <optional>

namespace atelier {

class SettingsFile;

/// A load that fails or is cancelled leaves the model before it in place.
///
/// Everything handed in outlives it. Owner: Studio. Threads: GUI thread only.
class ModelController final : public QObject
{
    Q_OBJECT

public:
    /// `demoModel`: the bundled one; empty when it is missing.
    ModelController(InferenceThread& inference,
        SettingsFile& settings,
        WindowScreen& window,
        QString demoModel,
        QObject* parent = nullptr);

    /// `wanted` from the command line, else the last one that loaded, else the demo model.
    void start(const QString& wanted);

    /// What the next load runs on, as LoadOptions::backend; empty: automatic.
    void setDevice(const QString& device) { m_device = device; }
    /// LoadOptions::cacheFolder of all loads.
    void setCacheFolder(const QString& folder) { m_cacheFolder = folder; }

    void load(const QString& path);
    void reload(); // the model that answers now, or the one that failed to load
    void loadDemo();
    void cancel();
    void act(const QString& action); // of the error card
    void showNoModel();

    bool isLoading() const { return m_request != 0; }
    const std::optional<CurrentModel>& model() const { return m_model; }

Q_SIGNALS:
    void loadingChanged(bool loading);
    void modelReady(const atelier::CurrentModel& model);
    void loadFailed(const atelier::Error& error); // also when cancelled
    void processorWanted();                       // instead of the device that was chosen

private:
    void onProgress(RequestId request, const LoadProgress& progress);
    void onLoaded(RequestId request, const CurrentModel& model);
    void onFailed(RequestId request, const Error& error);
    void showStatus();

    InferenceThread& m_inference;
    SettingsFile& m_settings;
    WindowScreen& m_window;
    QString m_demoModel;
    QString m_device;
    QString m_cacheFolder;
    RequestId m_request = 0;     // the load that counts; 0: none
    QString m_path;              // of that load, or of the last one that failed
    bool m_isRemembered = false; // that load was of the remembered model
    QString m_remember;          // settings value to write once the load succeeded
    std::optional<CurrentModel> m_model;
};

/// The inspector's Model section.
ModelFacts modelFacts(const CurrentModel& model);

} // namespace atelier
