// SPDX-License-Identifier: MIT
// TransfersCuda: copies between the host and a device, through a ring of pinned memory, so that the
// host prepares one piece while the device fetches another.
#pragma once

#include "engine/backends/cuda/buffer_cuda.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>

namespace atelier {

// Owner: the backend; the device outlives it. Threads: one thread at a time.
//
// Copies to the device are on their way when a function returns; finish() and waitFor() order what
// must come after them.
class TransfersCuda
{
public:
    static constexpr size_t kPieceBytes = 8 << 20; // a few milliseconds of copying

    explicit TransfersCuda(DeviceCuda& device) : m_device(device) {}
    ~TransfersCuda();
    TransfersCuda(const TransfersCuda&) = delete;
    TransfersCuda& operator=(const TransfersCuda&) = delete;

    // A part of a piece, and where it goes.
    struct Part
    {
        size_t pieceOffset = 0;
        std::byte* target = nullptr; // of the device
        size_t bytes = 0;
    };
    // `fill` writes a piece of up to kPieceBytes; then its parts are copied.
    Status upload(const std::function<void(std::byte* piece)>& fill, std::span<const Part> parts);

    Status write(std::byte* target, std::span<const std::byte> bytes);
    Status read(const std::byte* source, std::span<std::byte> bytes); // waits
    Status clear(std::byte* target, size_t bytes);

    // What runs on `stream` from now on sees all uploads so far.
    Status waitFor(cudaStream_t stream);
    // Waits for all uploads.
    Status finish();

private:
    struct Piece
    {
        std::byte* memory = nullptr; // pinned
        cudaEvent_t done = nullptr;
    };

    Result<Piece*> nextPiece();

    DeviceCuda& m_device;
    std::array<Piece, 4> m_ring{};
    size_t m_next = 0;
    bool m_pending = false; // uploads that no stream has waited for
};

} // namespace atelier
