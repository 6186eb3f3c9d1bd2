// replay FILE: runs every recorded launch once, for ThreadSanitizer. The exit status is 1 if a launch fails, 66 if a race was seen.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "recording.h"
#include "scheduler.h"

namespace {
constexpr uint64_t most_blocks = 16;  // the first and the last of a launch
FILE* file;

uint64_t get() {
    uint64_t value = 0;
    if (std::fread(&value, sizeof value, 1, file) != 1) {
        std::fprintf(stderr, "replay: the recording ends within a launch\n");
        std::exit(2);
    }
    return value;
}

void get_bytes(void* to, uint64_t count) {
    if (std::fread(to, 1, count, file) != count) std::exit(2);
}

unsigned get_small() { return static_cast<unsigned>(get()); }

std::vector<unsigned char*> get_allocations() {
    std::vector<unsigned char*> memory(get());
    for (auto& m : memory) {
        const uint64_t bytes = get(), pages = get();
        m = static_cast<unsigned char*>(std::malloc(bytes));
        std::memset(m, 0xff, bytes);
        for (uint64_t i = 0; i < pages; i++) {
            const uint64_t from = get() * page_bytes;
            get_bytes(m + from, std::min(page_bytes, bytes - from));
        }
    }
    return memory;
}

/** Runs the launch at which the file stands; returns the kernel's name. */
std::string replay(bool& failed) {
    std::string name(get(), ' ');
    get_bytes(name.data(), name.size());
    emulator::Geometry geometry{};
    geometry.grid.x = get_small(), geometry.grid.y = get_small(), geometry.grid.z = get_small();
    geometry.block.x = get_small(), geometry.block.y = get_small(), geometry.block.z = get_small();
    geometry.shared_bytes = get_small();
    struct Argument { std::vector<uint64_t> words; uint64_t allocation, offset; };
    std::vector<Argument> arguments(get());
    for (Argument& a : arguments) {
        const uint64_t size = get();
        a.words.resize((size + 7) / 8);
        get_bytes(a.words.data(), size);
        a.allocation = get();
        a.offset = get();
    }
    const std::vector<unsigned char*> memory = get_allocations();
    std::vector<void*> pointers;
    for (Argument& a : arguments) {
        if (a.allocation != UINT64_MAX) a.words[0] = reinterpret_cast<uint64_t>(memory[a.allocation] + a.offset);
        pointers.push_back(a.words.data());
    }
    const auto kernel = emulator::registry().find(name);
    const std::string failure = kernel == emulator::registry().end() || kernel->second.parameters.size() != arguments.size()
        ? name + ": recorded from other sources" : emulator::launch(kernel->second, geometry, pointers.data(), most_blocks);
    if (!failure.empty()) {
        std::fprintf(stderr, "replay: %s\n", failure.c_str());
        failed = true;
    }
    for (unsigned char* m : memory) std::free(m);
    return name;
}
}  // namespace

int main(int count, char** arguments) {
    file = count == 2 ? std::fopen(arguments[1], "rb") : nullptr;
    if (file == nullptr) {
        std::fprintf(stderr, "usage: replay FILE (recorded by the emulated driver with EMULATOR_RECORD=FILE)\n");
        return 2;
    }
    std::set<std::string> seen;
    int launches = 0;
    bool failed = false;
    for (int c; (c = std::fgetc(file)) != EOF; launches++) {
        std::ungetc(c, file);
        seen.insert(replay(failed));
    }
    std::printf("replayed %d launches of %zu kernels\n", launches, seen.size());
    for (const auto& [name, kernel] : emulator::registry()) {
        if (seen.count(name) == 0) std::printf("not recorded: %s\n", name.c_str());
    }
    return failed ? 1 : 0;
}
