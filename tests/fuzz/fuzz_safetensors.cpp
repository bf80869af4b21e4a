// SPDX-License-Identifier: MIT
// The table of a safetensors file from any bytes: what it gives lies in the file and overlaps
// nothing.
#include "engine/formats/hf_shards.h"
#include "engine/formats/hf_tensors.h"
#include "tests/fuzz/fuzz_support.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace atelier;
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto tensors = readSafetensors(bytes, "\"it\"");
    if (!tensors) {
        check(!tensors.error().message.empty(), "an error must say something");
        return 0;
    }
    const std::byte* last = bytes.data();
    size_t sum = 0;
    for (const SafeTensor& tensor : tensors.value()) {
        check(tensor.bytes.empty() || tensor.bytes.data() >= last, "tensors must not overlap");
        last = tensor.bytes.empty() ? last : tensor.bytes.data() + tensor.bytes.size();
        for (const std::byte byte : tensor.bytes) {
            sum += size_t(byte);
        }
        hf::isPlainFileName(tensor.name);
    }
    check(last <= bytes.data() + bytes.size(), "tensors must lie in the file");
    check(sum < SIZE_MAX / 2, "what was read must add up");
    for (const hf::Layout layout : {hf::Layout::Glm4, hf::Layout::ChatGlm, hf::Layout::Llama}) {
        hf::Config config;
        config.layout = layout;
        config.architecture = "glm4";
        config.heads = 2;
        config.kvHeads = 1;
        const auto plans = hf::planTensors(tensors.value(), config);
        if (!plans) {
            continue;
        }
        for (const hf::TensorPlan& plan : plans.value()) {
            const TensorInfo& info = plan.info;
            check(info.bytes.size() == rowBytes(info.type, size_t(info.cols)) * info.rows,
                "a tensor must have the bytes of its shape");
            if (plan.permutedHeads > 0) {
                std::vector<std::byte> to(info.bytes.size());
                hf::permuteRows(
                    info.bytes, plan.permutedHeads, info.rows == 1 ? info.cols : info.rows, to);
            }
        }
    }
    return 0;
}
