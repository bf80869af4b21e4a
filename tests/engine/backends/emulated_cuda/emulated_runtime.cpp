// SPDX-License-Identifier: MIT
// The runtime: memory with a guard page behind it, streams as queues, graphs as recorded queues.
#include "emulated_block.h"
#include "emulated_control.h"

#include <cuda_runtime_api.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

using Task = std::function<cudaError_t()>;

struct EmulatedGraph
{
    std::vector<Task> tasks;
};

struct EmulatedStream
{
    std::deque<Task> queue;
    uint64_t queued = 0; // tasks so far
    uint64_t done = 0;
    std::unique_ptr<EmulatedGraph> recording;
};

struct EmulatedEvent
{
    EmulatedStream* stream = nullptr;
    uint64_t position = 0;
};

namespace {

EmulatedControl control;
cudaError_t lost = cudaSuccess; // stays until the library is unloaded, or the control resets it

struct Allocation
{
    std::byte* pages = nullptr;
    size_t pageBytes = 0;
    size_t bytes = 0;
};

std::map<void*, Allocation>& allocations()
{
    static std::map<void*, Allocation> map;
    return map;
}

std::map<const void*, emulated::Thunk>& kernels()
{
    static std::map<const void*, emulated::Thunk> map;
    return map;
}

std::map<const void*, size_t>& sharedLimits()
{
    static std::map<const void*, size_t> map;
    return map;
}

cudaError_t enqueue(cudaStream_t stream, Task task)
{
    if (lost != cudaSuccess) {
        return lost;
    }
    if (stream->recording) {
        stream->recording->tasks.push_back(std::move(task));
        return cudaSuccess;
    }
    stream->queue.push_back(std::move(task));
    ++stream->queued;
    return cudaSuccess;
}

// Runs tasks until `position` of them are done.
cudaError_t drain(EmulatedStream* stream, uint64_t position)
{
    while (stream->done < position && !stream->queue.empty()) {
        const Task task = std::move(stream->queue.front());
        stream->queue.pop_front();
        ++stream->done;
        if (lost == cudaSuccess) {
            lost = task();
        }
    }
    return lost;
}

size_t pageSize()
{
    return size_t(sysconf(_SC_PAGESIZE));
}

// Whether [from, from + bytes) lies in one allocation of the device.
bool onDevice(const void* from, size_t bytes)
{
    auto next = allocations().upper_bound(const_cast<void*>(from));
    if (next == allocations().begin()) {
        return false;
    }
    const auto& [start, allocation] = *--next;
    const size_t offset =
        size_t(static_cast<const std::byte*>(from) - static_cast<std::byte*>(start));
    return offset <= allocation.bytes && bytes <= allocation.bytes - offset;
}

cudaError_t runLaunch(
    const emulated::Grid& grid, const void* kernel, std::vector<std::vector<std::byte>>& bytes)
{
    ++control.launches;
    if (control.failAfter >= 0 && control.failAfter-- == 0) {
        return cudaErrorLaunchFailure;
    }
    std::vector<void*> arguments;
    for (auto& argument : bytes) {
        arguments.push_back(argument.data());
    }
    const std::string problem =
        emulated::runKernel(grid, kernel, kernels().at(kernel), arguments.data());
    if (!problem.empty()) {
        std::snprintf(control.problem, sizeof(control.problem), "%s", problem.c_str());
        std::fprintf(stderr, "emulated CUDA: %s\n", problem.c_str());
        return cudaErrorLaunchFailure;
    }
    return cudaSuccess;
}

} // namespace

namespace emulated {

namespace {

std::map<const void*, std::vector<size_t>>& argumentSizes()
{
    static std::map<const void*, std::vector<size_t>> map;
    return map;
}

} // namespace

void registerKernel(const void* kernel, Thunk thunk, const size_t* sizes, size_t count)
{
    kernels()[kernel] = thunk;
    argumentSizes()[kernel].assign(sizes, sizes + count);
}

} // namespace emulated

extern "C" __attribute__((visibility("default"))) EmulatedControl* atelierEmulatedCuda()
{
    return &control;
}

// Forgets a lost device, which a real one does when the process ends.
extern "C" __attribute__((visibility("default"))) void atelierEmulatedReset()
{
    lost = cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* version)
{
    *version = control.driver;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count)
{
    *count = 0;
    if (control.driver < CUDART_VERSION) {
        return cudaErrorInsufficientDriver;
    }
    *count = control.devices;
    return control.devices > 0 ? cudaSuccess : cudaErrorNoDevice;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device)
{
    if (device >= control.devices) {
        return cudaErrorInvalidDevice;
    }
    std::snprintf(properties->name, sizeof(properties->name), "Emulated device %d", device);
    properties->major = control.capability / 10;
    properties->minor = control.capability % 10;
    properties->multiProcessorCount = 3; // few, so that programs are cut into batches
    properties->sharedMemPerBlockOptin = 64 * 1024;
    properties->totalGlobalMem = control.memory;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    return device < control.devices ? lost : cudaErrorInvalidDevice;
}

cudaError_t cudaGetLastError()
{
    return lost;
}

const char* cudaGetErrorString(cudaError_t error)
{
    switch (error) {
    case cudaSuccess:
        return "no error";
    case cudaErrorMemoryAllocation:
        return "out of memory";
    case cudaErrorLaunchFailure:
        return "unspecified launch failure";
    default:
        return "another error";
    }
}

cudaError_t cudaMemGetInfo(size_t* available, size_t* total)
{
    *total = control.memory;
    *available = control.memory - control.allocated;
    return lost;
}

// The end of the memory is the end of a page, and the next page may not be touched.
cudaError_t cudaMalloc(void** memory, size_t bytes)
{
    if (lost != cudaSuccess) {
        return lost;
    }
    if (bytes > control.memory - control.allocated) {
        return cudaErrorMemoryAllocation;
    }
    const size_t page = pageSize();
    const size_t padded = (bytes + 255) / 256 * 256; // as aligned as CUDA's
    const size_t pages = (padded + page - 1) / page * page;
    auto* base = static_cast<std::byte*>(
        mmap(nullptr, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base == MAP_FAILED) {
        return cudaErrorMemoryAllocation;
    }
    mprotect(base + pages, page, PROT_NONE);
    std::byte* start = base + pages - padded;
    std::memset(base, 0xff, pages); // NaN, until somebody writes
    allocations()[start] = {base, pages + page, bytes};
    control.allocated += bytes;
    *memory = start;
    return cudaSuccess;
}

cudaError_t cudaFree(void* memory)
{
    const auto found = allocations().find(memory);
    if (found == allocations().end()) {
        return cudaErrorInvalidValue;
    }
    control.allocated -= found->second.bytes;
    munmap(found->second.pages, found->second.pageBytes);
    allocations().erase(found);
    return lost;
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned)
{
    *memory = new std::byte[bytes];
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void* memory)
{
    delete[] static_cast<std::byte*>(memory);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(
    void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream)
{
    if (!onDevice(kind == cudaMemcpyHostToDevice ? to : from, bytes)) {
        return cudaErrorInvalidValue;
    }
    return enqueue(stream, [=] {
        std::memcpy(to, from, bytes);
        return cudaSuccess;
    });
}

cudaError_t cudaMemsetAsync(void* memory, int value, size_t bytes, cudaStream_t stream)
{
    if (!onDevice(memory, bytes)) {
        return cudaErrorInvalidValue;
    }
    return enqueue(stream, [=] {
        std::memset(memory, value, bytes);
        return cudaSuccess;
    });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned)
{
    *stream = new EmulatedStream;
    return lost;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    delete stream;
    return lost;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    return drain(stream, stream->queued);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned)
{
    EmulatedStream* other = event->stream;
    const uint64_t position = event->position;
    return other == nullptr ? lost : enqueue(stream, [=] { return drain(other, position); });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned)
{
    *event = new EmulatedEvent;
    return lost;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    delete event;
    return lost;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    event->stream = stream;
    event->position = stream->queued;
    return lost;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    return event->stream != nullptr ? drain(event->stream, event->position) : lost;
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute, int value)
{
    if (value > 64 * 1024) {
        return cudaErrorInvalidValue;
    }
    sharedLimits()[kernel] = size_t(value);
    return lost;
}

cudaError_t cudaLaunchKernelExC(
    const cudaLaunchConfig_t* config, const void* kernel, void** arguments)
{
    const auto limit = sharedLimits().find(kernel);
    const size_t allowed = limit != sharedLimits().end() ? limit->second : 48 * 1024;
    if (config->gridDim.x == 0 || config->gridDim.y == 0 || config->gridDim.y > 65'535 ||
        config->blockDim.x == 0 || config->blockDim.x > 1024 || config->blockDim.x % 32 != 0 ||
        config->dynamicSmemBytes > allowed) {
        return cudaErrorInvalidValue;
    }
    std::vector<std::vector<std::byte>> bytes;
    for (const size_t size : emulated::argumentSizes().at(kernel)) {
        const auto* from = static_cast<const std::byte*>(arguments[bytes.size()]);
        bytes.emplace_back(from, from + size);
    }
    const emulated::Grid grid{
        config->gridDim.x, config->gridDim.y, config->blockDim.x, config->dynamicSmemBytes};
    return enqueue(config->stream, [grid, kernel, bytes = std::move(bytes)]() mutable {
        return runLaunch(grid, kernel, bytes);
    });
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode)
{
    stream->recording = std::make_unique<EmulatedGraph>();
    return lost;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph)
{
    *graph = stream->recording.release();
    return lost;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long)
{
    *exec = new EmulatedGraph(*graph);
    return lost;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream)
{
    ++control.graphLaunches;
    for (const Task& task : exec->tasks) {
        if (const cudaError_t result = enqueue(stream, task); result != cudaSuccess) {
            return result;
        }
    }
    return lost;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    delete graph;
    return lost;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec)
{
    delete exec;
    return lost;
}
