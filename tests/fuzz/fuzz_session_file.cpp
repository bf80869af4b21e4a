// SPDX-License-Identifier: MIT
// Any bytes as the record of a saved session: an error, or a record whose numbers can be computed
// with, and which is written again as it was.
#include "engine/api/session_file.h"
#include "engine/base/check.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto record = decodeSessionRecord(bytes);
    if (!record) {
        check(record.error().code == ErrorCode::InvalidFormat, "damage has one code");
        return 0;
    }
    check(record.value().cacheBytes() > 0, "a cache has rows");
    check(record.value().cache.slots == record.value().tokens.size(), "one slot for each token");
    const auto again = encodeSessionRecord(record.value());
    check(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()),
        "a record has one form");
    return 0;
}
