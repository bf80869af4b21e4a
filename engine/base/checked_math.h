// SPDX-License-Identifier: MIT
// CheckedSize: arithmetic on sizes that come out of files. Every count, length and offset of a
// model file goes through this one type, so that no sum or product can wrap unnoticed.
#pragma once

#include "engine/base/check.h"

#include <cstdint>
#include <limits>
#include <optional>

namespace atelier {

// An unsigned 64-bit size, or "too large to say". Overflow is sticky: one test at the end of a
// formula covers all of it.
//
//   const CheckedSize bytes = CheckedSize(rows) * rowBytes + header;
//   if (!bytes.fits(bytesLeft)) { ... }
class CheckedSize
{
public:
    constexpr CheckedSize() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): formulas mix sizes and plain numbers
    constexpr CheckedSize(uint64_t value) : m_value(value) {}

    constexpr bool valid() const { return m_valid; }
    constexpr bool fits(uint64_t limit) const { return m_valid && m_value <= limit; }
    constexpr std::optional<uint64_t> value() const
    {
        return m_valid ? std::optional(m_value) : std::nullopt;
    }
    // The largest number when it overflowed: for messages and for Error::needed.
    constexpr uint64_t valueOrMax() const { return m_valid ? m_value : kMax; }

    friend constexpr CheckedSize operator+(CheckedSize a, CheckedSize b)
    {
        if (!a.m_valid || !b.m_valid || a.m_value > kMax - b.m_value) {
            return overflowed();
        }
        return a.m_value + b.m_value;
    }

    // A difference below zero is as invalid as a sum that is too large.
    friend constexpr CheckedSize operator-(CheckedSize a, CheckedSize b)
    {
        if (!a.m_valid || !b.m_valid || a.m_value < b.m_value) {
            return overflowed();
        }
        return a.m_value - b.m_value;
    }

    friend constexpr CheckedSize operator*(CheckedSize a, CheckedSize b)
    {
        if (!a.m_valid || !b.m_valid || (a.m_value != 0 && b.m_value > kMax / a.m_value)) {
            return overflowed();
        }
        return a.m_value * b.m_value;
    }

    constexpr CheckedSize& operator+=(CheckedSize other) { return *this = *this + other; }
    constexpr CheckedSize& operator*=(CheckedSize other) { return *this = *this * other; }

    // Rounded up to a multiple of `alignment`, a power of two.
    CheckedSize alignedTo(uint64_t alignment) const
    {
        check(alignment != 0 && (alignment & (alignment - 1)) == 0,
            "an alignment must be a power of two");
        const CheckedSize raised = *this + (alignment - 1);
        return raised.m_valid ? CheckedSize(raised.m_value & ~(alignment - 1)) : overflowed();
    }

private:
    static constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

    static constexpr CheckedSize overflowed()
    {
        CheckedSize size;
        size.m_valid = false;
        return size;
    }

    uint64_t m_value = 0;
    bool m_valid = true;
};

} // namespace atelier
