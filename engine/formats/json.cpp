// SPDX-License-Identifier: MIT
#include "engine/formats/json.h"

#include "engine/base/text.h"

#include <set>
#include <utility>
#include <vector>

namespace atelier {

namespace {

// Walks over the text without building anything, and stops at the first thing it does not allow.
class Guard final : public nlohmann::json_sax<Json>
{
public:
    Guard(const std::string& name, const JsonLimits& limits) : m_name(name), m_limits(limits) {}

    const std::optional<Error>& error() const { return m_error; }

    bool null() override { return value(); }
    bool boolean(bool) override { return value(); }
    bool number_integer(number_integer_t) override { return value(); }
    bool number_unsigned(number_unsigned_t) override { return value(); }
    bool number_float(number_float_t, const string_t&) override { return value(); }
    bool string(string_t&) override { return value(); }
    bool binary(binary_t&) override { return value(); }
    bool start_object(size_t) override { return open(); }
    bool start_array(size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override
    {
        if (!m_open.back().insert(name).second) {
            return fail(m_name + " is damaged: the key " + shownName(name) + " appears twice.");
        }
        return value();
    }
    bool parse_error(size_t position, const std::string&, const Json::exception&) override
    {
        m_error = notJson(m_name, position);
        return false;
    }

private:
    bool value()
    {
        return ++m_values <= m_limits.values ||
               fail(m_name + " has more than " + grouped(m_limits.values) +
                    " values, far more than any model needs.");
    }
    bool open()
    {
        m_open.emplace_back();
        return value() && (m_open.size() <= m_limits.depth ||
                              fail(m_name + " nests lists and objects more than " +
                                   grouped(m_limits.depth) + " deep."));
    }
    bool close()
    {
        m_open.pop_back();
        return true;
    }
    bool fail(std::string message)
    {
        m_error = Error{ErrorCode::InvalidFormat, std::move(message)};
        return false;
    }

    const std::string& m_name;
    const JsonLimits& m_limits;
    std::vector<std::set<std::string>> m_open; // keys of the objects around the current place
    size_t m_values = 0;
    std::optional<Error> m_error;
};

} // namespace

Error notJson(const std::string& name, size_t position)
{
    return Error{ErrorCode::InvalidFormat,
        name + " is damaged: it is no valid JSON at byte " + grouped(position) + "."};
}

Result<Json> parseJson(std::string_view text, const std::string& name, const JsonLimits& limits)
{
    if (text.size() > limits.bytes) {
        return Error{ErrorCode::InvalidFormat,
            name + " is " + readableBytes(text.size()) + " long; the limit is " +
                readableBytes(limits.bytes) + "."};
    }
    Guard guard(name, limits);
    if (!Json::sax_parse(text, &guard)) {
        return guard.error().value_or(notJson(name, 0));
    }
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        return notJson(name, 0);
    }
    return json;
}

const Json* member(const Json& object, std::string_view key)
{
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

std::optional<uint64_t> unsignedMember(const Json& object, std::string_view key)
{
    const Json* value = member(object, key);
    if (value == nullptr || !value->is_number_unsigned()) {
        return std::nullopt;
    }
    return value->get<uint64_t>();
}

std::optional<double> numberMember(const Json& object, std::string_view key)
{
    const Json* value = member(object, key);
    return value != nullptr && value->is_number() ? std::optional(value->get<double>())
                                                  : std::nullopt;
}

std::optional<bool> booleanMember(const Json& object, std::string_view key)
{
    const Json* value = member(object, key);
    return value != nullptr && value->is_boolean() ? std::optional(value->get<bool>())
                                                   : std::nullopt;
}

std::optional<std::string> stringMember(const Json& object, std::string_view key)
{
    const Json* value = member(object, key);
    return value != nullptr && value->is_string() ? std::optional(value->get<std::string>())
                                                  : std::nullopt;
}

} // namespace atelier
