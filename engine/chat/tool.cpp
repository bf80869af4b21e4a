// SPDX-License-Identifier: MIT
#include "engine/chat/tool.h"

#include <nlohmann/json.hpp>

namespace atelier {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxBytes = size_t(1) << 20;

Error refusal(const std::string& why)
{
    return Error{ErrorCode::InvalidUse, "The tool's definition cannot be used: " + why};
}

} // namespace

Result<Tool> Tool::parse(std::string_view json)
{
    if (json.size() > kMaxBytes) {
        return refusal("it has more than 1 MiB.");
    }
    bool isTooDeep = false;
    const Json::parser_callback_t checkDepth = [&isTooDeep](int depth, Json::parse_event_t, Json&) {
        isTooDeep = isTooDeep || depth > Tool::kMaxDepth;
        return !isTooDeep; // nothing is kept from then on
    };
    const Json whole = Json::parse(json, checkDepth, /*allow_exceptions=*/false);
    if (isTooDeep) {
        return refusal("it is nested more than " + std::to_string(Tool::kMaxDepth) + " deep.");
    }
    if (!whole.is_object()) {
        return refusal("it is no JSON object.");
    }
    const auto inner = whole.find("function");
    const Json& function = inner != whole.end() && inner->is_object() ? *inner : whole;
    const auto name = function.find("name");
    if (name == function.end() || !name->is_string() ||
        name->get_ref<const std::string&>().empty()) {
        return refusal("it has no name.");
    }
    return Tool{name->get<std::string>(), function.dump(4)};
}

} // namespace atelier
