// SPDX-License-Identifier: MIT
#include "engine/api/loaded_model.h"

#include "engine/api/describe_model.h"
#include "engine/api/guarded.h"
#include "engine/api/load_devices.h"
#include "engine/api/model_hash.h"
#include "engine/backends/backend_list.h"
#include "engine/base/cpu_features.h"
#include "engine/base/text.h"
#include "engine/model/network_list.h"
#include "engine/quantize/quantized_file.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace atelier {

namespace {

// Shares of the progress bar: tensors are most of the work, then the vocabulary.
constexpr double kReadingEnds = 0.02;
constexpr double kTokenizerEnds = 0.15;

Error cancelled()
{
    return Error{ErrorCode::Cancelled, "Loading was stopped."};
}

Result<IsaCap> isaCap(std::string_view name)
{
    constexpr std::pair<std::string_view, IsaCap> kCaps[] = {
        {"", IsaCap::None},
        {"portable", IsaCap::Portable},
        {"avx2", IsaCap::Avx2},
        {"avx512", IsaCap::Avx512},
        {"amx", IsaCap::Amx},
    };
    for (const auto& [capName, cap] : kCaps) {
        if (capName == name) {
            return cap;
        }
    }
    return Error{ErrorCode::InvalidUse,
        "There is no instruction set called " + shownName(name) +
            "; write portable, avx2, avx512 or amx."};
}

std::function<uint64_t()> freeMemoryOf(const Backend& backend)
{
    const Capabilities& device = backend.capabilities();
    if (device.hostVisibleMemory) {
        return [] { return readHostMemory().availableBytes; };
    }
    return [bytes = device.availableMemoryBytes] { return uint64_t(bytes); };
}

} // namespace

// Reports at most every 10 ms, and never goes back.
class LoadedModel::Progress
{
public:
    explicit Progress(const std::function<void(const LoadProgress&)>& report) : m_report(report) {}

    void stage(LoadProgress::Kind kind, std::string text, double fraction)
    {
        report({std::move(text), kind, 0, 0, fraction});
    }

    void layer(uint32_t layer, uint32_t layers, double fraction)
    {
        const auto now = std::chrono::steady_clock::now();
        if (now - m_last < std::chrono::milliseconds(10)) {
            return;
        }
        report({"Preparing layer " + std::to_string(layer) + " of " + std::to_string(layers),
            LoadProgress::Kind::Layer,
            layer,
            layers,
            fraction});
    }

private:
    void report(const LoadProgress& progress)
    {
        m_last = std::chrono::steady_clock::now();
        if (m_report) {
            m_report(progress);
        }
    }

    const std::function<void(const LoadProgress&)>& m_report;
    std::chrono::steady_clock::time_point m_last;
};

Result<std::shared_ptr<Model>> Model::load(const std::filesystem::path& path,
    const LoadOptions& options,
    const std::function<void(const LoadProgress&)>& onProgress,
    std::stop_token stop)
{
    return guarded([&]() -> Result<std::shared_ptr<Model>> {
        const auto isa = isaCap(options.isa);
        if (!isa) {
            return isa.error();
        }
        if (onProgress) {
            onProgress({"Reading", LoadProgress::Kind::Reading, 0, 0, 0.0});
        }
        auto file = openModel(path);
        if (!file) {
            return file.error();
        }
        if (!options.quantize.empty()) {
            file = quantizeWhileLoading(file.take(), options.quantize, options.threads);
            if (!file) {
                return file.error();
            }
        }
        auto backend = createDevices(*file.value(), options, isa.value());
        if (!backend) {
            return backend.error();
        }
        auto freeMemory = freeMemoryOf(*backend.value());
        return LoadedModel::load(
            {file.take(), backend.take(), std::move(freeMemory), options.exact}, onProgress, stop);
    });
}

Result<std::shared_ptr<Model>> LoadedModel::load(LoadParts parts,
    const std::function<void(const LoadProgress&)>& onProgress,
    std::stop_token stop)
{
    Progress progress(onProgress);
    std::shared_ptr<LoadedModel> model(new LoadedModel(std::move(parts)));
    model->m_heldBytes.resize(std::max<size_t>(1, model->m_backend->shares().size()));
    auto hyper = readHyperparameters(*model->m_file);
    if (!hyper) {
        return hyper.error();
    }
    model->m_hyper = hyper.take();
    auto network = createNetwork(model->m_hyper, model->m_weights);
    if (!network) {
        return network.error();
    }
    model->m_network = network.take();
    // Before anything large is allocated or read.
    if (const Status fits = checkPlan(model->plan({})); !fits) {
        return fits.error();
    }
    if (stop.stop_requested()) {
        return cancelled();
    }
    progress.stage(LoadProgress::Kind::Tokenizer, "Reading the vocabulary", kReadingEnds);
    if (const Status read = model->readTokenizer(); !read) {
        return read.error();
    }
    if (const Status prepared = model->prepareWeights(progress, stop); !prepared) {
        return prepared.error();
    }
    const Capabilities& device = model->m_backend->capabilities();
    model->m_info = describeModel(*model->m_file, model->m_hyper);
    model->m_info.backend = std::string(model->m_backend->name());
    model->m_info.deviceName = device.deviceName;
    model->m_info.kernels = device.kernels;
    model->m_info.threads = device.threads;
    const PromptFormat& format = *model->m_promptFormat;
    model->m_info.promptFormat = std::string(chatFamilyName(format.family()));
    model->m_info.promptNote = format.note();
    for (const std::string_view tool : ownTools(format.family())) {
        model->m_info.ownTools.emplace_back(tool);
    }
    progress.stage(LoadProgress::Kind::Done, "Done", 1.0);
    return std::shared_ptr<Model>(std::move(model));
}

DeviceMemory LoadedModel::deviceMemory() const
{
    return {m_backend->capabilities().totalMemoryBytes, m_backend->availableMemoryBytes()};
}

Status LoadedModel::readTokenizer()
{
    auto tokenizer = Tokenizer::create(*m_file);
    if (!tokenizer) {
        return tokenizer.error();
    }
    m_tokenizer = tokenizer.take();
    m_promptFormat = PromptFormat::create(*m_file, *m_tokenizer);
    const auto tokens = uint32_t(std::max(m_tokenizer->vocabSize(), 0));
    if (tokens > m_hyper.vocab) {
        return Error{ErrorCode::InvalidFormat,
            "The vocabulary has " + grouped(tokens) + " tokens, but the embedding only " +
                grouped(m_hyper.vocab) + " rows."};
    }
    for (uint32_t id = 0; id < m_hyper.vocab; ++id) {
        if (id >= tokens || m_tokenizer->isPadding(int32_t(id))) {
            m_forbidden.push_back(int32_t(id));
        }
    }
    return Done{};
}

Status LoadedModel::prepareWeights(Progress& progress, std::stop_token stop)
{
    const auto entries = m_weights.entries();
    uint64_t total = 1;
    for (const WeightTable::Entry& entry : entries) {
        total += entry.source.bytes.size();
    }
    uint64_t done = 0;
    for (size_t i = 0; i < entries.size(); ++i) {
        if (stop.stop_requested()) {
            return cancelled();
        }
        const double share = double(done) / double(total);
        progress.layer(uint32_t(entries[i].layer + 1),
            m_hyper.layers,
            kTokenizerEnds + (1.0 - kTokenizerEnds) * share);
        if (const Status prepared = m_weights.prepare(i, *m_backend, stop); !prepared) {
            return prepared;
        }
        done += entries[i].source.bytes.size();
        m_heldBytes[m_backend->shareOf(entries[i].source)] +=
            m_weights.weight(WeightId(i))->allocatedBytes() + entries[i].heldBytes;
    }
    return Done{};
}

MemoryPlan LoadedModel::plan(const SessionOptions& options, uint64_t freed) const
{
    // Memory of a host shrinks as weights are copied; what a device reports was read before that.
    const auto available = [&](const Backend& device, uint64_t free, uint64_t back, size_t index) {
        const bool held = device.capabilities().hostVisibleMemory && free > 0;
        return held ? free + back + m_heldBytes[index] : free;
    };
    const auto shares = m_backend->shares();
    std::vector<uint64_t> bytes;
    if (shares.empty()) {
        bytes.push_back(available(*m_backend, freeMemory(), freed, 0));
    }
    for (size_t i = 0; i < shares.size(); ++i) {
        const Backend& device = *shares[i].backend;
        const uint64_t back = freed * shares[i].layers / m_hyper.layers;
        bytes.push_back(available(device, freeMemoryOf(device)(), back, i));
    }
    return planMemory(*m_backend, m_weights, m_hyper, options, bytes, m_exact);
}

std::shared_ptr<const TokenTrie> LoadedModel::tokenTrie() const
{
    std::call_once(m_trieOnce, [this] { m_trie = TokenTrie::create(*m_tokenizer); });
    return m_trie;
}

uint64_t LoadedModel::hash() const
{
    std::call_once(m_hashOnce, [this] { m_hash = modelHash(*m_file); });
    return m_hash;
}

} // namespace atelier
