// SPDX-License-Identifier: MIT
#include "engine/sampling/json_schema.h"

#include "engine/base/text.h"
#include "engine/sampling/gbnf_writer.h"
#include "engine/sampling/json_keywords.h"
#include "engine/sampling/json_number.h"
#include "engine/sampling/json_pattern.h"
#include "engine/sampling/json_pointer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace atelier {

namespace {

using Json = nlohmann::ordered_json; // properties stay in the order written

constexpr size_t kMaxSchemaBytes = 1 << 20;
constexpr size_t kMaxDepth = 100;
constexpr size_t kMaxMembers = 10'000;
constexpr size_t kMaxNotes = 100;

// Deeper than that, the parser of JSON and this one would need too much stack; with more members,
// finding each among all those before it would take too long.
bool isTooLarge(std::string_view json)
{
    size_t depth = 0;
    size_t members = 0;
    bool inString = false;
    for (size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inString) {
            i += c == '\\' ? 1 : 0;
            inString = c != '"';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kMaxDepth) {
                return true;
            }
        } else if (c == ':') {
            if (++members > kMaxMembers) {
                return true;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

std::string jsonText(const Json& value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A schema is turned into the right side of a rule. What fails leaves the reason in m_error.
class Converter
{
public:
    explicit Converter(const Json& document) : m_document(document) {}

    Result<JsonSchemaGrammar> convert()
    {
        m_writer.add("root", expression(m_document, "#"));
        while (!m_error && !m_pending.empty()) { // what $ref names, in the order of first use
            const auto [rule, schema, path] = m_pending.front();
            m_pending.pop_front();
            m_writer.add(rule, expression(*schema, path));
            if (m_writer.isFull()) {
                break;
            }
        }
        if (m_writer.isFull()) {
            fail(ErrorCode::Unsupported, "#", "it makes a grammar that is too large.");
        }
        if (m_error) {
            return *m_error;
        }
        m_out.gbnf = m_writer.take();
        return std::move(m_out);
    }

private:
    struct Pending
    {
        std::string rule;
        const Json* schema = nullptr;
        std::string path;
    };

    std::string fail(ErrorCode code, const std::string& path, const std::string& why)
    {
        if (!m_error) {
            m_error =
                Error{code, "The JSON schema cannot be used: at " + shownName(path) + ", " + why};
        }
        return {};
    }
    std::string invalid(const std::string& path, const std::string& why)
    {
        return fail(ErrorCode::InvalidUse, path, why);
    }

    void note(const std::string& path, const std::string& keyword)
    {
        const std::string text =
            shownName(keyword) + " at " + shownName(path) + " is not enforced.";
        if (m_out.notes.size() < kMaxNotes && std::ranges::count(m_out.notes, text) == 0) {
            m_out.notes.push_back(text);
        }
    }

    std::string ruleFor(const std::string& body, const std::string& path)
    {
        return m_writer.ruleFor(body, path);
    }
    std::string primitive(std::string_view name) { return m_writer.primitive(name); }

    // The name of a rule for the values of `schema`.
    std::string valueRule(const Json& schema, const std::string& path)
    {
        if (m_error || m_writer.isFull()) {
            return {};
        }
        const std::string body = expression(schema, path);
        const bool isName = body.find_first_of(" \"[(|") == std::string::npos;
        return isName ? body : ruleFor(body, path);
    }

    std::string expression(const Json& schema, const std::string& path)
    {
        if (schema.is_boolean()) {
            return schema.get<bool>() ? primitive("value")
                                      : invalid(path, "the schema \"false\" matches nothing.");
        }
        if (!schema.is_object()) {
            return invalid(path, "a schema must be an object, true or false.");
        }
        noteTheRest(schema, path);
        if (const auto ref = schema.find("$ref"); ref != schema.end()) {
            noteBeside(schema, path, {"$ref"});
            return reference(*ref, path);
        }
        if (const auto value = schema.find("const"); value != schema.end()) {
            return gbnfText(jsonText(*value));
        }
        if (const auto values = schema.find("enum"); values != schema.end()) {
            return enumeration(*values, path);
        }
        for (const char* keyword : {"anyOf", "oneOf", "allOf"}) {
            if (const auto options = schema.find(keyword); options != schema.end()) {
                noteBeside(schema, path, {keyword, "type"});
                return alternatives(schema, *options, path + "/" + keyword);
            }
        }
        const auto type = schema.find("type");
        if (type == schema.end()) {
            const auto implying = std::ranges::find_if(
                kImplications, [&](const auto& known) { return schema.contains(known.keyword); });
            const bool none = implying == std::ranges::end(kImplications);
            return ofType(none ? "value" : implying->type, schema, path);
        }
        if (type->is_string()) {
            return ofType(type->get<std::string>(), schema, path);
        }
        if (!type->is_array() || type->empty()) {
            return invalid(path, "\"type\" must be a name or a list of names.");
        }
        std::string out;
        for (const Json& name : *type) {
            if (!name.is_string()) {
                return invalid(path, "\"type\" must be a name or a list of names.");
            }
            out += (out.empty() ? "" : " | ") + ofType(name.get<std::string>(), schema, path);
        }
        return out;
    }

    std::string ofType(const std::string& type, const Json& schema, const std::string& path)
    {
        if (type == "object") {
            return object(schema, path);
        }
        if (type == "array") {
            return array(schema, path);
        }
        if (type == "string") {
            return string(schema, path);
        }
        if (type == "integer" || type == "number") {
            return number(type, schema, path);
        }
        for (const char* simple : {"boolean", "null", "value"}) {
            if (type == simple) {
                return primitive(simple);
            }
        }
        return invalid(path, "there is no type " + shownName(type) + ".");
    }

    // Keywords that nothing here looks at.
    void noteTheRest(const Json& schema, const std::string& path)
    {
        for (const auto& [key, value] : schema.items()) {
            const bool ofMap = (key == "minProperties" || key == "maxProperties") &&
                               !schema.contains("properties") && !schema.contains("required");
            if (!isAnnotation(key) && !isEnforced(key) && !ofMap) {
                note(path, key);
            }
        }
    }

    // Enforced keywords that have no effect because of the one that decides.
    void noteBeside(const Json& schema, const std::string& path, const std::set<std::string>& but)
    {
        for (const auto& [key, value] : schema.items()) {
            if (isEnforced(key) && but.count(key) == 0) {
                note(path, key);
            }
        }
    }

    std::string enumeration(const Json& values, const std::string& path)
    {
        if (!values.is_array() || values.empty()) {
            return invalid(path, "\"enum\" must be a list with at least one value.");
        }
        std::string out;
        for (const Json& value : values) {
            out += (out.empty() ? "" : " | ") + gbnfText(jsonText(value));
        }
        return out;
    }

    std::string alternatives(const Json& schema, const Json& options, const std::string& path)
    {
        if (!options.is_array() || options.empty()) {
            return invalid(path, "there must be a list with at least one schema.");
        }
        if (path.ends_with("allOf") && options.size() > 1) {
            return fail(ErrorCode::Unsupported,
                path,
                "\"allOf\" has more than one schema; write them as one.");
        }
        const auto type = schema.find("type");
        std::string out;
        for (size_t i = 0; i < options.size(); ++i) {
            const std::string at = path + "/" + std::to_string(i);
            const bool inherits = type != schema.end() && options[i].is_object() &&
                                  !options[i].contains("type") && !options[i].contains("$ref");
            Json option = inherits ? options[i] : Json();
            if (inherits) {
                option["type"] = *type;
            }
            out += (out.empty() ? "" : " | ") + valueRule(inherits ? option : options[i], at);
        }
        return out;
    }

    std::string reference(const Json& ref, const std::string& path)
    {
        if (!ref.is_string() || !ref.get_ref<const std::string&>().starts_with('#')) {
            return fail(ErrorCode::Unsupported,
                path,
                "\"$ref\" must name a place in this document, such as \"#/$defs/name\".");
        }
        const std::string& pointer = ref.get_ref<const std::string&>();
        const auto [found, isNew] = m_references.try_emplace(pointer);
        if (isNew) {
            const Json* target = findByPointer(m_document, pointer);
            if (target == nullptr) {
                return invalid(path, "there is no " + shownName(pointer) + " in the document.");
            }
            found->second = m_writer.newName(pointer);
            m_pending.push_back({found->second, target, pointer});
        }
        return found->second;
    }

    // A count of a schema; `fallback` without one. What is too large for a grammar is lowered when
    // it is an upper limit, which a person will not miss.
    uint32_t count(
        const Json& schema, const char* keyword, uint32_t fallback, const std::string& path)
    {
        const auto found = schema.find(keyword);
        if (found == schema.end()) {
            return fallback;
        }
        if (!found->is_number_unsigned()) {
            invalid(path, shownName(keyword) + " must be a whole number from 0 on.");
            return fallback;
        }
        const auto value = found->get<uint64_t>();
        if (value > GrammarRules::kMaxRepeats && fallback == 0) {
            fail(ErrorCode::Unsupported,
                path,
                shownName(keyword) + " is at most " + grouped(GrammarRules::kMaxRepeats) + ".");
        }
        return uint32_t(std::min<uint64_t>(value, GrammarRules::kMaxRepeats));
    }

    struct Counts
    {
        uint32_t least = 0;
        uint32_t most = GrammarNode::kUnbounded;

        // As a repetition of what stands in front; `fewer` times less.
        std::string gbnf(uint32_t fewer = 0) const
        {
            const uint32_t low = least - std::min(least, fewer);
            const std::string high =
                most == GrammarNode::kUnbounded ? "" : std::to_string(most - fewer);
            return low == 0 && high.empty() ? "*" : "{" + std::to_string(low) + "," + high + "}";
        }
    };

    Counts counts(const Json& schema, const char* least, const char* most, const std::string& path)
    {
        const Counts out{
            count(schema, least, 0, path), count(schema, most, GrammarNode::kUnbounded, path)};
        if (out.most < out.least) {
            invalid(path, shownName(most) + " is less than " + shownName(least) + ".");
            return {};
        }
        return out;
    }

    std::string number(const std::string& type, const Json& schema, const std::string& path)
    {
        const auto limits = NumberLimits::read(schema);
        if (!limits) {
            return fail(limits.error().code, path, limits.error().message);
        }
        if (!limits.value().any) {
            return primitive(type);
        }
        if (type == "number" && !limits.value().areWhole()) {
            note(path, "a limit that is no whole number");
        }
        const auto digits =
            type == "integer" ? limits.value().gbnfOfIntegers() : limits.value().gbnfOfNumbers();
        return digits ? digits.value() : fail(digits.error().code, path, digits.error().message);
    }

    std::string string(const Json& schema, const std::string& path)
    {
        const Counts length = counts(schema, "minLength", "maxLength", path);
        if (const auto pattern = schema.find("pattern"); pattern != schema.end()) {
            if (!pattern->is_string()) {
                return invalid(path, "\"pattern\" must be a text.");
            }
            for (const char* keyword : {"minLength", "maxLength"}) {
                if (schema.contains(keyword)) {
                    note(path, keyword); // beside a pattern
                }
            }
            const auto inner =
                gbnfOfPattern(pattern->get_ref<const std::string&>(), primitive("char"));
            return inner ? R"("\"" )" + inner.value() + R"( "\"")"
                         : fail(inner.error().code, path, inner.error().message);
        }
        if (length.least == 0 && length.most == GrammarNode::kUnbounded) {
            return primitive("string");
        }
        return R"("\"" )" + primitive("char") + length.gbnf() + R"( "\"")";
    }

    // "[" item, item "]" for `length` items.
    std::string list(const std::string& item, const Counts& length, char open, char close)
    {
        const std::string ws = primitive("ws");
        const std::string begin = std::string("\"") + open + "\" " + ws;
        const std::string end = std::string(" \"") + close + "\"";
        if (length.most == 0) {
            return begin + end;
        }
        const std::string some =
            item + " " + ws + " (\",\" " + ws + " " + item + " " + ws + ")" + length.gbnf(1);
        return begin + (length.least == 0 ? " (" + some + ")?" : " " + some) + end;
    }

    std::string array(const Json& schema, const std::string& path)
    {
        Counts length = counts(schema, "minItems", "maxItems", path);
        const auto items = schema.find("items");
        const auto prefix = schema.find("prefixItems");
        const bool oldTuple = items != schema.end() && items->is_array();
        const Json* tuple = prefix != schema.end() ? &*prefix : oldTuple ? &*items : nullptr;
        const auto more = oldTuple ? schema.find("additionalItems") : items;
        if (tuple == nullptr) {
            const bool none = items != schema.end() && items->is_boolean() && !items->get<bool>();
            if (none && length.least > 0) {
                return invalid(path, "no item is allowed, but \"minItems\" wants some.");
            }
            length.most = none ? 0 : length.most;
            const std::string item = items == schema.end() || none
                                         ? primitive("value")
                                         : valueRule(*items, path + "/items");
            return list(item, length, '[', ']');
        }
        if (!tuple->is_array() || tuple->empty()) {
            return invalid(path, "\"prefixItems\" must be a list of schemas.");
        }
        // All of the tuple, as far as maxItems lets it; then more items if the schema speaks of
        // them.
        const std::string ws = primitive("ws");
        std::string out = "\"[\" " + ws;
        const auto fixed = uint32_t(std::min<size_t>(tuple->size(), length.most));
        for (uint32_t i = 0; i < fixed; ++i) {
            out += (i > 0 ? " \",\" " + ws : "") + " " +
                   valueRule((*tuple)[i], path + "/prefixItems/" + std::to_string(i)) + " " + ws;
        }
        const bool open = more != schema.end() && !(more->is_boolean() && !more->get<bool>());
        if (!open && length.least > fixed) {
            return invalid(path, "\"minItems\" wants more items than the tuple has.");
        }
        if (open && length.most > fixed) {
            const std::string item = valueRule(*more, path + "/items");
            out += " (\",\" " + ws + " " + item + " " + ws + ")" + length.gbnf(fixed);
        }
        return out + " \"]\"";
    }

    struct Property
    {
        std::string pair; // "name": value
        bool required = false;
    };

    std::string object(const Json& schema, const std::string& path)
    {
        std::vector<Property> properties;
        std::set<std::string> names;
        if (!readProperties(schema, path, properties, names)) {
            return {};
        }
        const auto more = schema.find("additionalProperties");
        const bool says = more != schema.end();
        const bool closed = says && more->is_boolean() && !more->get<bool>();
        const bool open = !closed && (says || properties.empty());
        std::string other; // a pair of another name
        if (open) {
            const bool any = !says || more->is_boolean();
            const std::string value =
                any ? primitive("value") : valueRule(*more, path + "/additionalProperties");
            const std::string key =
                names.empty() ? primitive("string") : m_writer.stringOtherThan(names);
            const std::string ws = primitive("ws");
            other = ruleFor(key + " " + ws + " \":\" " + ws + " " + value, path + "/other");
        }
        if (properties.empty()) {
            Counts size = counts(schema, "minProperties", "maxProperties", path);
            if (!open && size.least > 0) {
                return invalid(path, "no property is allowed, but \"minProperties\" wants some.");
            }
            size.most = open ? size.most : 0;
            return list(other, size, '{', '}');
        }
        return objectOf(properties, other, path);
    }

    bool readProperties(const Json& schema,
        const std::string& path,
        std::vector<Property>& properties,
        std::set<std::string>& names)
    {
        std::set<std::string> required;
        if (const auto list = schema.find("required"); list != schema.end()) {
            for (const Json& name : *list) {
                if (!list->is_array() || !name.is_string()) {
                    invalid(path, "\"required\" must be a list of names.");
                    return false;
                }
                required.insert(name.get<std::string>());
            }
        }
        const auto add = [&](const std::string& name, const Json& schemaOf) {
            const std::string value = valueRule(schemaOf, path + "/properties/" + name);
            const std::string ws = primitive("ws");
            properties.push_back(
                {gbnfText(jsonText(Json(name))) + " " + ws + " \":\" " + ws + " " + value,
                    required.erase(name) > 0});
            names.insert(name);
        };
        if (const auto declared = schema.find("properties"); declared != schema.end()) {
            if (!declared->is_object()) {
                invalid(path, "\"properties\" must be an object.");
                return false;
            }
            for (const auto& [name, schemaOf] : declared->items()) {
                add(name, schemaOf);
            }
        }
        const auto more = schema.find("additionalProperties");
        const Json any = true;
        for (const std::string& name : std::set<std::string>(required)) { // not declared
            add(name, more != schema.end() && more->is_object() ? *more : any);
        }
        return !m_error;
    }

    // Properties in order. Behind each of them the rest is one rule, in which every pair begins
    // with its comma, so that any choice of optional ones is written with the right commas.
    std::string objectOf(
        const std::vector<Property>& properties, const std::string& other, const std::string& path)
    {
        const std::string ws = primitive("ws");
        const std::string comma = "\",\" " + ws + " ";
        std::string rest = other.empty() ? "" : "(" + comma + other + " " + ws + ")*";
        // What may come first: everything up to the first required one.
        const auto firstRequired = std::ranges::find_if(properties, &Property::required);
        const auto lastStart = size_t(firstRequired - properties.begin());
        std::vector<std::string> starts; // last first
        if (!other.empty() && firstRequired == properties.end()) {
            starts.push_back(other + " " + ws + " " + rest);
        }
        for (size_t i = properties.size(); i > 0 && !m_writer.isFull(); --i) {
            const auto& [pair, required] = properties[i - 1];
            if (i - 1 <= lastStart) {
                starts.push_back(pair + " " + ws + " " + rest);
            }
            if (i > 1) {
                const std::string item = comma + pair + " " + ws;
                rest = ruleFor((required ? item : "(" + item + ")?") + " " + rest, path + "/rest");
            }
        }
        std::string first;
        for (auto start = starts.rbegin(); start != starts.rend(); ++start) {
            first.append(first.empty() ? "" : " | ").append(*start);
        }
        const bool mayBeEmpty = firstRequired == properties.end();
        return "\"{\" " + ws + " (" + first + ")" + (mayBeEmpty ? "?" : "") + " \"}\"";
    }

    const Json& m_document;
    JsonSchemaGrammar m_out;
    GbnfWriter m_writer;
    std::map<std::string, std::string> m_references; // pointers to the names of their rules
    std::deque<Pending> m_pending;
    std::optional<Error> m_error;
};

} // namespace

Result<JsonSchemaGrammar> grammarOfJsonSchema(std::string_view schema)
{
    if (schema.size() > kMaxSchemaBytes) {
        return Error{ErrorCode::InvalidUse,
            "The JSON schema has " + grouped(schema.size()) + " bytes; the limit is " +
                grouped(kMaxSchemaBytes) + "."};
    }
    if (isTooLarge(schema)) {
        return Error{ErrorCode::InvalidUse,
            "The JSON schema is nested deeper than " + std::to_string(kMaxDepth) +
                " levels or has more than " + grouped(kMaxMembers) + " members."};
    }
    const Json document = Json::parse(schema, nullptr, false);
    if (document.is_discarded()) {
        return Error{ErrorCode::InvalidUse, "The JSON schema is not JSON."};
    }
    return Converter(document).convert();
}

} // namespace atelier
