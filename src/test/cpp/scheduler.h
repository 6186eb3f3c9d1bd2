// Runs kernels on the CPU: the registry of compiled kernels and the block scheduler.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cuda_on_cpu.h"

namespace emulator {

struct Parameter {
    uint32_t size, alignment;
    bool pointer;
};

struct Kernel {
    std::string name;
    std::vector<Parameter> parameters;
    void (*call)(void** arguments);  // runs one CUDA thread
};

struct Geometry {
    uint3 grid, block;
    unsigned shared_bytes;
};

/** Every kernel linked into this library, by name. */
std::map<std::string, Kernel>& registry();

/** How threads of a block, and blocks of a grid, take turns. In random order every other block has warps that run as far ahead as they can. */
enum class Order { forward = 0, reverse = 1, random = 2 };
void set_order(Order order, unsigned seed);

/** Runs all blocks, or the first and last blocks when there are more than most_blocks. Returns what went wrong, empty when nothing did. */
std::string launch(const Kernel& kernel, const Geometry& geometry, void** arguments, uint64_t most_blocks = UINT64_MAX);

template <auto function> struct Unpacked;
template <typename... P, void (*function)(P...)> struct Unpacked<function> {
    template <size_t... I> static void call_with(void** arguments, std::index_sequence<I...>) {
        function(*static_cast<P*>(arguments[I])...);
    }
    static void call(void** arguments) { call_with(arguments, std::index_sequence_for<P...>{}); }
    static bool add(const char* name) {
        registry()[name] = {name, {Parameter{sizeof(P), alignof(P), std::is_pointer_v<P>}...}, call};
        return true;
    }
};

}  // namespace emulator

/** Follows the text of a .cu file, once for each of its kernels: build.sh writes these lines. */
#define REGISTER_KERNEL(name) static const bool registered_##name = emulator::Unpacked<&name>::add(#name);
