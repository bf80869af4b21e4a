// SPDX-License-Identifier: MIT
// For builds without the script engine or the library (engine/chat/CMakeLists.txt).
#include "engine/chat/jinja_engine.h"

namespace atelier {

bool JinjaEngine::isAvailable()
{
    return false;
}

Result<std::unique_ptr<JinjaEngine>> JinjaEngine::create(std::string, const JinjaLimits&)
{
    return Error{ErrorCode::Unsupported, "This build does not render chat templates."};
}

} // namespace atelier
