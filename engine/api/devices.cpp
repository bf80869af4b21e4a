// SPDX-License-Identifier: MIT
#include "engine/api/devices.h"

#include "engine/backends/backend_list.h"

namespace atelier {

DeviceList listDevices()
{
    return listDevicesOf(builtInBackends());
}

} // namespace atelier
