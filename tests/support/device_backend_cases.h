// SPDX-License-Identifier: MIT
// What every backend with memory of its own keeps to, whatever its device. A test calls these
// within a test function of its own.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/backend_list.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace atelier::test {

// The columns type, rows and cols: weights whose bytes are counted in different ways.
inline void addWeightRows()
{
    QTest::addColumn<DType>("type");
    QTest::addColumn<uint>("rows");
    QTest::addColumn<uint>("cols");
    QTest::newRow("Q4_K") << DType::Q4_K << 3u << 512u;
    QTest::newRow("Q8_0, odd words") << DType::Q8_0 << 3u << 32u;
    QTest::newRow("F16, odd words") << DType::F16 << 5u << 3u;
    QTest::newRow("widened") << DType::Q2_K << 2u << 256u;
    QTest::newRow("norm") << DType::F16 << 1u << 77u;
}

// The column type: all kinds of caches.
inline void addCacheRows()
{
    QTest::addColumn<int>("type");
    QTest::newRow("F32") << int(KvType::F32);
    QTest::newRow("F16") << int(KvType::F16);
    QTest::newRow("Q8_0") << int(KvType::Q8_0);
}

inline void verifyNewMemoryIsZero(Backend& backend)
{
    for (const StorageMode mode : {StorageMode::HostVisible, StorageMode::DevicePrivate}) {
        auto memory = backend.allocate(1003, mode, "a test");
        QVERIFY(bool(memory));
        std::vector<std::byte> bytes(1003, std::byte(1));
        QVERIFY(bool(backend.read(*memory.value(), 0, bytes)));
        QVERIFY(std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte(0); }));
        const std::vector<std::byte> some(7, std::byte(9));
        QVERIFY(bool(backend.write(*memory.value(), 5, some)));
        QVERIFY(bool(backend.read(*memory.value(), 0, bytes)));
        QCOMPARE(bytes[4], std::byte(0));
        QCOMPARE(bytes[5], std::byte(9));
        QCOMPARE(bytes[11], std::byte(9));
        QCOMPARE(bytes[12], std::byte(0));
    }
}

// Slots 4 to 6 of the second layer, as an op wrote them.
inline void writeCacheRows(Backend& backend,
    const KvShape& shape,
    std::span<const float> values,
    std::vector<std::byte>& rows)
{
    const uint32_t width = shape.heads * shape.headDim;
    const auto kv = backend.createKv(shape);
    const auto memory = backend.allocate(values.size_bytes(), StorageMode::DevicePrivate, "a test");
    QVERIFY(kv && memory);
    QVERIFY(bool(backend.write(*memory.value(), 0, std::as_bytes(values))));
    const Activation activation{memory.value().get(), 0, 3, width, width};
    const Op op = KvWriteOp{activation, activation, kv.value().get(), 1, 4};
    QVERIFY(bool(backend.run({&op, 1}, {})));
    std::vector<std::byte> others(3 * kvRowBytes(shape));
    rows.resize(others.size());
    QVERIFY(bool(backend.readKv(*kv.value(), 1, 4, rows, others)));
    QCOMPARE(rows, others);
}

// Written by an op, read as rows, compared with what the CPU stores, and written back.
inline void verifyCacheRowsComeBack(Backend& backend, KvType type)
{
    const KvShape shape{2, 2, 40, 9, type};
    std::vector<float> values(3 * shape.heads * shape.headDim);
    for (size_t i = 0; i < values.size(); ++i) {
        values[i] = std::sin(float(i)) * float(1 + i % 7);
    }
    const auto cpu = createBackend("cpu", {}).take();
    std::vector<std::byte> rows;
    std::vector<std::byte> expected;
    writeCacheRows(backend, shape, values, rows);
    writeCacheRows(*cpu, shape, values, expected);
    QVERIFY(!expected.empty());
    QCOMPARE(rows, expected);
    const auto other = backend.createKv(shape);
    QVERIFY(bool(other));
    QVERIFY(bool(backend.writeKv(*other.value(), 0, 6, expected, expected)));
    std::vector<std::byte> again(expected.size());
    QVERIFY(bool(backend.readKv(*other.value(), 0, 6, again, again)));
    QCOMPARE(again, expected);
}

inline void verifyTooLargeIsRefusedWithNumbers(Backend& backend)
{
    const size_t limit = backend.capabilities().maxBufferBytes;
    const auto giant = backend.allocate(limit + 1, StorageMode::DevicePrivate, "A giant");
    QVERIFY(!giant);
    QCOMPARE(giant.error().code, ErrorCode::OutOfMemory);
    const auto kv = backend.createKv({1, 64, 256, 1u << 24, KvType::F32});
    QVERIFY(!kv);
    QCOMPARE(kv.error().code, ErrorCode::OutOfMemory);
    QVERIFY(kv.error().needed > kv.error().available);
    QVERIFY(kv.error().available > 0);
}

} // namespace atelier::test
