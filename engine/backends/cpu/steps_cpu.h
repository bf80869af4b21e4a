// SPDX-License-Identifier: MIT
// The work of each kind of step: one piece, on one thread.
#pragma once

#include "engine/backends/cpu/executor_cpu.h"

#include <cstdint>

namespace atelier {

struct StepsCpu
{
    static void embed(ExecutorCpu&, const Step&, uint32_t token, uint32_t thread);
    static void rmsNorm(ExecutorCpu&, const Step&, uint32_t token, uint32_t thread);
    static void addRow(ExecutorCpu&, const Step&, uint32_t token, uint32_t thread);
    static void swiGlu(ExecutorCpu&, const Step&, uint32_t piece, uint32_t thread);
    static void rope(ExecutorCpu&, const Step&, uint32_t token, uint32_t thread);
    static void kvWrite(ExecutorCpu&, const Step&, uint32_t slotBlock, uint32_t thread);

    // x of a product into the executor's scratch, `grain` chunks of one token at a time.
    static void prepareActivations(ExecutorCpu&, const Step&, uint32_t piece, uint32_t thread);
    static void streamRows(ExecutorCpu&, const Step&, uint32_t piece, uint32_t thread);
    static void panel(ExecutorCpu&, const Step&, uint32_t piece, uint32_t thread);

    static void attention(ExecutorCpu&, const Step&, uint32_t piece, uint32_t thread);
    static void mergeAttention(ExecutorCpu&, const Step&, uint32_t job, uint32_t thread);

private:
    struct AttentionRows;
    static ProductJob productJob(ExecutorCpu&, const Step&, uint32_t firstRow, uint32_t rows);
};

// First element of an activation, and its rows.
float* activationRow(const Activation& activation, size_t row);

} // namespace atelier
