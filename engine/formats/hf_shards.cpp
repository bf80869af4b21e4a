// SPDX-License-Identifier: MIT
#include "engine/formats/hf_shards.h"

#include "engine/base/checked_math.h"
#include "engine/base/text.h"
#include "engine/formats/json.h"

#include <algorithm>
#include <map>
#include <string>
#include <system_error>
#include <utility>

namespace atelier::hf {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".safetensors";
constexpr const char* kIndexName = "model.safetensors.index.json";
constexpr size_t kMaxFiles = 4096;
constexpr size_t kShownNames = 5;

using Index = std::map<std::string, std::string>; // tensor to file

fs::path pathOf(const fs::path& folder, const std::string& name)
{
    return folder / fs::path(std::u8string(name.begin(), name.end()));
}

Error invalidIndex(const std::string& what)
{
    return Error{ErrorCode::InvalidFormat, shownName(kIndexName) + " is damaged: " + what};
}

Result<Index> readIndex(const fs::path& path)
{
    const auto file = MappedFile::open(path);
    if (!file) {
        return file.error();
    }
    const auto bytes = file.value().bytes();
    const auto json = parseJson(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, shownName(kIndexName), {});
    if (!json) {
        return json.error();
    }
    const Json* map = member(json.value(), "weight_map");
    if (map == nullptr || !map->is_object() || map->empty()) {
        return invalidIndex("it has no \"weight_map\" of tensors and their files.");
    }
    Index index;
    for (const auto& [tensor, name] : map->items()) {
        if (!name.is_string()) {
            return invalidIndex("the tensor " + shownName(tensor) + " has no file.");
        }
        const std::string& fileName = name.get_ref<const std::string&>();
        if (!isPlainFileName(fileName)) {
            return invalidIndex("it names the file " + shownName(fileName) +
                                ", which is no safetensors file of this folder.");
        }
        index.emplace(tensor, fileName);
    }
    return index;
}

Result<std::vector<std::string>> filesOfIndex(const fs::path& folder, const Index& index)
{
    std::vector<std::string> names;
    for (const auto& [tensor, file] : index) {
        names.push_back(file);
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    size_t missing = 0;
    std::string shown;
    for (const std::string& name : names) {
        std::error_code ignored;
        if (!fs::exists(pathOf(folder, name), ignored) && ++missing <= kShownNames) {
            shown += (shown.empty() ? "" : ", ") + shownName(name);
        }
    }
    if (missing > 0) {
        return Error{ErrorCode::Io,
            "The model's weights are in " + grouped(names.size()) + " files, and " +
                grouped(missing) + (missing == 1 ? " is" : " are") + " missing: " + shown +
                (missing > kShownNames ? " and others" : "") +
                ". Copy or download them into the folder."};
    }
    return names;
}

Result<std::vector<std::string>> filesOfFolder(const fs::path& folder)
{
    std::vector<std::string> names;
    bool hasOtherWeights = false;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        const std::string name = fileNameUtf8(at->path());
        if (name.ends_with(kEnding)) {
            names.push_back(name);
        }
        hasOtherWeights = hasOtherWeights || name.ends_with(".bin") || name.ends_with(".pth");
    }
    if (failed) {
        return Error{ErrorCode::Io,
            "The folder " + shownName(utf8(folder)) + " cannot be read: " + failed.message() + "."};
    }
    if (names.empty()) {
        return Error{hasOtherWeights ? ErrorCode::Unsupported : ErrorCode::Io,
            "The folder " + shownName(utf8(folder)) + " has no weights in safetensors files." +
                (hasOtherWeights
                        ? " Its .bin files are Python pickles, which may run programs; convert "
                          "them to safetensors."
                        : " Copy or download them there.")};
    }
    // A whole copy beside the parts would hold every tensor twice.
    constexpr std::string_view kWhole = "model.safetensors";
    if (std::ranges::find(names, kWhole) != names.end()) {
        names = {std::string(kWhole)};
    }
    std::ranges::sort(names);
    return names;
}

// Each tensor must come from the file that the index says.
Status checkIndex(const Index& index,
    const std::vector<std::string>& names,
    std::span<const size_t> fileOf,
    std::span<const SafeTensor> tensors)
{
    size_t found = 0;
    for (size_t i = 0; i < tensors.size(); ++i) {
        const auto entry = index.find(tensors[i].name);
        found += entry != index.end() && entry->second == names[fileOf[i]] ? 1 : 0;
    }
    if (found == index.size()) {
        return Done{};
    }
    std::map<std::string_view, std::string_view> places;
    for (size_t i = 0; i < tensors.size(); ++i) {
        places.emplace(tensors[i].name, names[fileOf[i]]);
    }
    for (const auto& [tensor, file] : index) {
        const auto place = places.find(tensor);
        if (place == places.end() || place->second != file) {
            return Error{ErrorCode::InvalidFormat,
                shownName(file) + " does not hold the tensor " + shownName(tensor) + ", as " +
                    shownName(kIndexName) +
                    " says. It may belong to another model, or be named wrongly."};
        }
    }
    return Done{};
}

Status checkTwins(const std::vector<std::string>& names,
    std::span<const size_t> fileOf,
    std::span<const SafeTensor> tensors)
{
    std::map<std::string_view, size_t> seen;
    for (size_t i = 0; i < tensors.size(); ++i) {
        const auto [entry, isNew] = seen.emplace(tensors[i].name, fileOf[i]);
        if (!isNew) {
            return Error{ErrorCode::InvalidFormat,
                "The files " + shownName(names[entry->second]) + " and " +
                    shownName(names[fileOf[i]]) + " both hold the tensor " +
                    shownName(tensors[i].name) + "."};
        }
    }
    return Done{};
}

} // namespace

bool isPlainFileName(std::string_view name)
{
    return name.size() > kEnding.size() && name.size() <= 255 && name.ends_with(kEnding) &&
           name.front() != '.' && name.find_first_of("/\\:\0", 0, 4) == std::string_view::npos;
}

Result<Shards> openShards(const std::filesystem::path& folder)
{
    Index index;
    std::error_code ignored;
    const bool hasIndex = fs::exists(folder / kIndexName, ignored);
    if (hasIndex) {
        auto read = readIndex(folder / kIndexName);
        if (!read) {
            return read.error();
        }
        index = read.take();
    }
    const auto names = hasIndex ? filesOfIndex(folder, index) : filesOfFolder(folder);
    if (!names) {
        return names.error();
    }
    if (names.value().size() > kMaxFiles) {
        return Error{ErrorCode::InvalidFormat,
            "The model's weights are in " + grouped(names.value().size()) +
                " files; the limit is " + grouped(kMaxFiles) + "."};
    }
    Shards shards;
    std::vector<size_t> fileOf; // of each tensor
    CheckedSize bytes = 0;
    for (size_t i = 0; i < names.value().size(); ++i) {
        auto file = MappedFile::open(pathOf(folder, names.value()[i]));
        if (!file) {
            return file.error();
        }
        auto tensors = readSafetensors(file.value().bytes(), shownName(names.value()[i]));
        if (!tensors) {
            return tensors.error();
        }
        bytes += file.value().bytes().size();
        fileOf.resize(fileOf.size() + tensors.value().size(), i);
        std::ranges::move(tensors.value(), std::back_inserter(shards.tensors));
        shards.files.push_back(file.take());
    }
    shards.bytes = bytes.valueOrMax();
    const Status once = checkTwins(names.value(), fileOf, shards.tensors);
    if (!once) {
        return once.error();
    }
    const Status indexed =
        hasIndex ? checkIndex(index, names.value(), fileOf, shards.tensors) : Status(Done{});
    return indexed ? Result<Shards>(std::move(shards)) : indexed.error();
}

} // namespace atelier::hf
