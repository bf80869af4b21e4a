// SPDX-License-Identifier: MIT
// The border where exceptions of the standard library end.
#pragma once

#include "engine/base/result.h"

#include <new>
#include <stdexcept>

namespace atelier {

// Calls `work`, which returns a Result, and turns an allocation that failed into OutOfMemory.
template <class Work>
auto guarded(const Work& work) -> decltype(work())
{
    constexpr const char* kMessage = "There is not enough memory left for this.";
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, kMessage};
    } catch (const std::length_error&) { // a container asked for more than there can be
        return Error{ErrorCode::OutOfMemory, kMessage};
    }
}

} // namespace atelier
