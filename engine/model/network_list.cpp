// SPDX-License-Identifier: MIT
#include "engine/model/network_list.h"

#include "engine/base/text.h"
#include "engine/model/glm4.h"
#include "engine/model/pre_norm.h"

namespace atelier {

namespace {

struct Architecture
{
    std::string_view name; // general.architecture
    std::unique_ptr<Network> (*create)(const Hyperparameters&, WeightTable&);
};

constexpr Architecture kArchitectures[] = {
    {"glm4", &createGlm4},
    {"chatglm", &createChatGlm},
    {"llama", &createLlama},
    {"qwen2", &createQwen2},
};

} // namespace

Result<std::unique_ptr<Network>> createNetwork(const Hyperparameters& hyper, WeightTable& table)
{
    std::string names;
    for (const Architecture& architecture : kArchitectures) {
        if (architecture.name == hyper.architecture) {
            auto network = architecture.create(hyper, table);
            if (table.error()) {
                return *table.error();
            }
            return network;
        }
        names += (names.empty() ? "" : ", ") + std::string(architecture.name);
    }
    return Error{ErrorCode::Unsupported,
        "Models of the architecture " + shownName(hyper.architecture) +
            " are not supported; this version runs " + names + "."};
}

} // namespace atelier
