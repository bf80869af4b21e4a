// SPDX-License-Identifier: MIT
#include "engine/sampling/json_pointer.h"

#include <algorithm>

namespace atelier {

namespace {

using Json = nlohmann::ordered_json;

// Of one key of a JSON pointer: "~1" is '/', "~0" is '~'.
std::string unescaped(const std::string& key)
{
    std::string out;
    for (size_t i = 0; i < key.size(); ++i) {
        const bool tilde = key[i] == '~' && i + 1 < key.size();
        out += tilde ? (key[i + 1] == '1' ? '/' : '~') : key[i];
        i += tilde ? 1 : 0;
    }
    return out;
}

} // namespace

const Json* findByPointer(const Json& document, const std::string& pointer)
{
    const Json* place = &document;
    for (size_t at = 1; at < pointer.size();) {
        if (pointer[at] != '/') {
            return nullptr;
        }
        const size_t end = std::min(pointer.find('/', at + 1), pointer.size());
        const std::string key = unescaped(pointer.substr(at + 1, end - at - 1));
        at = end;
        if (place->is_object() && place->contains(key)) {
            place = &(*place)[key];
            continue;
        }
        const bool isIndex = place->is_array() && !key.empty() && key.size() < 8 &&
                             key.find_first_not_of("0123456789") == std::string::npos;
        if (!isIndex || size_t(std::stoi(key)) >= place->size()) {
            return nullptr;
        }
        place = &(*place)[size_t(std::stoi(key))];
    }
    return place;
}

} // namespace atelier
