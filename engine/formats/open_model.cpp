// SPDX-License-Identifier: MIT
// Finds out what kind of model a path is.
#include "engine/base/text.h"
#include "engine/formats/gguf_split.h"
#include "engine/formats/huggingface.h"
#include "engine/formats/model_file.h"

#include <algorithm>
#include <system_error>
#include <vector>

namespace atelier {

namespace {

namespace fs = std::filesystem;

constexpr size_t kShownNames = 5;

// The GGUF files of a folder that are models: of a split one the first part only.
Result<std::vector<fs::path>> ggufFilesIn(const fs::path& folder)
{
    std::vector<fs::path> files;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        const fs::path& path = at->path();
        const auto part = gguf::parsePartName(fileNameUtf8(path));
        std::error_code ignored;
        if (path.extension() == ".gguf" && (!part || part->number == 1) &&
            fs::is_regular_file(path, ignored)) {
            files.push_back(path);
        }
    }
    if (failed) {
        return Error{ErrorCode::Io,
            "The folder " + shownName(utf8(folder)) + " cannot be read: " + failed.message() + "."};
    }
    std::ranges::sort(files);
    return files;
}

Result<std::shared_ptr<const ModelFile>> openFolder(const fs::path& folder)
{
    if (isHuggingFaceFolder(folder)) {
        return openHuggingFace(folder);
    }
    const auto files = ggufFilesIn(folder);
    if (!files) {
        return files.error();
    }
    if (files.value().size() == 1) {
        return openGguf(files.value().front());
    }
    if (files.value().empty()) {
        return Error{ErrorCode::NotAModel,
            "The folder " + shownName(utf8(folder)) +
                " holds no model: neither config.json nor a GGUF file is in it."};
    }
    std::string names;
    for (size_t i = 0; i < std::min(files.value().size(), kShownNames); ++i) {
        names += (i == 0 ? "" : ", ") + shownName(fileNameUtf8(files.value()[i]));
    }
    return Error{ErrorCode::NotAModel,
        "The folder " + shownName(utf8(folder)) + " holds " + grouped(files.value().size()) +
            " models; choose one of its files: " + names +
            (files.value().size() > kShownNames ? " ..." : ".")};
}

// Files that people choose when they mean the folder.
bool standsForFolder(const fs::path& file)
{
    const std::string name = fileNameUtf8(file);
    return name == "config.json" || name.ends_with(".safetensors") ||
           name.ends_with(".safetensors.index.json");
}

} // namespace

Result<std::shared_ptr<const ModelFile>> openModel(const fs::path& path)
{
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        return openFolder(path);
    }
    if (standsForFolder(path) && fs::exists(path, ignored)) {
        return openHuggingFace(path.has_parent_path() ? path.parent_path() : fs::path("."));
    }
    return openGguf(path);
}

} // namespace atelier
