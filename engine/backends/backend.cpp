// SPDX-License-Identifier: MIT
#include "engine/backends/backend.h"

namespace atelier {

namespace {

Error cannotCopyCache(const Backend& backend)
{
    return Error{ErrorCode::Unsupported,
        "The backend \"" + std::string(backend.name()) +
            "\" cannot save or copy a conversation's state."};
}

} // namespace

Status Backend::readKv(
    const KvStore&, uint32_t, uint32_t, std::span<std::byte>, std::span<std::byte>)
{
    return cannotCopyCache(*this);
}

Status Backend::writeKv(
    KvStore&, uint32_t, uint32_t, std::span<const std::byte>, std::span<const std::byte>)
{
    return cannotCopyCache(*this);
}

} // namespace atelier
