// SPDX-License-Identifier: MIT
#include "engine/backends/cuda/executor_cuda.h"

#include "engine/base/check.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <variant>

namespace atelier {

namespace {

constexpr size_t kMaxGraphs = 6;      // token counts times lengths of the cache
constexpr double kGraphBudgets = 4.0; // a graph cannot be stopped: about 20 ms at most

} // namespace

size_t ExecutorCuda::Work::total() const
{
    return BufferCuda::allocatedBytes(rounded) + BufferCuda::allocatedBytes(floats) +
           BufferCuda::allocatedBytes(partials) + BufferCuda::allocatedBytes(parameters);
}

void ExecutorCuda::Work::cover(const Work& other)
{
    rounded = std::max(rounded, other.rounded);
    floats = std::max(floats, other.floats);
    partials = std::max(partials, other.partials);
    parameters = std::max(parameters, other.parameters);
}

ExecutorCuda::~ExecutorCuda()
{
    static_cast<void>(m_device.activate()); // what is the host's is freed also for a lost device
    cudaStreamSynchronize(m_device.compute());
    for (const Graph& graph : m_graphs) {
        cudaGraphExecDestroy(graph.exec);
    }
    for (const cudaEvent_t event : m_events) {
        if (event != nullptr) {
            cudaEventDestroy(event);
        }
    }
}

Status ExecutorCuda::reserve(const Work& work)
{
    Work wanted = m_reserved;
    wanted.cover(work);
    if (wanted.total() == m_reserved.total()) { // every part has room where it lies
        m_reserved = wanted;
        return Done{};
    }
    m_memory.reset();
    m_reserved = {};
    auto made = BufferCuda::create(m_device, wanted.total(), "working memory");
    if (!made) {
        return made.error();
    }
    m_memory = made.take();
    m_reserved = wanted;
    return Done{};
}

Status ExecutorCuda::run(std::span<const Op> ops, std::stop_token stop)
{
    if (stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, "Stopped."};
    }
    if (const Status activated = m_device.activate(); !activated) {
        return activated;
    }
    if (const Status reserved = reserve(workOf(ops)); !reserved) {
        return reserved;
    }
    if (const Status waited = m_transfers.waitFor(m_device.compute()); !waited) {
        return waited;
    }
    m_list.clear();
    m_parameters.clear();
    m_lastSlotParameter = nullptr;
    m_lastRope = nullptr;
    m_rounded.valid = false;
    m_padded.valid = false;
    for (size_t at = 0; at < ops.size();) {
        at += record(ops, at);
    }
    check(m_parameters.size() <= m_reserved.parameters, "parameters must fit their memory");
    if (!m_parameters.empty()) {
        // From pageable memory: CUDA has taken its copy when the call returns.
        const std::byte* target = m_memory->data() + m_reserved.total() -
                                  BufferCuda::allocatedBytes(m_reserved.parameters);
        const Status copied = m_device.check(cudaMemcpyAsync(const_cast<std::byte*>(target),
                                                 m_parameters.data(),
                                                 m_parameters.size(),
                                                 cudaMemcpyHostToDevice,
                                                 m_device.compute()),
            "Computing");
        if (!copied) {
            return copied;
        }
    }
    return execute(std::move(stop));
}

// Floating-point operations that even a slow device of this size does in about five milliseconds.
double ExecutorCuda::budget() const
{
    return 1e9 * m_device.multiprocessors();
}

Status ExecutorCuda::launch(const cuda::Launch& launch)
{
    m_list.arguments(launch, m_arguments);
    if (launch.shape.sharedBytes > 48 * 1024) { // above the default limit: to be asked for
        const Status allowed = m_device.check(cudaFuncSetAttribute(launch.kernel,
                                                  cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                  int(launch.shape.sharedBytes)),
            "Computing");
        if (!allowed) {
            return allowed;
        }
    }
    cudaLaunchConfig_t config{};
    config.gridDim = dim3(launch.shape.x, launch.shape.y, 1);
    config.blockDim = dim3(launch.shape.threads, 1, 1);
    config.dynamicSmemBytes = launch.shape.sharedBytes;
    config.stream = m_device.compute();
    return m_device.check(
        cudaLaunchKernelExC(&config, launch.kernel, m_arguments.data()), "Computing");
}

// At most two batches of work are on their way, so that a stop takes effect soon.
Status ExecutorCuda::launchAll(std::stop_token stop)
{
    double work = 0.0;
    uint32_t batch = 0;
    for (const cuda::Launch& next : m_list.launches()) {
        if (const Status launched = launch(next); !launched) {
            return launched;
        }
        work += next.shape.work;
        if (work < budget()) {
            continue;
        }
        work = 0.0;
        cudaEvent_t& event = m_events[batch++ % 2];
        cudaError_t result = event != nullptr
                                 ? cudaSuccess
                                 : cudaEventCreateWithFlags(&event, cudaEventDisableTiming);
        if (result == cudaSuccess) {
            result = cudaEventRecord(event, m_device.compute());
        }
        const cudaEvent_t before = m_events[batch % 2];
        if (result == cudaSuccess && before != nullptr) {
            result = cudaEventSynchronize(before);
        }
        if (result != cudaSuccess) {
            return m_device.error(result, "Computing");
        }
        if (stop.stop_requested()) {
            break;
        }
    }
    return Done{};
}

ExecutorCuda::Graph* ExecutorCuda::findGraph()
{
    for (Graph& graph : m_graphs) {
        if (graph.launches == m_list) {
            graph.lastUse = m_runs;
            return &graph;
        }
    }
    return nullptr;
}

// Makes a graph of the list instead of running it.
Status ExecutorCuda::capture()
{
    const cudaStream_t stream = m_device.compute();
    cudaError_t result = cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal);
    if (result != cudaSuccess) {
        return m_device.error(result, "Recording a graph");
    }
    Status launched = Done{};
    for (const cuda::Launch& next : m_list.launches()) {
        launched = launch(next);
        if (!launched) {
            break;
        }
    }
    cudaGraph_t recorded = nullptr;
    result = cudaStreamEndCapture(stream, &recorded); // also after a failure
    if (!launched) {
        return launched;
    }
    cudaGraphExec_t exec = nullptr;
    if (result == cudaSuccess) {
        result = cudaGraphInstantiate(&exec, recorded, 0);
    }
    if (recorded != nullptr) {
        cudaGraphDestroy(recorded);
    }
    if (result != cudaSuccess) {
        return m_device.error(result, "Recording a graph");
    }
    if (m_graphs.size() == kMaxGraphs) {
        const auto oldest = std::ranges::min_element(m_graphs, {}, &Graph::lastUse);
        cudaGraphExecDestroy(oldest->exec);
        m_graphs.erase(oldest);
    }
    m_graphs.push_back({m_list, exec, m_runs});
    return Done{};
}

// The second time in a row that a short program is run, it becomes a graph.
Status ExecutorCuda::execute(std::stop_token stop)
{
    ++m_runs;
    double work = 0.0;
    for (const cuda::Launch& next : m_list.launches()) {
        work += next.shape.work;
    }
    Graph* graph = nullptr;
    if (work < kGraphBudgets * budget() && m_list.launches().size() > 1) {
        graph = findGraph();
        if (graph == nullptr && m_previous == m_list) {
            if (const Status captured = capture(); !captured) {
                return captured;
            }
            graph = &m_graphs.back();
        }
        if (graph == nullptr) {
            m_previous = m_list;
        }
    }
    Status done = Done{};
    if (graph != nullptr) {
        ++m_replays;
        done = m_device.check(cudaGraphLaunch(graph->exec, m_device.compute()), "Computing");
    } else {
        done = launchAll(stop);
    }
    // Also after a failure: nothing may be on its way when outputs are freed.
    const Status finished = m_device.check(cudaStreamSynchronize(m_device.compute()), "Computing");
    if (!done || !finished) {
        return !done ? done : finished;
    }
    if (stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, "Stopped."};
    }
    return Done{};
}

} // namespace atelier
