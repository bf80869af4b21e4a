// SPDX-License-Identifier: MIT
// atelier-cli inspect: what is in a model file, and what it would take to run it. Reads the tables
// of the file and none of the weights.
#include "engine/api/describe_model.h"
#include "engine/api/memory_planner.h"
#include "engine/backends/backend_list.h"
#include "engine/base/cpu_features.h"
#include "engine/base/text.h"
#include "engine/formats/model_file.h"
#include "engine/model/hyperparameters.h"
#include "engine/model/network_list.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tools/cli.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace atelier::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kShownElements = 8; // of an array

template <class T>
Json shortened(const std::vector<T>& values)
{
    Json first = Json::array();
    for (size_t i = 0; i < values.size() && i < kShownElements; ++i) {
        first.push_back(values[i]);
    }
    return {{"count", values.size()}, {"first", std::move(first)}};
}

Json metadataValue(const ModelFile& file, const std::string& key)
{
    if (const auto value = file.string(key)) {
        return *value;
    }
    if (const auto value = file.boolean(key)) {
        return *value;
    }
    if (const auto value = file.unsignedInteger(key)) {
        return *value;
    }
    if (const auto value = file.integer(key)) {
        return *value;
    }
    if (const auto value = file.number(key)) {
        return *value;
    }
    if (const auto values = file.strings(key)) {
        return shortened(*values);
    }
    if (const auto values = file.integers(key)) {
        return shortened(*values);
    }
    if (const auto values = file.numbers(key)) {
        return shortened(*values);
    }
    return nullptr; // an array of a kind that language models do not use
}

Json describeShapes(const ModelInfo& info)
{
    return {{"layers", info.layers},
        {"hidden", info.hidden},
        {"heads", info.heads},
        {"kv_heads", info.kvHeads},
        {"head_dim", info.headDim},
        {"ffn", info.ffn},
        {"vocab", info.vocab},
        {"context_length", info.contextLength},
        {"rope_base", info.ropeBase},
        {"rope_dimensions", info.ropeDimensions}};
}

Json describeTokenizer(const ModelFile& file)
{
    const auto created = Tokenizer::create(file);
    if (!created) {
        return {{"error", created.error().message}};
    }
    const Tokenizer& tokenizer = *created.value();
    size_t control = 0;
    size_t padding = 0;
    for (int32_t id = 0; id < tokenizer.vocabSize(); ++id) {
        control += tokenizer.isControl(id) ? 1 : 0;
        padding += tokenizer.isPadding(id) ? 1 : 0;
    }
    Json stops = Json::array();
    for (const int32_t id : tokenizer.stopTokens()) {
        stops.push_back({{"id", id}, {"name", tokenizer.tokenBytes(id)}});
    }
    return {{"model", file.string("tokenizer.ggml.model").value_or("")},
        {"pre", file.string("tokenizer.ggml.pre").value_or("")},
        {"tokens", tokenizer.vocabSize()},
        {"control", control},
        {"padding", padding},
        {"stop", std::move(stops)}};
}

// The allocator's own dry run.
Json describeMemory(
    std::shared_ptr<const ModelFile> file, const Hyperparameters& hyper, const Backend& backend)
{
    WeightTable weights(std::move(file));
    const auto network = createNetwork(hyper, weights);
    if (!network) {
        return {{"error", network.error().message}};
    }
    const uint64_t available =
        backend.name() == "cpu" ? readHostMemory().availableBytes : backend.availableMemoryBytes();
    const MemoryPlan plan = planMemory(backend, weights, hyper, {}, {&available, 1});
    return {{"backend", backend.name()},
        {"context_tokens", plan.contextTokens},
        {"mapped_weights", plan.mappedWeights},
        {"allocated_weights", plan.allocatedWeights},
        {"cache", plan.cache},
        {"compute", plan.compute},
        {"total", plan.total()},
        {"available", plan.available},
        {"largest_context", plan.largestContext}};
}

// What a device with memory of its own makes of the matrices in the file: those of a type that it
// does not compute with take more there. The slack is what allocation rounds up.
Json describeDeviceTypes(const ModelFile& file, const Backend& backend)
{
    struct Sum
    {
        uint64_t tensors = 0;
        uint64_t fileBytes = 0;
        uint64_t deviceBytes = 0;
    };
    std::map<std::string, Sum> types;
    for (const TensorInfo& tensor : file.tensors()) {
        // Norms and biases are F32 on every device; what no model has is not loaded.
        if (tensor.rows < 2 || tensor.rows > INT32_MAX || tensor.cols > INT32_MAX) {
            continue;
        }
        Sum& sum = types[std::string(dtypeInfo(tensor.type).name)];
        ++sum.tensors;
        sum.fileBytes += tensor.bytes.size();
        sum.deviceBytes += backend.weightBytes(
            {tensor.name, tensor.type, uint32_t(tensor.rows), uint32_t(tensor.cols), {}, nullptr});
    }
    Json out = Json::array();
    for (const auto& [type, sum] : types) {
        const uint64_t slack = sum.fileBytes / 8 + sum.tensors * 4096;
        out.push_back({{"type", type},
            {"tensors", sum.tensors},
            {"file_bytes", sum.fileBytes},
            {"device_bytes", sum.deviceBytes},
            {"widened", sum.deviceBytes > sum.fileBytes + slack}});
    }
    return out;
}

Json describe(const std::shared_ptr<const ModelFile>& file, const Backend& backend)
{
    Json out;
    const auto hyper = readHyperparameters(*file);
    const ModelInfo info = describeModel(*file, hyper ? hyper.value() : Hyperparameters());
    out["file"] = fileNameUtf8(file->path());
    out["format"] = file->formatName();
    out["bytes"] = file->fileBytes();
    out["name"] = info.name;
    out["license"] = info.license;
    out["architecture"] = file->string("general.architecture").value_or("");
    out["parameters"] = info.parameters;
    out["quantization"] = info.quantization;
    Json& types = out["types"] = Json::array();
    for (const ModelInfo::TypeCount& type : info.types) {
        types.push_back({{"type", type.type}, {"tensors", type.tensors}, {"bytes", type.bytes}});
    }
    out["shapes"] = hyper ? describeShapes(info) : Json{{"error", hyper.error().message}};
    out["tokenizer"] = describeTokenizer(*file);
    out["template"] = metadataValue(*file, "tokenizer.chat_template");
    out["memory"] = hyper ? describeMemory(file, hyper.value(), backend)
                          : Json{{"error", hyper.error().message}};
    if (backend.name() != "cpu") {
        out["on_device"] = {{"backend", backend.name()},
            {"device", backend.capabilities().deviceName},
            {"types", describeDeviceTypes(*file, backend)}};
    }
    Json& metadata = out["metadata"] = Json::object();
    for (const std::string& key : file->keys()) {
        metadata[key] = metadataValue(*file, key);
    }
    Json& tensors = out["tensors"] = Json::array();
    for (const TensorInfo& tensor : file->tensors()) {
        tensors.push_back({{"name", tensor.name},
            {"rows", tensor.rows},
            {"cols", tensor.cols},
            {"type", dtypeInfo(tensor.type).name},
            {"bytes", tensor.bytes.size()}});
    }
    return out;
}

// Everything below prints what describe() found.

std::string dumped(const Json& value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace); // names may be any bytes
}

// Text out of a file could move the cursor of a terminal; shownName() lets nothing through.
std::string shownText(const Json& value)
{
    return value.is_string() ? shownName(value.get_ref<const std::string&>()) : dumped(value);
}

std::string number(const Json& value)
{
    return grouped(value.get<uint64_t>());
}

std::string bytes(const Json& value)
{
    return readableBytes(value.get<uint64_t>());
}

void printRow(const char* name, const std::string& text)
{
    std::printf("%-14s %s\n", name, text.c_str());
}

void printShapes(const Json& shapes)
{
    if (shapes.contains("error")) {
        return printRow("Shapes", shapes["error"].get<std::string>());
    }
    printRow("Shapes",
        number(shapes["layers"]) + " layers, width " + number(shapes["hidden"]) + ", " +
            number(shapes["heads"]) + " heads of " + number(shapes["head_dim"]) + " (" +
            number(shapes["kv_heads"]) + " for keys and values), feed-forward width " +
            number(shapes["ffn"]));
    printRow("Context",
        number(shapes["context_length"]) + " tokens; RoPE base " + dumped(shapes["rope_base"]) +
            " on " + number(shapes["rope_dimensions"]) + " dimensions");
}

void printTokenizer(const Json& tokenizer, const Json& chatTemplate)
{
    if (tokenizer.contains("error")) {
        printRow("Tokenizer", tokenizer["error"].get<std::string>());
    } else {
        std::string stops;
        for (const Json& stop : tokenizer["stop"]) {
            stops +=
                (stops.empty() ? "" : ", ") + shownText(stop["name"]) + " " + dumped(stop["id"]);
        }
        printRow("Tokenizer",
            shownText(tokenizer["model"]) + ", " + shownText(tokenizer["pre"]) + ": " +
                number(tokenizer["tokens"]) + " tokens, " + number(tokenizer["control"]) +
                " of them control, " + number(tokenizer["padding"]) + " padding");
        printRow("Stops at", stops.empty() ? "nothing" : stops);
    }
    printRow("Template",
        chatTemplate.is_string()
            ? grouped(chatTemplate.get_ref<const std::string&>().size()) + " bytes"
            : std::string("none"));
}

void printMemory(const Json& memory)
{
    if (memory.contains("error")) {
        return printRow("Memory", memory["error"].get<std::string>());
    }
    printRow("Memory",
        bytes(memory["total"]) + " with " + number(memory["context_tokens"]) +
            " tokens of context on " + memory["backend"].get<std::string>() + ": " +
            bytes(memory["mapped_weights"]) + " of the file, " +
            bytes(memory["allocated_weights"]) + " weights, " + bytes(memory["cache"]) +
            " cache, " + bytes(memory["compute"]) + " working space");
    printRow("",
        bytes(memory["available"]) + " are free; the largest context that fits is " +
            number(memory["largest_context"]) + " tokens");
}

void printDevice(const Json& device)
{
    printRow("Device", shownText(device["backend"]) + ", " + shownText(device["device"]));
    for (const Json& type : device["types"]) {
        std::printf("  %-8s %6s tensors %12s there%s\n",
            type["type"].get<std::string>().c_str(),
            number(type["tensors"]).c_str(),
            bytes(type["device_bytes"]).c_str(),
            type["widened"].get<bool>() ? ", widened: it does not compute with this type" : "");
    }
}

void print(const Json& out)
{
    printRow("File",
        shownText(out["file"]) + ", " + out["format"].get<std::string>() + ", " +
            bytes(out["bytes"]));
    printRow("Name", shownText(out["name"]));
    printRow("License", out["license"] == "" ? "not stated" : shownText(out["license"]));
    printRow("Architecture",
        shownText(out["architecture"]) + ", " + number(out["parameters"]) + " parameters");
    printShapes(out["shapes"]);
    printRow("Quantization", shownText(out["quantization"]));
    for (const Json& type : out["types"]) {
        std::printf("  %-8s %6s tensors %12s\n",
            type["type"].get<std::string>().c_str(),
            number(type["tensors"]).c_str(),
            bytes(type["bytes"]).c_str());
    }
    printTokenizer(out["tokenizer"], out["template"]);
    printMemory(out["memory"]);
    if (out.contains("on_device")) {
        printDevice(out["on_device"]);
    }
    std::printf("\nMetadata\n");
    for (const auto& [key, value] : out["metadata"].items()) {
        const bool isList = value.is_object();
        const std::string text = isList ? number(value["count"]) + " elements, the first " +
                                              shownName(dumped(value["first"]))
                                        : shownText(value);
        std::printf("  %s = %s\n", shownName(key).c_str(), text.c_str());
    }
    std::printf("\nTensors\n");
    for (const Json& tensor : out["tensors"]) {
        std::printf("  %-40s %-6s %12s  [%s, %s]\n",
            shownText(tensor["name"]).c_str(),
            tensor["type"].get<std::string>().c_str(),
            bytes(tensor["bytes"]).c_str(),
            number(tensor["rows"]).c_str(),
            number(tensor["cols"]).c_str());
    }
}

} // namespace

int runInspect(std::span<char* const> words)
{
    static constexpr std::string_view kFlags[] = {"--json"};
    static constexpr std::string_view kValues[] = {"--backend"};
    const auto arguments = Arguments::parse(words, {kValues, kFlags});
    if (!arguments) {
        return usage(arguments.error().message);
    }
    if (arguments.value().positional().size() != 1) {
        return usage("inspect needs one MODEL.");
    }
    const auto file = openModel(std::filesystem::path(arguments.value().positional()[0]));
    if (!file) {
        return fail(file.error());
    }
    const auto backend = createBackend(arguments.value().value("--backend").value_or("cpu"), {});
    if (!backend) {
        return fail(backend.error());
    }
    const Json out = describe(file.value(), *backend.value());
    if (arguments.value().has("--json")) {
        std::printf("%s\n", out.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    } else {
        print(out);
    }
    return kSuccess;
}

} // namespace atelier::cli
