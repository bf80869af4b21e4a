// SPDX-License-Identifier: MIT
#include "engine/backends/cuda/transfers_cuda.h"

#include <algorithm>
#include <cstring>

namespace atelier {

TransfersCuda::~TransfersCuda()
{
    // Also of a lost device, where the driver may refuse: the memory is the host's.
    static_cast<void>(m_device.activate());
    cudaStreamSynchronize(m_device.copies());
    for (const Piece& piece : m_ring) {
        if (piece.done != nullptr) {
            cudaEventDestroy(piece.done);
        }
        if (piece.memory != nullptr) {
            cudaFreeHost(piece.memory);
        }
    }
}

// The next piece of the ring, once the copy that used it last is done.
Result<TransfersCuda::Piece*> TransfersCuda::nextPiece()
{
    if (const Status activated = m_device.activate(); !activated) {
        return activated.error();
    }
    Piece& piece = m_ring[m_next];
    m_next = (m_next + 1) % m_ring.size();
    if (piece.memory == nullptr) {
        void* memory = nullptr;
        const Status made =
            m_device.check(cudaHostAlloc(&memory, kPieceBytes, cudaHostAllocDefault),
                "Making room for copies to the device",
                kPieceBytes);
        if (!made) {
            return made.error();
        }
        piece.memory = static_cast<std::byte*>(memory);
    }
    if (piece.done == nullptr) {
        const Status made = m_device.check(
            cudaEventCreateWithFlags(&piece.done, cudaEventDisableTiming), "Copying");
        if (!made) {
            return made.error();
        }
        return &piece;
    }
    const Status free = m_device.check(cudaEventSynchronize(piece.done), "Copying to the device");
    return free ? Result<Piece*>(&piece) : Result<Piece*>(free.error());
}

Status TransfersCuda::upload(
    const std::function<void(std::byte* piece)>& fill, std::span<const Part> parts)
{
    const auto piece = nextPiece();
    if (!piece) {
        return piece.error();
    }
    fill(piece.value()->memory);
    for (const Part& part : parts) {
        if (part.bytes == 0) {
            continue;
        }
        const Status copied = m_device.check(cudaMemcpyAsync(part.target,
                                                 piece.value()->memory + part.pieceOffset,
                                                 part.bytes,
                                                 cudaMemcpyHostToDevice,
                                                 m_device.copies()),
            "Copying to the device");
        if (!copied) {
            return copied;
        }
    }
    m_pending = true;
    return m_device.check(
        cudaEventRecord(piece.value()->done, m_device.copies()), "Copying to the device");
}

Status TransfersCuda::write(std::byte* target, std::span<const std::byte> bytes)
{
    for (size_t at = 0; at < bytes.size(); at += kPieceBytes) {
        const size_t count = std::min(bytes.size() - at, kPieceBytes);
        const Part part{0, target + at, count};
        const auto fill = [&](std::byte* piece) { std::memcpy(piece, bytes.data() + at, count); };
        if (const Status done = upload(fill, {&part, 1}); !done) {
            return done;
        }
    }
    return Done{};
}

Status TransfersCuda::read(const std::byte* source, std::span<std::byte> bytes)
{
    for (size_t at = 0; at < bytes.size(); at += kPieceBytes) {
        const size_t count = std::min(bytes.size() - at, kPieceBytes);
        const auto piece = nextPiece();
        if (!piece) {
            return piece.error();
        }
        const Status copied = m_device.check(cudaMemcpyAsync(piece.value()->memory,
                                                 source + at,
                                                 count,
                                                 cudaMemcpyDeviceToHost,
                                                 m_device.copies()),
            "Copying from the device");
        if (!copied) {
            return copied;
        }
        if (const Status done = finish(); !done) {
            return done;
        }
        std::memcpy(bytes.data() + at, piece.value()->memory, count);
    }
    return Done{};
}

Status TransfersCuda::clear(std::byte* target, size_t bytes)
{
    if (const Status activated = m_device.activate(); !activated) {
        return activated;
    }
    m_pending = true;
    return m_device.check(
        cudaMemsetAsync(target, 0, bytes, m_device.copies()), "Clearing memory of the device");
}

Status TransfersCuda::waitFor(cudaStream_t stream)
{
    if (!m_pending) {
        return Done{};
    }
    // The copies are in order, so an event behind the last one stands for all.
    const auto piece = nextPiece();
    if (!piece) {
        return piece.error();
    }
    cudaError_t result = cudaEventRecord(piece.value()->done, m_device.copies());
    if (result == cudaSuccess) {
        result = cudaStreamWaitEvent(stream, piece.value()->done, 0);
    }
    m_pending = result != cudaSuccess;
    return m_device.check(result, "Copying to the device");
}

Status TransfersCuda::finish()
{
    return m_device.check(cudaStreamSynchronize(m_device.copies()), "Copying to the device");
}

} // namespace atelier
