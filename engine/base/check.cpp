// SPDX-License-Identifier: MIT
#include "engine/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace atelier {

void checkFailed(std::string_view rule, const char* file, int line)
{
    std::fprintf(stderr, "%s:%d: %.*s\n", file, line, int(rule.size()), rule.data());
    std::abort();
}

} // namespace atelier
