// SPDX-License-Identifier: MIT
#include "engine/formats/gguf_split.h"

#include "engine/base/checked_math.h"
#include "engine/base/text.h"
#include "engine/formats/gguf_tensors.h"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace atelier::gguf {

namespace {

constexpr std::string_view kNumberKey = "split.no";
constexpr std::string_view kCountKey = "split.count";
constexpr std::string_view kTensorsKey = "split.tensors.count";
constexpr std::string_view kEnding = ".gguf";
constexpr std::string_view kBetween = "-of-";
constexpr size_t kDigits = 5;
constexpr size_t kShownNames = 5;

using Part = std::shared_ptr<const ModelFile>;

// Exactly five digits.
std::optional<uint64_t> fiveDigits(std::string_view text)
{
    if (text.size() != kDigits) {
        return std::nullopt;
    }
    uint64_t number = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        number = number * 10 + uint64_t(digit - '0');
    }
    return number;
}

std::string fiveDigitText(uint64_t number)
{
    const std::string digits = std::to_string(number);
    return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

Error invalid(const std::filesystem::path& path, const std::string& what)
{
    return Error{ErrorCode::InvalidFormat, shownName(fileNameUtf8(path)) + what};
}

class SplitFile final : public ModelFile
{
public:
    SplitFile(std::vector<Part> parts, NamedTensors tensors, uint64_t bytes)
        : m_parts(std::move(parts)),
          m_tensors(std::move(tensors)),
          m_bytes(bytes),
          m_formatName(std::string(first().formatName()) + " in " + std::to_string(m_parts.size()) +
                       " files")
    {
    }

    const std::filesystem::path& path() const override { return first().path(); }
    uint64_t fileBytes() const override { return m_bytes; }
    std::string_view formatName() const override { return m_formatName; }

    std::vector<std::string> keys() const override
    {
        std::vector<std::string> keys = first().keys();
        std::erase_if(keys, [](const std::string& key) { return key.starts_with("split."); });
        return keys;
    }
    std::optional<std::string_view> string(std::string_view key) const override
    {
        return first().string(key);
    }
    std::optional<uint64_t> unsignedInteger(std::string_view key) const override
    {
        return first().unsignedInteger(key);
    }
    std::optional<int64_t> integer(std::string_view key) const override
    {
        return first().integer(key);
    }
    std::optional<double> number(std::string_view key) const override
    {
        return first().number(key);
    }
    std::optional<bool> boolean(std::string_view key) const override
    {
        return first().boolean(key);
    }
    std::optional<std::vector<std::string_view>> strings(std::string_view key) const override
    {
        return first().strings(key);
    }
    std::optional<std::vector<int32_t>> integers(std::string_view key) const override
    {
        return first().integers(key);
    }
    std::optional<std::vector<float>> numbers(std::string_view key) const override
    {
        return first().numbers(key);
    }
    std::optional<StoredValue> storedValue(std::string_view key) const override
    {
        return first().storedValue(key);
    }
    std::span<const TensorInfo> tensors() const override { return m_tensors.all(); }
    const TensorInfo* findTensor(std::string_view name) const override
    {
        return m_tensors.find(name);
    }

private:
    const ModelFile& first() const { return *m_parts.front(); }

    std::vector<Part> m_parts; // in order; at least one
    NamedTensors m_tensors;    // views of the parts
    uint64_t m_bytes = 0;
    std::string m_formatName;
};

// All files there should be, in order. Io when some are not there.
Result<std::vector<std::filesystem::path>> findParts(
    const std::filesystem::path& folder, const PartName& name)
{
    std::vector<std::filesystem::path> paths;
    uint64_t missing = 0;
    std::string names;
    for (uint64_t number = 1; number <= name.count; ++number) {
        const std::string fileName = partFileName(name.stem, number, name.count);
        paths.push_back(
            folder / std::filesystem::path(std::u8string(fileName.begin(), fileName.end())));
        std::error_code ignored;
        if (!std::filesystem::exists(paths.back(), ignored)) {
            if (++missing <= kShownNames) {
                names += (names.empty() ? "" : ", ") + shownName(fileName);
            }
        }
    }
    if (missing > 0) {
        return Error{ErrorCode::Io,
            "The model is split into " + grouped(name.count) + " files, and " + grouped(missing) +
                (missing == 1 ? " is" : " are") + " missing: " + names +
                (missing > kShownNames ? " and others" : "") +
                ". Copy or download them into the same folder."};
    }
    return paths;
}

// A part must say of itself what its name says.
Status checkPart(const ModelFile& part, const std::filesystem::path& path, const PartName& expected)
{
    const auto count = part.unsignedInteger(kCountKey);
    const auto number = part.unsignedInteger(kNumberKey);
    if (!count || !number) {
        return invalid(path,
            " is not part of a split model: it has no key \"" +
                std::string(count ? kNumberKey : kCountKey) + "\". Its name may be wrong.");
    }
    if (*count != expected.count) {
        return invalid(path,
            " says that its model has " + grouped(*count) + " files, but its name says " +
                grouped(expected.count) + ". It belongs to another model.");
    }
    if (*number + 1 != expected.number) {
        return invalid(path,
            " holds part " + grouped(*number + 1) + " of the model, but its name says part " +
                grouped(expected.number) + ". The files were renamed or mixed up.");
    }
    return Done{};
}

// Keys that later parts may repeat must agree with the first one's.
Status checkSameModel(const ModelFile& first, const Part& part)
{
    for (const std::string_view key : {"general.architecture", "general.name"}) {
        const auto mine = part->string(key);
        if (mine && first.string(key) != mine) {
            return invalid(part->path(),
                " belongs to another model than the first part: its " + std::string(key) + " is " +
                    shownName(*mine) + ", not " + shownName(first.string(key).value_or("")) + ".");
        }
    }
    if (part->unsignedInteger(kTensorsKey) != first.unsignedInteger(kTensorsKey)) {
        return invalid(part->path(),
            " belongs to another model than the first part: it says that all parts together have " +
                grouped(part->unsignedInteger(kTensorsKey).value_or(0)) + " tensors, the first " +
                grouped(first.unsignedInteger(kTensorsKey).value_or(0)) + ".");
    }
    return Done{};
}

// Which part a tensor lies in.
const Part& partOf(const std::vector<Part>& parts, const TensorInfo& tensor)
{
    const auto holds = [&tensor](const Part& part) {
        const TensorInfo* found = part->findTensor(tensor.name);
        return found != nullptr && found->bytes.data() == tensor.bytes.data();
    };
    return *std::ranges::find_if(parts, holds);
}

Result<Part> join(std::vector<Part> parts)
{
    std::vector<TensorInfo> tensors;
    CheckedSize bytes = 0;
    for (const Part& part : parts) {
        tensors.insert(tensors.end(), part->tensors().begin(), part->tensors().end());
        bytes += part->fileBytes();
        if (tensors.size() > kMaxTensors) {
            return invalid(part->path(),
                " and the parts before it have more than " + grouped(kMaxTensors) + " tensors.");
        }
    }
    NamedTensors named(std::move(tensors));
    if (const auto [first, second] = named.twins(); first != nullptr) {
        return invalid(partOf(parts, *second)->path(),
            " and " + shownName(fileNameUtf8(partOf(parts, *first)->path())) +
                " both hold the tensor " + shownName(first->name) + ".");
    }
    const auto expected = parts.front()->unsignedInteger(kTensorsKey);
    if (expected && *expected != named.all().size()) {
        return invalid(parts.front()->path(),
            " says that all parts together have " + grouped(*expected) +
                " tensors, but they have " + grouped(named.all().size()) +
                ". Some belong to another model.");
    }
    return Part(new SplitFile(std::move(parts), std::move(named), bytes.valueOrMax()));
}

} // namespace

std::optional<PartName> parsePartName(const std::string& fileName)
{
    constexpr size_t kTail = 1 + kDigits + kBetween.size() + kDigits + kEnding.size();
    if (fileName.size() <= kTail || !fileName.ends_with(kEnding)) {
        return std::nullopt;
    }
    const std::string_view tail = std::string_view(fileName).substr(fileName.size() - kTail);
    const auto number = fiveDigits(tail.substr(1, kDigits));
    const auto count = fiveDigits(tail.substr(1 + kDigits + kBetween.size(), kDigits));
    const bool fits = tail[0] == '-' && tail.substr(1 + kDigits, kBetween.size()) == kBetween &&
                      number && count && *number >= 1 && *number <= *count;
    return fits ? std::optional(
                      PartName{fileName.substr(0, fileName.size() - kTail), *number, *count})
                : std::nullopt;
}

std::string partFileName(const std::string& stem, uint64_t number, uint64_t count)
{
    return stem + "-" + fiveDigitText(number) + std::string(kBetween) + fiveDigitText(count) +
           std::string(kEnding);
}

bool isPartOfMany(const ModelFile& file)
{
    return file.unsignedInteger(kCountKey).value_or(1) > 1;
}

Result<Part> openParts(const std::filesystem::path& path, Part part)
{
    const uint64_t count = part->unsignedInteger(kCountKey).value_or(1);
    if (count > kMaxParts) {
        return invalid(path,
            " says that its model has " + grouped(count) + " files; the limit is " +
                grouped(kMaxParts) + ".");
    }
    const auto name = parsePartName(fileNameUtf8(path));
    if (!name) {
        return invalid(path,
            " is one of " + grouped(count) +
                " files of a model, but its name does not say which. "
                "Give it back its name, which ends like \"" +
                partFileName("", part->unsignedInteger(kNumberKey).value_or(0) + 1, count) + "\".");
    }
    if (const Status checked = checkPart(*part, path, *name); !checked) {
        return checked.error();
    }
    const auto paths = findParts(path.parent_path(), *name);
    if (!paths) {
        return paths.error();
    }
    std::vector<Part> parts;
    for (uint64_t number = 1; number <= count; ++number) {
        const auto& partPath = paths.value()[size_t(number - 1)];
        auto opened = number == name->number ? Result<Part>(part) : openOne(partPath);
        if (!opened) {
            return opened.error();
        }
        const PartName expected{name->stem, number, count};
        if (const Status checked = checkPart(*opened.value(), partPath, expected); !checked) {
            return checked.error();
        }
        parts.push_back(opened.take());
        if (const Status checked = checkSameModel(*parts.front(), parts.back()); !checked) {
            return checked.error();
        }
    }
    return join(std::move(parts));
}

} // namespace atelier::gguf
