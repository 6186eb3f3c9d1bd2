// Fake libcuda.so.1: memory. Every allocation is a malloc of its own (AddressSanitizer sees its end) followed by a canary,
// new memory is filled with 0xff (NaN as float), freed memory with 0xfd.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "driver.h"

extern "C" void __asan_init() __attribute__((weak));  // absent in a plain process

namespace emulator {

namespace {
// Under AddressSanitizer the red zone serves.
const size_t canary_bytes = __asan_init != nullptr ? 0 : 64;
constexpr unsigned char canary = 0xc5;

int64_t& counter(const char* name) { return driver().counters[name]; }

uint64_t allocate(std::map<uint64_t, Allocation>& where, size_t bytes) {
    unsigned char* memory = nullptr;
    // As aligned as the real driver gives it.
    if (posix_memalign(reinterpret_cast<void**>(&memory), 256, bytes + canary_bytes) != 0) return 0;
    std::memset(memory, 0xff, bytes);
    std::memset(memory + bytes, canary, canary_bytes);
    const uint64_t address = reinterpret_cast<uint64_t>(memory);
    where[address] = {bytes, memory};
    return address;
}

bool damaged(const Allocation& a) {
    return !std::all_of(a.memory + a.bytes, a.memory + a.bytes + canary_bytes, [](unsigned char c) { return c == canary; });
}

bool find(const std::map<uint64_t, Allocation>& where, uint64_t address, size_t bytes, uint64_t* found) {
    auto after = where.upper_bound(address);
    if (after == where.begin()) return false;
    --after;
    if (found) *found = after->first;
    return bytes <= after->second.bytes && address - after->first <= after->second.bytes - bytes;
}

int check(uint64_t address, size_t bytes, const char* what) {
    if (bytes == 0 || find(driver().device, address, bytes, nullptr)) return success;
    return refuse(invalid_value, std::string(what) + ": " + std::to_string(bytes) + " bytes at this address are not live device memory");
}

bool is_pinned(const void* host, size_t bytes) { return find(driver().pinned, reinterpret_cast<uint64_t>(host), bytes, nullptr); }

int copy(const char* name, void* to, const void* from, size_t bytes) {
    counter(name)++;
    std::memmove(to, from, bytes);
    return success;
}

void* host(uint64_t address) { return reinterpret_cast<void*>(address); }

template <typename T> void fill(uint64_t address, T value, size_t count) {
    T* to = static_cast<T*>(host(address));
    std::fill(to, to + count, value);
    counter("memsets")++;
}

template <typename T> int memset_on(Stream* stream, uint64_t address, T value, size_t count) {
    if (address % sizeof(T) != 0) return refuse(invalid_value, "memset: address not aligned to the value");
    if (const int code = check(address, count * sizeof(T), "memset")) return code;
    return submit(stream, [=] { return fill(address, value, count), success; });
}
}  // namespace

bool is_live(uint64_t address, size_t bytes, uint64_t* found) {
    return find(driver().device, address, bytes, found) || find(driver().pinned, address, bytes, found);
}

std::string overrun() {
    for (const auto& [address, allocation] : driver().device) {
        if (damaged(allocation)) return "wrote past the end of a device allocation of " + std::to_string(allocation.bytes) + " bytes";
    }
    return "";
}

void synchronize() {
    counter("synchronizes")++;
    for (const Operation& late : driver().late_copies) late();
    driver().late_copies.clear();
}

}  // namespace emulator

using namespace emulator;

EXPORT int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
    DRIVER_CALL;
    if (const int code = forbid_in_capture("cuMemAlloc")) return code;
    if (bytes == 0) return refuse(invalid_value, "cuMemAlloc of 0 bytes");
    int64_t& live = counter("live_bytes");
    if (bytes > driver().total_memory - std::min(driver().total_memory, static_cast<size_t>(live))) {
        return refuse(out_of_memory, "cuMemAlloc of " + std::to_string(bytes) + " bytes, " + std::to_string(live) + " live");
    }
    *address = allocate(driver().device, bytes);
    if (*address == 0) return refuse(out_of_memory, "malloc of " + std::to_string(bytes) + " bytes failed");
    live += static_cast<int64_t>(bytes);
    counter("peak_bytes") = std::max(counter("peak_bytes"), live);
    counter("allocations")++;
    return success;
}
EXPORT int cuMemFree_v2(uint64_t address) {
    DRIVER_CALL;
    if (address == 0) return success;
    if (const int code = forbid_in_capture("cuMemFree")) return code;
    const auto found = driver().device.find(address);
    if (found == driver().device.end()) return refuse(invalid_value, "cuMemFree: not a live allocation (freed twice?)");
    const Allocation allocation = found->second;
    const bool was_damaged = damaged(allocation);
    counter("live_bytes") -= static_cast<int64_t>(allocation.bytes);
    counter("frees")++;
    driver().device.erase(found);
    std::memset(allocation.memory, 0xfd, allocation.bytes);
    std::free(allocation.memory);
    return was_damaged ? refuse(illegal_address, "cuMemFree: something wrote past the end of this allocation") : success;
}
EXPORT int cuMemGetInfo_v2(size_t* available, size_t* total) {
    DRIVER_CALL;
    *total = driver().total_memory;
    *available = *total - std::min(*total, static_cast<size_t>(counter("live_bytes")));
    return success;
}
EXPORT int cuMemGetAddressRange_v2(uint64_t* base, size_t* bytes, uint64_t address) {
    DRIVER_CALL;
    uint64_t first;
    if (!find(driver().device, address, 1, &first)) return refuse(not_found, "cuMemGetAddressRange: not live device memory");
    if (base) *base = first;
    if (bytes) *bytes = driver().device[first].bytes;
    return success;
}

EXPORT int cuMemHostAlloc(void** memory, size_t bytes, unsigned) {
    DRIVER_CALL;
    if (const int code = forbid_in_capture("cuMemHostAlloc")) return code;
    const uint64_t address = allocate(driver().pinned, bytes);
    if (address == 0) return refuse(out_of_memory, "cuMemHostAlloc failed");
    counter("pinned_bytes") += static_cast<int64_t>(bytes);
    return *memory = host(address), success;
}
EXPORT int cuMemAllocHost_v2(void** memory, size_t bytes) { return cuMemHostAlloc(memory, bytes, 0); }
EXPORT int cuMemFreeHost(void* memory) {
    DRIVER_CALL;
    const auto found = driver().pinned.find(reinterpret_cast<uint64_t>(memory));
    if (found == driver().pinned.end()) return refuse(invalid_value, "cuMemFreeHost: not live pinned memory (freed twice?)");
    for (const Operation& late : driver().late_copies) late();
    driver().late_copies.clear();
    counter("pinned_bytes") -= static_cast<int64_t>(found->second.bytes);
    std::free(found->second.memory);
    driver().pinned.erase(found);
    return success;
}
EXPORT int cuMemHostGetDevicePointer_v2(uint64_t* address, void* memory, unsigned) {
    return *address = reinterpret_cast<uint64_t>(memory), success;
}

EXPORT int cuMemcpyHtoD_v2(uint64_t to, const void* from, size_t bytes) {
    DRIVER_CALL;
    if (const int code = forbid_in_capture("cuMemcpyHtoD")) return code;
    if (const int code = check(to, bytes, "cuMemcpyHtoD")) return code;
    return copy("htod_copies", host(to), from, bytes);
}
EXPORT int cuMemcpyDtoH_v2(void* to, uint64_t from, size_t bytes) {
    DRIVER_CALL;
    if (const int code = forbid_in_capture("cuMemcpyDtoH")) return code;
    if (const int code = check(from, bytes, "cuMemcpyDtoH")) return code;
    synchronize();  // the default stream waits for the others
    return copy("dtoh_copies", to, host(from), bytes);
}
EXPORT int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void* stream) {
    DRIVER_CALL;
    if (const int code = check(to, bytes, "cuMemcpyDtoD, destination")) return code;
    if (const int code = check(from, bytes, "cuMemcpyDtoD, source")) return code;
    return submit(stream_of(stream), [=] { return copy("dtod_copies", host(to), host(from), bytes); });
}
EXPORT int cuMemcpyDtoD_v2(uint64_t to, uint64_t from, size_t bytes) { return cuMemcpyDtoDAsync_v2(to, from, bytes, nullptr); }
EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void* handle) {
    DRIVER_CALL;
    Stream* const stream = stream_of(handle);
    if (const int code = check(to, bytes, "cuMemcpyHtoDAsync")) return code;
    if (stream->capturing && !is_pinned(from, bytes)) return forbid_in_capture("cuMemcpyHtoDAsync from memory that is not pinned");
    return submit(stream, [=] { return copy("htod_copies", host(to), from, bytes); });
}
EXPORT int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void* handle) {
    DRIVER_CALL;
    Stream* const stream = stream_of(handle);
    if (const int code = check(from, bytes, "cuMemcpyDtoHAsync")) return code;
    if (!is_pinned(to, bytes)) {
        if (stream->capturing) return forbid_in_capture("cuMemcpyDtoHAsync to memory that is not pinned");
        return copy("dtoh_copies", to, host(from), bytes);
    }
    return submit(stream, [=] {
        const unsigned char* bytes_now = static_cast<unsigned char*>(host(from));
        std::vector<unsigned char> snapshot(bytes_now, bytes_now + bytes);
        driver().late_copies.push_back([=] { return copy("dtoh_copies", to, snapshot.data(), bytes); });
        return success;
    });
}

EXPORT int cuMemsetD8Async(uint64_t address, unsigned char value, size_t count, void* stream) {
    DRIVER_CALL;
    return memset_on(stream_of(stream), address, value, count);
}
EXPORT int cuMemsetD16Async(uint64_t address, unsigned short value, size_t count, void* stream) {
    DRIVER_CALL;
    return memset_on(stream_of(stream), address, value, count);
}
EXPORT int cuMemsetD32Async(uint64_t address, unsigned value, size_t count, void* stream) {
    DRIVER_CALL;
    return memset_on(stream_of(stream), address, value, count);
}
EXPORT int cuMemsetD8_v2(uint64_t address, unsigned char value, size_t count) { return cuMemsetD8Async(address, value, count, nullptr); }
EXPORT int cuMemsetD16_v2(uint64_t address, unsigned short value, size_t count) { return cuMemsetD16Async(address, value, count, nullptr); }
EXPORT int cuMemsetD32_v2(uint64_t address, unsigned value, size_t count) { return cuMemsetD32Async(address, value, count, nullptr); }
