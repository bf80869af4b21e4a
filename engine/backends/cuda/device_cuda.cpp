// SPDX-License-Identifier: MIT
#include "engine/backends/cuda/device_cuda.h"

#include "engine/base/text.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

constexpr uint32_t kMinCapability = 75; // Turing: int8 and F16 tensor cores

std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string capabilityText(uint32_t capability)
{
    return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

// Whether nothing works on the device any more in this process.
bool isFinal(cudaError_t result)
{
    switch (result) {
    case cudaErrorIllegalAddress:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorHardwareStackError:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorDevicesUnavailable:
    case cudaErrorUnknown:
        return true;
    default:
        return false;
    }
}

Error noDevice(cudaError_t result, int driver)
{
    if (driver == 0) {
        return Error{ErrorCode::Unsupported,
            "No NVIDIA driver was found on this machine. Install the driver of the graphics card, "
            "or use another backend."};
    }
    if (result == cudaErrorInsufficientDriver) {
        return Error{ErrorCode::Unsupported,
            "The NVIDIA driver knows CUDA " + versionText(driver) + ", and this program needs " +
                versionText(CUDART_VERSION) + " or newer. Update the driver, or use Vulkan."};
    }
    if (result == cudaErrorNoDevice || result == cudaSuccess) {
        return Error{ErrorCode::Unsupported,
            "The NVIDIA driver is installed, but it offers no device. Use another backend."};
    }
    return Error{ErrorCode::Unsupported,
        std::string("CUDA could not be started: ") + cudaGetErrorString(result) + "."};
}

struct Driver
{
    int version = 0; // 13000 is 13.0
    uint32_t devices = 0;
};

Result<Driver> askDriver()
{
    Driver driver;
    if (cudaDriverGetVersion(&driver.version) != cudaSuccess) {
        driver.version = 0;
    }
    int count = 0;
    const cudaError_t counted = cudaGetDeviceCount(&count);
    if (counted != cudaSuccess || count <= 0) {
        cudaGetLastError(); // forget it: the next backend of this process begins anew
        return noDevice(counted, driver.version);
    }
    driver.devices = uint32_t(count);
    return driver;
}

// Empty: the device can be used.
std::string lacksOf(const std::string& name, uint32_t capability)
{
    if (capability >= kMinCapability) {
        return {};
    }
    return name + " has compute capability " + capabilityText(capability) + ", and " +
           capabilityText(kMinCapability) +
           " is needed (GeForce 16 and 20 series, or newer). Use Vulkan.";
}

} // namespace

Result<std::vector<DeviceInfo>> DeviceCuda::list()
{
    const auto driver = askDriver();
    if (!driver) {
        return driver.error();
    }
    std::vector<DeviceInfo> devices;
    for (uint32_t i = 0; i < driver.value().devices; ++i) {
        DeviceInfo info;
        info.backend = "cuda";
        info.index = i;
        info.name = "CUDA device " + std::to_string(i);
        info.driver = "CUDA " + versionText(driver.value().version);
        info.chosenAutomatically = false; // see createCudaBackend()
        cudaDeviceProp properties{};
        if (cudaGetDeviceProperties(&properties, int(i)) == cudaSuccess) {
            info.name = properties.name;
            info.totalMemoryBytes = properties.totalGlobalMem;
            info.lacks = lacksOf(info.name, uint32_t(properties.major * 10 + properties.minor));
        } else {
            info.lacks = info.name + " does not answer. Restart the machine, or use another one.";
        }
        size_t available = 0;
        size_t total = 0;
        if (info.lacks.empty() && cudaSetDevice(int(i)) == cudaSuccess &&
            cudaMemGetInfo(&available, &total) == cudaSuccess) {
            info.availableMemoryBytes = available;
        }
        cudaGetLastError();
        devices.push_back(std::move(info));
    }
    return devices;
}

Result<std::unique_ptr<DeviceCuda>> DeviceCuda::create(uint32_t index)
{
    std::unique_ptr<DeviceCuda> device(new DeviceCuda);
    if (const Status opened = device->open(index); !opened) {
        return opened.error();
    }
    return device;
}

Status DeviceCuda::open(uint32_t index)
{
    const auto driver = askDriver();
    if (!driver) {
        return driver.error();
    }
    const uint32_t count = driver.value().devices;
    if (index >= count) {
        return Error{ErrorCode::Unsupported,
            "There is no CUDA device " + std::to_string(index) + "; this machine has " +
                std::to_string(count) + ", counted from 0."};
    }
    m_index = int(index);
    m_driver = driver.value().version;
    cudaDeviceProp properties{};
    if (const Status asked =
            check(cudaGetDeviceProperties(&properties, m_index), "Asking the device");
        !asked) {
        return asked;
    }
    m_name = properties.name;
    m_capability = uint32_t(properties.major * 10 + properties.minor);
    m_multiprocessors = uint32_t(std::max(properties.multiProcessorCount, 1));
    m_maxSharedBytes = uint32_t(properties.sharedMemPerBlockOptin);
    m_totalMemory = properties.totalGlobalMem;
    if (std::string lacks = lacksOf(m_name, m_capability); !lacks.empty()) {
        return Error{ErrorCode::Unsupported, std::move(lacks)};
    }
    if (const Status activated = activate(); !activated) {
        return activated;
    }
    // Not synchronized with the default stream, which nothing here uses.
    const Status made =
        check(cudaStreamCreateWithFlags(&m_compute, cudaStreamNonBlocking), "Preparing the device");
    return made ? check(cudaStreamCreateWithFlags(&m_copies, cudaStreamNonBlocking),
                      "Preparing the device")
                : made;
}

DeviceCuda::~DeviceCuda()
{
    if (cudaSetDevice(m_index) != cudaSuccess) {
        return;
    }
    for (cudaStream_t stream : {m_compute, m_copies}) {
        if (stream != nullptr) {
            cudaStreamSynchronize(stream);
            cudaStreamDestroy(stream);
        }
    }
    cudaGetLastError();
}

uint64_t DeviceCuda::availableMemory() const
{
    size_t available = 0;
    size_t total = 0;
    // Any thread may ask, and CUDA answers for the device of the thread.
    const bool known =
        cudaSetDevice(m_index) == cudaSuccess && cudaMemGetInfo(&available, &total) == cudaSuccess;
    return known ? available : 0;
}

std::string DeviceCuda::description() const
{
    std::string text = "sm_" + std::to_string(m_capability);
    if (m_capability < 80) {
        text += " without BF16 tensor cores";
    }
    return text + ", CUDA " + versionText(m_driver) + " driver";
}

Status DeviceCuda::activate()
{
    if (m_lost) {
        return error(cudaErrorDevicesUnavailable, "Computing");
    }
    return check(cudaSetDevice(m_index), "Using the device");
}

Status DeviceCuda::check(cudaError_t result, const char* action, uint64_t bytes)
{
    return result == cudaSuccess ? Status(Done{}) : Status(error(result, action, bytes));
}

Error DeviceCuda::error(cudaError_t result, const std::string& action, uint64_t bytes)
{
    const std::string code = std::string(" (CUDA: ") + cudaGetErrorString(result) + ").";
    cudaGetLastError(); // so that it is not reported again by a call that has nothing to do with it
    m_lost = m_lost || isFinal(result);
    if (m_lost) {
        return Error{ErrorCode::DeviceLost,
            action + " on " + m_name +
                " failed, and the device cannot be used any more. Load the model again, or use "
                "the CPU" +
                code};
    }
    if (result == cudaErrorMemoryAllocation) {
        const uint64_t available = availableMemory();
        return Error{ErrorCode::OutOfMemory,
            action + " failed: it needs " + readableBytes(bytes) + ", and " + m_name + " has " +
                readableBytes(available) + " left. Use a smaller model or a shorter context" + code,
            bytes,
            available};
    }
    return Error{ErrorCode::Unsupported, action + " on " + m_name + " failed" + code};
}

} // namespace atelier
