// SPDX-License-Identifier: MIT
// atelier-cli: the engine on the command line.
#include "engine/tools/cli.h"

#include <cstdio>
#include <cstring>

namespace atelier::cli {

namespace {

struct Command
{
    std::string_view name;
    int (*run)(std::span<char* const> words);
    const char* help;
};

constexpr Command kCommands[] = {
    {"inspect", &runInspect, "inspect MODEL [--backend B] [--json]\n"},
    {"tokenize", &runTokenize, "tokenize MODEL --text T | --file F | --json F [--special]\n"},
    {"detokenize", &runDetokenize, "detokenize MODEL --ids \"1 2 3\"\n"},
    {"template",
        &runTemplate,
        "template MODEL --messages F.json\n"
        "         prints the prompt; F: {\"messages\": [...], \"tools\": [...],\n"
        "         \"add_generation_prompt\": true}, or the list of messages alone\n"},
    {"logits",
        &runLogits,
        "logits MODEL --tokens F --out OUT.npy [cache, position and device options]\n"},
    {"generate",
        &runGenerate,
        "generate MODEL --prompt T [--system T] | --messages F.json | --raw T | --raw-file F\n"
        "         [--max-tokens N] [--stop TEXT ...] [--when-full stop|drop] [--alternatives N]\n"
        "         [--restore FILE] [--save FILE] (the session, before and after the reply)\n"
        "         [--json] [sampling, cache, position and device options]\n"
        "         [--grammar-file F | --json-schema F] (what the reply must be)\n"
        "         [--tools F.json] (a list; calls keep to their schemas) [--unchecked-calls]\n"
        "generate MODEL --batch [options as above]\n"
        "         reads raw prompts from stdin, writes completions to stdout; NUL ends each\n"},
    {"bench",
        &runBench,
        "bench MODEL [--prompt 512] [--generate 128] [--depth 0] [--repeat 3] [--json]\n"
        "      [cache, position and device options]\n"},
    {"quantize",
        &runQuantize,
        "quantize SRC DST --type F32|F16|BF16|Q8_0|Q6_K|Q5_K_M|Q5_K_S|Q5_1|Q5_0|Q4_K_M|Q4_K_S|\n"
        "         Q4_1|Q4_0|IQ4_NL|IQ4_XS|Q3_K_L|Q3_K_M|Q3_K_S|Q2_K [--overwrite] [--threads N]\n"
        "         SRC: a GGUF file, or a folder of safetensors\n"},
    {"devices", &runDevices, "devices [--json]\n"},
    {"check", &runCheck, "check [--backend B]\n"},
};

constexpr const char* kOptionsHelp =
    "device options:   --backend cpu|vulkan|cuda[:index]  --threads N\n"
    "                  --gpu-layers N (the last N there, the others on the processor)\n"
    "                  --isa portable|avx2|avx512|amx (at most this instruction set)\n"
    "                  --quantize TYPE (while loading; the types of the command quantize)\n"
    "                  --exact (activations are not rounded: slower, for research)\n"
    "cache options:    --kv f32|f16|q8_0  --chunk N (prompt tokens at once)  --context N "
    "(generate)\n"
    "position options: --yarn off|auto|FACTOR[:ORIGINAL_CONTEXT]  --yarn-extrapolation X\n"
    "                  --yarn-attention X  --yarn-beta-fast X  --yarn-beta-slow X\n"
    "                  --rope-base X  --rope-linear FACTOR\n"
    "sampling options: --greedy | --temperature T  --top-k K  --top-p P  --min-p P  --seed N\n"
    "                  --repetition-penalty X  --presence-penalty X  --frequency-penalty X\n"
    "                  --penalty-window N (last tokens; 0: all)  --logit-bias ID:BIAS[,...]\n"
    "                  --dry MULTIPLIER  --dry-base X  --dry-allowed N  --dry-window N\n";

int help(const Command* only)
{
    if (only == nullptr) {
        std::printf(
            "atelier-cli %s: run language models from the command line.\n\n", ATELIER_VERSION);
    }
    for (const Command& command : kCommands) {
        if (only == nullptr || only == &command) {
            std::printf("%s", command.help);
        }
    }
    std::printf("\n%s", kOptionsHelp);
    return kSuccess;
}

int run(std::span<char* const> words)
{
    if (words.empty()) {
        return usage("A command is missing.");
    }
    const std::string_view name = words[0];
    if (name == "--help" || name == "-h" || name == "help") {
        return help(nullptr);
    }
    if (name == "--version") {
        std::printf("atelier-cli %s (%s)\n", ATELIER_VERSION, ATELIER_COMMIT);
        return kSuccess;
    }
    for (const Command& command : kCommands) {
        if (command.name != name) {
            continue;
        }
        if (words.size() > 1 && std::strcmp(words[1], "--help") == 0) {
            return help(&command);
        }
        return command.run(words.subspan(1));
    }
    return usage("There is no command \"" + std::string(name) + "\".");
}

} // namespace

} // namespace atelier::cli

int main(int argc, char** argv)
{
    return atelier::cli::run(std::span<char* const>(argv, size_t(argc)).subspan(1));
}
