// SPDX-License-Identifier: MIT
// config.json from any text: what it gives is well-formed metadata, and the numbers in it are
// either refused or ones a network can be made of.
#include "engine/formats/gguf_writer.h"
#include "engine/formats/hf_config.h"
#include "engine/model/hyperparameters.h"
#include "tests/fuzz/fuzz_support.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto json = parseJson(text, "\"config.json\"", {});
    if (!json) {
        check(!json.error().message.empty(), "an error must say something");
        return 0;
    }
    auto config = hf::readConfig(json.value());
    if (!config) {
        check(!config.error().message.empty(), "an error must say something");
        return 0;
    }
    // The file that such metadata would be, with an embedding of one row.
    const gguf::MetadataWriter& metadata = config.value().metadata;
    gguf::ByteSink sink;
    sink.raw(std::as_bytes(std::span("GGUF", 4)));
    sink.number(uint32_t(3));
    sink.number(uint64_t(1));
    sink.number(metadata.keys());
    sink.raw(metadata.bytes());
    sink.string("token_embd.weight");
    sink.number(uint32_t(1));
    sink.number(uint64_t(8));
    sink.number(uint32_t(DType::F32));
    sink.number(uint64_t(0));
    sink.padTo(32);
    sink.raw(std::vector<std::byte>(32));
    const auto bytes = sink.take();
    const auto file = parseGguf(bytes);
    check(bool(file), "made-up metadata must be right");
    fuzz::readEverything(*file.value(), bytes);
    if (const auto hyper = readHyperparameters(*file.value())) {
        check(hyper.value().heads % hyper.value().kvHeads == 0, "heads must be shared evenly");
        check(hyper.value().rope.dimensions <= hyper.value().headDim, "only a head can rotate");
    }
    return 0;
}
