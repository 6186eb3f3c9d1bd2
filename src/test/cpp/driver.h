// State of the fake driver, shared by the driver_*.cpp files. Types are written out here: no CUDA header is needed to build.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "scheduler.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace emulator {

/** The numbers of CUresult. */
enum Result {
    success = 0, invalid_value = 1, out_of_memory = 2, not_initialized = 3, invalid_device = 101, invalid_image = 200,
    invalid_context = 201, invalid_ptx = 218, invalid_handle = 400, not_found = 500, not_ready = 600, illegal_address = 700,
    launch_failed = 719, not_supported = 801, capture_unsupported = 900, capture_invalidated = 901, capture_implicit = 906
};

using Operation = std::function<int()>;

struct Graph { std::vector<Operation> nodes; };

struct Stream {
    bool capturing = false, invalidated = false;
    int mode = 0;  // 0 global, 1 thread local, 2 relaxed
    Graph* capture = nullptr;
};

struct Allocation {
    size_t bytes;
    unsigned char* memory;  // the allocation and, behind it, the canary
};

struct Driver {
    std::recursive_mutex lock;
    bool initialized = false;
    std::map<uint64_t, Allocation> device, pinned;  // by first address
    std::map<std::string, int64_t> counters;
    std::vector<Operation> late_copies;  // device to pinned memory: the host sees them after it has synchronized
    std::vector<Stream*> captures;       // streams that are capturing
    std::string last_error;
    size_t total_memory = size_t(8) << 30;
};

Driver& driver();

/** The lock for one call, its beginning and its checks: driver initialized, a context current. */
struct Call {
    std::lock_guard<std::recursive_mutex> guard;
    int refused;
    explicit Call(bool needs_context = true);
};
#define DRIVER_CALL            \
    emulator::Call call_guard; \
    if (call_guard.refused) return call_guard.refused

/** Keeps the message for emulator_last_error and returns the code. */
int refuse(int code, const std::string& message);

/** Runs the operation, or records it when the stream is capturing. */
int submit(Stream* stream, Operation operation);

/** Refuses what no stream may capture, and spoils captures under way, as the real driver does. */
int forbid_in_capture(const char* what);

/** Makes late copies visible: the host has waited for the device. */
void synchronize();

/** The stream behind a handle: null, 1 and 2 are the default streams. */
Stream* stream_of(void* handle);

/** Whether [address, address + bytes) lies in live memory, device or pinned; the allocation goes to *found. */
bool is_live(uint64_t address, size_t bytes, uint64_t* found = nullptr);

/** Names a device allocation whose canary was overwritten, or nothing. */
std::string overrun();

/** Writes the launch to the file named by EMULATOR_RECORD, if any: what replay.cpp reads. */
void record_launch(const Kernel& kernel, const Geometry& geometry, void** arguments);

}  // namespace emulator
