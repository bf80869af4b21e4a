// SPDX-License-Identifier: MIT
#include "app/inference/engine_factory.h"

#include <utility>

namespace atelier {

Result<std::unique_ptr<LoadedEngine>> NativeEngineFactory::open(const std::filesystem::path& path,
    const LoadOptions& load,
    const SessionOptions& session,
    const std::function<void(const LoadProgress&)>& onProgress,
    std::stop_token stop)
{
    auto model = Model::load(path, load, onProgress, stop);
    if (!model) {
        return model.error();
    }
    auto engine = std::make_unique<LoadedEngine>();
    engine->info = model.value()->info();
    engine->deviceMemory = [loaded = std::weak_ptr<Model>(model.value())] {
        const auto held = loaded.lock();
        return held ? held->deviceMemory() : DeviceMemory{};
    };
    auto created = Session::create(model.value(), session);
    if (!created) {
        return created.error();
    }
    engine->session = created.take();
    SessionOptions actual = session;
    actual.contextTokens = engine->session->contextTokens();
    engine->plan = model.value()->plan(actual);
    if (stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, "Loading was cancelled."};
    }
    return engine;
}

} // namespace atelier
