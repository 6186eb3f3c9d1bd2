// Fake libcuda.so.1: initialization, device, contexts, errors, counters, and the functions nobody needs.
#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <set>

#include "driver.h"

namespace emulator {

namespace {
struct Context { int unused; };
Context primary;
std::set<void*> contexts;  // those made by cuCtxCreate, and the primary one while retained
int primary_users = 0;
thread_local void* current_context = nullptr;

struct ErrorName { int code; const char *name, *text; };
const ErrorName error_names[] = {
    {success, "CUDA_SUCCESS", "no error"},
    {invalid_value, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {out_of_memory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {not_initialized, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {invalid_device, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {invalid_image, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {invalid_context, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {invalid_ptx, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {invalid_handle, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {not_found, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {illegal_address, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {launch_failed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {not_supported, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {capture_unsupported, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {capture_invalidated, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
    {capture_implicit, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT", "operation would make the legacy stream depend on a capturing blocking stream"},
};
const ErrorName* find_error(int code) {
    for (const ErrorName& e : error_names) {
        if (e.code == code) return &e;
    }
    return nullptr;
}
}  // namespace

Driver& driver() {
    static Driver* const the_driver = new Driver;  // never destroyed: Java threads may outlive static destructors
    return *the_driver;
}

Call::Call(bool needs_context) : guard(driver().lock), refused(0) {
    if (!driver().initialized) refused = refuse(not_initialized, "cuInit was not called");
    else if (needs_context && current_context == nullptr) refused = refuse(invalid_context, "no context is current in this thread");
}

int refuse(int code, const std::string& message) {
    driver().last_error = message;
    return code;
}

int unsupported(const char* function) {
    std::lock_guard<std::recursive_mutex> guard(driver().lock);
    return refuse(not_supported, std::string(function) + " is not emulated");
}

}  // namespace emulator

using namespace emulator;

EXPORT int cuInit(unsigned) {
    std::lock_guard<std::recursive_mutex> guard(driver().lock);
    driver().initialized = true;
    return success;
}
EXPORT int cuDriverGetVersion(int* version) { return *version = 12060, success; }
EXPORT int cuDeviceGetCount(int* count) { return *count = 1, success; }
EXPORT int cuDeviceGet(int* device, int ordinal) {
    if (ordinal != 0) return refuse(invalid_device, "there is one device, number 0; asked for " + std::to_string(ordinal));
    return *device = 0, success;
}
EXPORT int cuDeviceGetName(char* name, int length, int) {
    std::strncpy(name, "CUDA on the CPU (emulated)", static_cast<size_t>(length));
    name[length - 1] = 0;
    return success;
}
EXPORT int cuDeviceGetUuid(unsigned char* uuid, int) { return std::memset(uuid, 7, 16), success; }
EXPORT int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = driver().total_memory, success; }
EXPORT int cuDeviceComputeCapability(int* major, int* minor, int) { return *major = 9, *minor = 0, success; }
EXPORT int cuDeviceGetAttribute(int* value, int attribute, int) {
    static const std::map<int, int> values = {
        {1, 1024}, {2, 1024}, {3, 1024}, {4, 64}, {5, 2147483647}, {6, 65535}, {7, 65535},  // block and grid limits
        {8, 49152}, {9, 65536}, {10, 32}, {12, 65536}, {13, 1980000},  // shared, constant, warp, registers, clock in kHz
        {16, 132}, {17, 0}, {18, 0}, {19, 1}, {20, 0}, {31, 1}, {32, 1}, {33, 1}, {34, 0}, {35, 0},
        {36, 2619000}, {37, 5120}, {38, 52428800}, {39, 2048}, {41, 1},  // memory clock, bus width, L2, threads per multiprocessor
        {75, 9}, {76, 0}, {78, 1}, {81, 233472}, {82, 65536}, {83, 0}, {95, 0}, {97, 232448}, {106, 32}, {115, 0}};
    const auto found = values.find(attribute);
    return *value = found == values.end() ? 0 : found->second, success;
}

// Contexts: one device, so a context is a token that must be current.
EXPORT int cuCtxCreate_v2(void** context, unsigned, int) {
    Call call(false);
    if (call.refused) return call.refused;
    contexts.insert(*context = current_context = new Context);
    return success;
}
EXPORT int cuCtxDestroy_v2(void* context) {
    Call call(false);
    if (context == &primary || contexts.erase(context) == 0) return refuse(invalid_context, "no such context");
    if (current_context == context) current_context = nullptr;
    delete static_cast<Context*>(context);
    return success;
}
EXPORT int cuCtxSetCurrent(void* context) {
    Call call(false);
    if (context != nullptr && contexts.count(context) == 0) return refuse(invalid_context, "no such context");
    return current_context = context, success;
}
EXPORT int cuCtxPushCurrent_v2(void* context) { return cuCtxSetCurrent(context); }
EXPORT int cuCtxPopCurrent_v2(void** context) { return *context = current_context, current_context = nullptr, success; }
EXPORT int cuCtxGetCurrent(void** context) { return *context = current_context, success; }
EXPORT int cuCtxGetDevice(int* device) { return *device = 0, current_context ? success : invalid_context; }
EXPORT int cuCtxGetApiVersion(void*, unsigned* version) { return *version = 12060, success; }
EXPORT int cuCtxGetFlags(unsigned* flags) { return *flags = 0, success; }
EXPORT int cuCtxGetStreamPriorityRange(int* least, int* greatest) { return *least = 0, *greatest = -5, success; }
EXPORT int cuCtxSetCacheConfig(int) { return success; }
EXPORT int cuCtxSetLimit(int, size_t) { return success; }
EXPORT int cuCtxSynchronize() {
    DRIVER_CALL;
    if (const int code = forbid_in_capture("cuCtxSynchronize")) return code;
    return synchronize(), success;
}
EXPORT int cuDevicePrimaryCtxRetain(void** context, int) {
    Call call(false);
    if (call.refused) return call.refused;
    primary_users++;
    contexts.insert(*context = &primary);
    return success;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(int) {
    Call call(false);
    if (primary_users == 0) return refuse(invalid_context, "the primary context was released more often than retained");
    if (--primary_users == 0) contexts.erase(&primary);
    if (primary_users == 0 && current_context == &primary) current_context = nullptr;
    return success;
}
EXPORT int cuDevicePrimaryCtxSetFlags_v2(int, unsigned) { return success; }
EXPORT int cuDevicePrimaryCtxGetState(int, unsigned* flags, int* active) { return *flags = 0, *active = primary_users > 0, success; }

EXPORT int cuGetErrorName(int code, const char** name) {
    const auto* found = find_error(code);
    return *name = found ? found->name : nullptr, found ? success : invalid_value;
}
EXPORT int cuGetErrorString(int code, const char** text) {
    const auto* found = find_error(code);
    return *text = found ? found->text : nullptr, found ? success : invalid_value;
}

// Control for tests.
EXPORT void emulator_set_order(int kind, unsigned seed) {
    std::lock_guard<std::recursive_mutex> guard(driver().lock);
    set_order(static_cast<Order>(kind), seed);
}
EXPORT const char* emulator_last_error() { return driver().last_error.c_str(); }
EXPORT int64_t emulator_counter(const char* name) {
    std::lock_guard<std::recursive_mutex> guard(driver().lock);
    const auto found = driver().counters.find(name);
    return found == driver().counters.end() ? 0 : found->second;
}
EXPORT void emulator_reset() {
    std::lock_guard<std::recursive_mutex> guard(driver().lock);
    for (auto& [name, value] : driver().counters) {
        if (name.rfind("live_", 0) != 0 && name != "pinned_bytes") value = 0;
    }
    driver().last_error.clear();
}
EXPORT void emulator_set_total_memory(size_t bytes) { driver().total_memory = bytes; }

EXPORT int cuGetProcAddress_v2(const char* name, void** function, int, uint64_t, int* status) {
    static void* const process = dlopen(nullptr, RTLD_NOW);
    Dl_info self;
    dladdr(reinterpret_cast<void*>(&cuInit), &self);
    void* library = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    for (const char* suffix : {"_v3", "_v2", ""}) {
        *function = dlsym(library ? library : process, (std::string(name) + suffix).c_str());
        if (*function) break;
    }
    if (status) *status = *function ? 0 : 1;
    return *function ? success : not_found;
}
EXPORT int cuGetProcAddress(const char* name, void** function, int version, uint64_t flags) {
    return cuGetProcAddress_v2(name, function, version, flags, nullptr);
}
