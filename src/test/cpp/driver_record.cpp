// Records launches with all memory they can reach, so that replay.cpp can run them again under another sanitizer, without Java.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "driver.h"
#include "recording.h"

namespace emulator {

namespace {
constexpr size_t most_launches = 8;          // of one kernel, different in geometry or sizes
constexpr uint64_t most_bytes = 256u << 20;  // of the file

FILE* file() {
    static FILE* const opened = [] {
        const char* name = std::getenv("EMULATOR_RECORD");
        return name != nullptr && *name != 0 ? std::fopen(name, "ab") : nullptr;
    }();
    return opened;
}

void put(uint64_t value) { std::fwrite(&value, sizeof value, 1, file()); }

void put_allocation(uint64_t address) {
    const auto& where = driver().device.count(address) ? driver().device : driver().pinned;
    const Allocation& a = where.at(address);
    std::vector<uint64_t> pages;
    for (uint64_t page = 0; page * page_bytes < a.bytes; page++) {
        const unsigned char *from = a.memory + page * page_bytes, *to = a.memory + std::min<uint64_t>(a.bytes, (page + 1) * page_bytes);
        if (!std::all_of(from, to, [](unsigned char c) { return c == 0xff; })) pages.push_back(page);
    }
    put(a.bytes);
    put(pages.size());
    for (uint64_t page : pages) {
        put(page);
        std::fwrite(a.memory + page * page_bytes, 1, std::min<uint64_t>(page_bytes, a.bytes - page * page_bytes), file());
    }
}

/** Whether this is one of the first launches of the kernel that differ in geometry or in an argument that is no pointer. */
bool wanted(const Kernel& kernel, const Geometry& g, void** arguments) {
    static std::map<std::string, std::set<std::string>> seen;
    std::string what(reinterpret_cast<const char*>(&g), sizeof g);
    for (size_t i = 0; i < kernel.parameters.size(); i++) {
        const Parameter& p = kernel.parameters[i];
        if (!p.pointer) what.append(static_cast<const char*>(arguments[i]), p.size);
    }
    auto& launches = seen[kernel.name];
    return launches.size() < most_launches && static_cast<uint64_t>(std::ftell(file())) < most_bytes && launches.insert(what).second;
}
}  // namespace

void record_launch(const Kernel& kernel, const Geometry& g, void** arguments) {
    if (file() == nullptr || !wanted(kernel, g, arguments)) return;
    put(kernel.name.size());
    std::fwrite(kernel.name.data(), 1, kernel.name.size(), file());
    for (unsigned n : {g.grid.x, g.grid.y, g.grid.z, g.block.x, g.block.y, g.block.z, g.shared_bytes}) put(n);
    std::vector<uint64_t> allocations;
    put(kernel.parameters.size());
    for (size_t i = 0; i < kernel.parameters.size(); i++) {
        const Parameter& p = kernel.parameters[i];
        put(p.size);
        std::fwrite(arguments[i], 1, p.size, file());
        uint64_t start, address = p.pointer ? *static_cast<uint64_t*>(arguments[i]) : 0;
        if (address == 0 || !is_live(address, 0, &start)) {
            put(UINT64_MAX);
            put(0);
            continue;
        }
        const auto at = std::find(allocations.begin(), allocations.end(), start) - allocations.begin();
        if (at == static_cast<long>(allocations.size())) allocations.push_back(start);
        put(static_cast<uint64_t>(at));
        put(address - start);
    }
    put(allocations.size());
    for (uint64_t address : allocations) put_allocation(address);
    std::fflush(file());
}

}  // namespace emulator
