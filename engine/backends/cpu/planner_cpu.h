// SPDX-License-Identifier: MIT
// PlannerCpu: which steps a program has, how each is cut into pieces, and where the threads must
// wait for each other.
#pragma once

#include "engine/backends/cpu/executor_cpu.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace atelier {

// Memory that a step reads or writes. Units are elements of whatever `base` names.
struct Access
{
    const void* base = nullptr;
    size_t begin = 0;
    size_t end = 0;
    size_t stride = 0; // of a matrix; 0 for a plain range
    size_t cols = 0;
    bool write = false;
    bool onOneThread = false;

    bool conflictsWith(const Access& other) const;
};

class PlannerCpu
{
public:
    explicit PlannerCpu(ExecutorCpu& executor) : m_executor(executor) {}

    // Scratch, in bytes, that no program up to `shape` goes beyond.
    struct WorkSizes
    {
        size_t quantized = 0;
        size_t floats = 0;
        size_t partials = 0;
    };
    static WorkSizes workSizes(const WorkShape& shape, uint32_t threads);

    // Fills the executor's steps and angles; the sizes of its scratch follow below.
    void plan(std::span<const Op> ops);

    size_t quantizedBytes() const { return m_quantizedBytes; }
    size_t floatBytes() const { return m_floatBytes; }
    size_t partialBytes() const { return m_partialFloats * sizeof(float); }

private:
    void add(const EmbedOp& op);
    void add(const RmsNormOp& op);
    void add(const AddOp& op);
    void add(const MatMulOp& op);
    void add(const RopeOp& op);
    void add(const KvWriteOp& op);
    void add(const AttentionOp& op);
    void add(const SwiGluOp& op);

    void push(Step step, std::initializer_list<Access> accesses);
    void prepareActivations(const MatMulOp& op, bool rounded);
    size_t anglesOf(const RopeOp& op);
    AttentionPlan planAttention(const AttentionOp& op) const;

    // What lies in a scratch buffer now, so that products of the same activations share it.
    struct Prepared
    {
        Activation x;
        bool valid = false;
    };
    void forgetPrepared(const Access& written);

    ExecutorCpu& m_executor;
    std::vector<Access> m_phase; // since the last barrier
    Prepared m_quantized;
    Prepared m_floats;
    size_t m_quantizedBytes = 0;
    size_t m_floatBytes = 0;
    size_t m_partialFloats = 0;
    const RopeOp* m_lastRope = nullptr;
    size_t m_lastAngles = 0;
};

} // namespace atelier
