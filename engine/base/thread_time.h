// SPDX-License-Identifier: MIT
// What a thread has really worked, whatever else the machine is busy with.
#pragma once

namespace atelier {

// Processor time of the calling thread in seconds, from an arbitrary start. For bounds on work that
// must hold on a busy machine as well. Resolution: 16 ms on Windows, far better elsewhere.
double threadSeconds();

} // namespace atelier
