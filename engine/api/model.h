// SPDX-License-Identifier: MIT
// What app/ sees of the engine: open a model, hold a session, generate. No tensor in sight.
//
//   auto model = Model::load(path, {}, onProgress, stop);
//   auto session = Session::create(model.value(), {});
//   session.value()->generate(request, onEvent, stop);
#pragma once

#include "engine/api/generation.h"
#include "engine/api/model_info.h"
#include "engine/api/session_options.h"
#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace atelier {

class Tokenizer;

struct LoadOptions
{
    // "cpu", "vulkan:1"; empty or "auto": the best there is; several, "vulkan:0,vulkan:1", share
    // out the layers by their memory
    std::string backend;
    // How many layers, the last ones, are computed there; the processor has the others. Nothing:
    // all of them.
    std::optional<uint32_t> gpuLayers;
    uint32_t threads = 0; // 0: physical cores
    std::string isa;      // cap for the CPU: "portable", "avx2", "avx512", "amx"; empty: none
    std::string quantize; // "Q8_0", any mix of atelier-cli quantize: in memory; empty: as stored
    bool exact = false;   // do not round activations in quantized matrix products
    // Where devices may keep what they would have to make anew each time, such as compiled shaders;
    // it may be deleted at any time. Empty: nowhere.
    std::filesystem::path cacheFolder = {};
};

struct LoadProgress
{
    std::string
        stage; // "Reading", "Preparing layer 31 of 61": English; the app translates by `kind`
    enum class Kind : uint8_t { Reading, Tokenizer, Layer, Done } kind = Kind::Reading;
    uint32_t layer = 0; // of `layers`, for Kind::Layer
    uint32_t layers = 0;
    double fraction = 0; // [0, 1], never decreasing
};

// Of the device that a model computes on, now.
struct DeviceMemory
{
    uint64_t totalBytes = 0;
    uint64_t availableBytes = 0;
};

// A loaded model. Immutable; shared by its sessions, which take turns on its backend.
//
// Threads: thread-safe.
class Model
{
public:
    virtual ~Model() = default;

    // Maps and prepares the weights. `onProgress` is called on this thread, at most about every
    // 10 ms. Refuses with OutOfMemory and numbers before allocating what will not fit.
    static Result<std::shared_ptr<Model>> load(const std::filesystem::path& path,
        const LoadOptions& options,
        const std::function<void(const LoadProgress&)>& onProgress,
        std::stop_token stop);

    virtual const ModelInfo& info() const = 0;
    virtual const Tokenizer& tokenizer() const = 0;

    // What a session with these options will allocate, on top of what the model already holds.
    virtual MemoryPlan plan(const SessionOptions& options) const = 0;

    virtual DeviceMemory deviceMemory() const = 0;
};

// One conversation's state: the KV cache and the exact tokens in it.
//
// Owner:   holds its Model alive.
// Threads: one thread at a time.
class Session
{
public:
    virtual ~Session() = default;

    static Result<std::unique_ptr<Session>> create(
        std::shared_ptr<Model> model, const SessionOptions& options);

    // Reads the prompt (reusing the longest common prefix with what is cached) and writes a reply.
    // Blocks; `onEvent` is called on this thread, in order. Asking `stop` to stop is no error: it
    // ends with FinishReason::Stopped within 50 ms, and what was written stays valid for reuse.
    // ContextFull when the prompt leaves no room for a single token (GenerationRequest::whenFull).
    virtual Result<GenerationStats> generate(const GenerationRequest& request,
        const std::function<void(const Event&)>& onEvent,
        std::stop_token stop) = 0;

    // Logits of every given token, one prefill from an empty cache: [tokens, vocab] row-major.
    // For tests and `atelier-cli logits`.
    virtual Result<std::vector<float>> logits(
        std::span<const int32_t> tokens, std::stop_token stop) = 0;

    virtual uint32_t contextTokens() const = 0;
    virtual uint32_t cachedTokens() const = 0;
    // The exact tokens in the cache, slot by slot. Valid until the session is used again.
    virtual std::span<const int32_t> tokens() const = 0;
    // The factor of YaRN that positions are computed with; 1 without.
    virtual double yarnFactor() const = 0;

    // Tokens that `messages` would take as a prompt. Cheap: no computation on the device.
    virtual Result<uint32_t> countPrompt(std::span<const Message> messages) const = 0;

    // Forgets everything cached. With YarnMode::Auto, plain positions again.
    virtual void clear() = 0;

    // Writes cache and tokens to a file that replaces `path` when it is complete
    // (session_file.h); stopping it or a full disk leaves the old file.
    virtual Status save(const std::filesystem::path& path, std::stop_token stop) = 0;
    // Takes over what save() wrote: the next logits are bit by bit the ones the saved session
    // would have computed. Model, RoPE settings and cache type must be the same; with
    // YarnMode::Auto the factor is taken over. A file that is damaged or does not match is an
    // error that changes nothing.
    virtual Status restore(const std::filesystem::path& path, std::stop_token stop) = 0;

    // A second session with a copy of the first `tokens` cached tokens (fewer if there are), for
    // another branch of the conversation. OutOfMemory when its cache does not fit.
    virtual Result<std::unique_ptr<Session>> fork(uint32_t tokens, std::stop_token stop) = 0;

    // Goes on with another load of the same model, after DeviceLost or where there is more memory:
    // the conversation stays as it is, token by token, and is read again when it goes on.
    // InvalidUse when it is another model, OutOfMemory when the cache does not fit there; then the
    // session is as it was, with nothing cached.
    virtual Status moveTo(std::shared_ptr<Model> model)
    {
        static_cast<void>(model);
        return Error{ErrorCode::Unsupported, "This session stays on its device."};
    }
};

} // namespace atelier
