// SPDX-License-Identifier: MIT
// The devices of this machine, for a person to choose from.
#pragma once

#include "engine/backends/device_info.h"

namespace atelier {

// Asks every backend anew. Can take a second, where drivers start slowly: not on a GUI thread.
// Threads: any.
DeviceList listDevices();

} // namespace atelier
