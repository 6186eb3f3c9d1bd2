// Fake libcuda.so.1: modules and launches. PTX text is read only for the names and parameters of its kernels; what runs is the same .cu file
// compiled by g++. So a PTX file that is older than its source is noticed here.
#include <cctype>
#include <cstring>
#include <memory>
#include <sstream>

#include "driver.h"

namespace emulator {

namespace {
struct Module;
struct Function {
    Module* module;
    const Kernel* kernel;
    unsigned most_shared = 48 << 10;
};
struct Module {
    std::map<std::string, std::string> entries;  // name to parameter list
    std::map<std::string, std::unique_ptr<Function>> functions;
};

/** Sizes in bytes of the parameters in the text between the brackets of a PTX .entry: `.param .align 4 .b8 name[24], .param .u64 name`. */
std::vector<uint32_t> parameter_sizes(const std::string& text) {
    std::vector<uint32_t> sizes;
    std::istringstream parameters(text);
    for (std::string parameter; std::getline(parameters, parameter, ',');) {
        std::istringstream words(parameter);
        uint32_t size = 0;
        for (std::string word; words >> word;) {
            const bool type = word.size() > 2 && word[0] == '.' && std::strchr("bfsu", word[1]) && std::isdigit(word[2]);
            if (type && size == 0) size = static_cast<uint32_t>(std::stoul(word.substr(2)) / 8);
            const size_t bracket = word.find('[');
            if (bracket != std::string::npos) size *= static_cast<uint32_t>(std::stoul(word.substr(bracket + 1)));
        }
        if (size > 0) sizes.push_back(size);
    }
    return sizes;
}

/** Finds `.entry name ( parameters )`. */
std::map<std::string, std::string> find_entries(const std::string& ptx) {
    std::map<std::string, std::string> entries;
    const std::string keyword = ".entry ";
    for (size_t at = ptx.find(keyword); at != std::string::npos; at = ptx.find(keyword, at + 1)) {
        const size_t open = ptx.find('(', at), close = ptx.find(')', at);
        if (open == std::string::npos || close == std::string::npos) break;
        std::string name = ptx.substr(at + keyword.size(), open - at - keyword.size());
        name.erase(name.find_last_not_of(" \t\n") + 1);
        entries[name] = ptx.substr(open + 1, close - open - 1);
    }
    return entries;
}

std::string mismatch(const Kernel& kernel, const std::string& parameters) {
    const std::vector<uint32_t> sizes = parameter_sizes(parameters);
    bool same = sizes.size() == kernel.parameters.size();
    for (size_t i = 0; same && i < sizes.size(); i++) same = sizes[i] == kernel.parameters[i].size;
    return same ? "" : "the PTX of " + kernel.name + " has other parameters than its source: regenerate it";
}

/** A launch with its own copy of the argument values. */
struct Launch {
    const Kernel* kernel;
    Geometry geometry;
    std::vector<std::vector<uint64_t>> values;  // one aligned block of bytes for each parameter

    int run() {
        std::vector<void*> arguments;
        for (auto& value : values) arguments.push_back(value.data());
        for (size_t i = 0; i < values.size(); i++) {
            if (kernel->parameters[i].pointer && values[i][0] != 0 && !is_live(values[i][0], 0)) {
                const std::string argument = kernel->name + ": argument " + std::to_string(i);
                return refuse(illegal_address, argument + " points to no live device memory (freed? a host pointer?)");
            }
        }
        record_launch(*kernel, geometry, arguments.data());
        driver().counters["kernels"]++;
        std::string failure = launch(*kernel, geometry, arguments.data());
        if (failure.empty()) {
            failure = overrun();
            if (!failure.empty()) failure = kernel->name + ": " + failure;
        }
        return failure.empty() ? success : refuse(launch_failed, failure);
    }
};

std::string refused(const Function& function, const Geometry& g) {
    const uint64_t threads = uint64_t(g.block.x) * g.block.y * g.block.z;
    const std::string size = std::to_string(threads);
    if (g.grid.x == 0 || g.grid.y == 0 || g.grid.z == 0) return "empty grid";
    if (g.grid.x > 2147483647u || g.grid.y > 65535 || g.grid.z > 65535) return "grid larger than 2147483647 x 65535 x 65535";
    if (threads == 0 || threads > 1024 || g.block.z > 64) return "block of " + size + " threads, expected 1 to 1024";
    if (threads % 32 != 0) return "block of " + size + " threads, expected a multiple of 32";
    if (g.shared_bytes > function.most_shared) {
        return std::to_string(g.shared_bytes) + " bytes of dynamic shared memory, the limit of this function is "
            + std::to_string(function.most_shared);
    }
    return "";
}

int copy_arguments(const Kernel& kernel, void** arguments, Launch& launch) {
    for (size_t i = 0; i < kernel.parameters.size(); i++) {
        const uint32_t size = kernel.parameters[i].size;
        if (arguments == nullptr || arguments[i] == nullptr) {
            return refuse(invalid_value, kernel.name + ": argument " + std::to_string(i) + " is missing");
        }
        launch.values.emplace_back((size + 7) / 8, 0);
        std::memcpy(launch.values.back().data(), arguments[i], size);
    }
    return success;
}
}  // namespace

}  // namespace emulator

using namespace emulator;

EXPORT int cuModuleLoadData(void** handle, const void* image) {
    DRIVER_CALL;
    const std::string text = static_cast<const char*>(image);
    auto module = std::make_unique<Module>();
    module->entries = find_entries(text);
    if (module->entries.empty()) return refuse(invalid_image, "the module text has no .entry");
    driver().counters["live_modules"]++;
    return *handle = module.release(), success;
}
EXPORT int cuModuleLoadDataEx(void** module, const void* image, unsigned, int*, void**) { return cuModuleLoadData(module, image); }
EXPORT int cuModuleUnload(void* module) {
    DRIVER_CALL;
    driver().counters["live_modules"]--;
    return delete static_cast<Module*>(module), success;
}
EXPORT int cuModuleGetFunction(void** function, void* handle, const char* name) {
    DRIVER_CALL;
    Module* const module = static_cast<Module*>(handle);
    const auto entry = module->entries.find(name);
    if (entry == module->entries.end()) return refuse(not_found, std::string(name) + " is not in this module");
    const auto kernel = registry().find(name);
    if (kernel == registry().end()) return refuse(not_found, std::string(name) + " is in the PTX, but in no .cu file");
    const std::string wrong = mismatch(kernel->second, entry->second);
    if (!wrong.empty()) return refuse(invalid_ptx, wrong);
    auto& made = module->functions[name];
    if (!made) made.reset(new Function{module, &kernel->second});
    return *function = made.get(), success;
}
EXPORT int cuFuncGetModule(void** module, void* function) { return *module = static_cast<Function*>(function)->module, success; }
EXPORT int cuFuncSetCacheConfig(void*, int) { return success; }
EXPORT int cuFuncSetAttribute(void* function, int attribute, int value) {
    DRIVER_CALL;
    if (attribute != 8) return success;
    if (value < 0 || value > 232448) return refuse(invalid_value, std::to_string(value) + " bytes of shared memory, at most 232448");
    return static_cast<Function*>(function)->most_shared = static_cast<unsigned>(value), success;
}
EXPORT int cuFuncGetAttribute(int* value, int attribute, void* function) {
    static const std::map<int, int> values = {{0, 1024}, {4, 32}, {5, 90}, {6, 90}};  // threads, registers, PTX and binary version
    const auto found = values.find(attribute);
    *value = attribute == 8 ? static_cast<int>(static_cast<Function*>(function)->most_shared) : found == values.end() ? 0 : found->second;
    return success;
}
EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void*, int threads, size_t) { return *blocks = 2048 / threads, success; }
EXPORT int cuLaunchKernel(void* handle, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared_bytes,
                          void* stream, void** arguments, void** extra) {
    DRIVER_CALL;
    if (handle == nullptr) return refuse(invalid_handle, "launch of no function");
    const Function& function = *static_cast<Function*>(handle);
    Launch launch{function.kernel, {{gx, gy, gz}, {bx, by, bz}, shared_bytes}, {}};
    const std::string wrong = refused(function, launch.geometry);
    if (!wrong.empty()) return refuse(invalid_value, function.kernel->name + ": " + wrong);
    if (extra != nullptr) return refuse(not_supported, "cuLaunchKernel with packed arguments (extra) is not emulated");
    if (const int code = copy_arguments(*function.kernel, arguments, launch)) return code;
    driver().counters["launches"]++;
    return submit(stream_of(stream), [launch]() mutable { return launch.run(); });
}
