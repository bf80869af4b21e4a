// SPDX-License-Identifier: MIT
#include "engine/model/forward_pass.h"

#include <algorithm>
#include <numeric>

namespace atelier {

namespace {

// Rows of logits that runAll() computes at once: 9 MiB for the vocabulary of GLM-4.
constexpr uint32_t kLogitRows = 16;

} // namespace

Result<std::unique_ptr<ForwardPass>> ForwardPass::create(
    const Parts& parts, RopeTable rope, const KvShape& cache, uint32_t chunkTokens)
{
    std::unique_ptr<ForwardPass> pass(new ForwardPass(parts, std::move(rope)));
    auto kv = parts.backend.createKv(cache);
    if (!kv) {
        return kv.error();
    }
    pass->m_kv = kv.take();
    auto workspace = Workspace::create(parts.backend, parts.hyper, chunkTokens);
    if (!workspace) {
        return workspace.error();
    }
    pass->m_workspace = workspace.take();
    const Status reserved = parts.backend.reserveWork(
        workShape(parts.weights, parts.hyper, chunkTokens, cache.slots, parts.exact));
    if (!reserved) {
        return reserved.error();
    }
    if (const Status supported = pass->checkSupport(); !supported) {
        return supported.error();
    }
    return pass;
}

// A file decides shapes and types, so an operation the backend lacks is an error here and not a
// broken rule in run().
Status ForwardPass::checkSupport()
{
    const int32_t token = 0;
    const Workspace& at = *m_workspace;
    beginChunk({&token, 1}, 0);
    m_parts.network.appendHead(
        m_program, m_parts.weights, at.stream.firstRows(1), at.logits, m_parts.exact);
    const bool supported = std::all_of(m_program.begin(), m_program.end(), [this](const Op& op) {
        return m_parts.backend.supports(op);
    });
    m_program.clear(); // it refers to `token`
    if (!supported) {
        return Error{ErrorCode::Unsupported,
            "This model needs an operation that the backend \"" +
                std::string(m_parts.backend.name()) + "\" cannot compute on " +
                m_parts.backend.capabilities().deviceName + "."};
    }
    return Done{};
}

void ForwardPass::beginChunk(std::span<const int32_t> tokens, uint32_t firstSlot)
{
    check(!tokens.empty() && tokens.size() <= chunkTokens(), "a chunk must fit the workspace");
    check(
        firstSlot <= slots() && tokens.size() <= slots() - firstSlot, "a chunk must fit the cache");
    m_positions.resize(tokens.size());
    std::iota(m_positions.begin(), m_positions.end(), int32_t(firstSlot));
    const Chunk chunk{tokens, m_positions, firstSlot, m_kv.get(), &m_rope, m_parts.exact};
    m_program.clear();
    m_parts.network.appendLayers(m_program, m_parts.weights, *m_workspace, chunk);
}

Status ForwardPass::run(std::span<const int32_t> tokens,
    uint32_t firstSlot,
    std::span<float> lastLogits,
    std::stop_token stop)
{
    beginChunk(tokens, firstSlot);
    const Workspace& at = *m_workspace;
    if (!lastLogits.empty()) {
        check(lastLogits.size() == m_parts.hyper.vocab, "there is one logit for each token");
        m_parts.network.appendHead(m_program,
            m_parts.weights,
            at.stream.row(uint32_t(tokens.size()) - 1),
            at.logits,
            m_parts.exact);
    }
    if (const Status done = m_parts.backend.run(m_program, stop); !done || lastLogits.empty()) {
        return done;
    }
    return m_parts.backend.read(*at.logits.buffer, 0, std::as_writable_bytes(lastLogits));
}

Status ForwardPass::runAll(std::span<const int32_t> tokens,
    uint32_t firstSlot,
    std::span<float> logits,
    std::stop_token stop)
{
    const uint32_t vocab = m_parts.hyper.vocab;
    check(logits.size() == tokens.size() * vocab, "there is one row of logits for each token");
    if (!m_manyLogits) {
        auto buffer = m_parts.backend.allocate(
            size_t(kLogitRows) * vocab * sizeof(float), StorageMode::HostVisible, "The logits");
        if (!buffer) {
            return buffer.error();
        }
        m_manyLogits = buffer.take();
    }
    beginChunk(tokens, firstSlot);
    const auto count = uint32_t(tokens.size());
    for (uint32_t first = 0; first < count; first += kLogitRows) {
        const uint32_t rows = std::min(kLogitRows, count - first);
        Activation stream = m_workspace->stream.row(first);
        stream.rows = rows;
        m_parts.network.appendHead(m_program,
            m_parts.weights,
            stream,
            {m_manyLogits.get(), 0, rows, vocab, vocab},
            m_parts.exact);
        if (const Status done = m_parts.backend.run(m_program, stop); !done) {
            return done;
        }
        m_program.clear();
        const auto out = logits.subspan(size_t(first) * vocab, size_t(rows) * vocab);
        if (const Status read = m_parts.backend.read(*m_manyLogits, 0, std::as_writable_bytes(out));
            !read) {
            return read;
        }
    }
    return Done{};
}

} // namespace atelier
