// One fiber per CUDA thread of a block, all on the calling thread; a fiber runs until it waits or ends. Barriers and warp exchanges are
// counted here, so threads that can never meet are found when no fiber can run. Not thread safe: the driver holds its lock around launch.
//
// Under ThreadSanitizer every fiber counts as a thread of its own and switching orders nothing; only barriers do. So a missing barrier is
// seen whatever the order of the fibers. This file itself is compiled without -fsanitize=thread: the scheduler is not what is tested.
#include "scheduler.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>

#include "fiber.h"

uint3 threadIdx, blockIdx, blockDim, gridDim;

// The bounds of all static shared memory; absent (null) when no kernel has any.
extern "C" __attribute__((weak, visibility("hidden"))) unsigned char __start_emulated_shared[];
extern "C" __attribute__((weak, visibility("hidden"))) unsigned char __stop_emulated_shared[];

namespace emulator {

namespace {

enum class State { ready, at_block_barrier, at_warp, finished };

struct Thread {
    Fiber fiber;
    uint3 index;
    State state;
    Site site;
    int exchanges, warp_barriers, block_barriers;  // made so far: their parity picks one of two slots
};

constexpr int most_threads = 1024;
Thread threads[most_threads];
uint64_t words[2][most_threads];     // what threads offer in warp exchanges
char block_order[2], warp_order[2][32], block_edge;  // addresses that stand for the barriers' ordering
int thread_count, current, waiting_in_block, waiting_in_warp[32], finished;
Fiber scheduler_fiber;
const Kernel* kernel;
void** kernel_arguments;
unsigned char* dynamic_shared;
std::string failure;
Order order = Order::forward;
std::mt19937 generator;

std::string place(const Site& site) {
    const std::string file = site.file;
    return std::string(site.operation) + " at " + file.substr(file.rfind('/') + 1) + ":" + std::to_string(site.line);
}

std::string triple(const uint3& v) {
    return "(" + std::to_string(v.x) + ", " + std::to_string(v.y) + ", " + std::to_string(v.z) + ")";
}

std::string whereabouts(int thread) {
    const Thread& t = threads[thread];
    return "thread " + triple(t.index) + (t.state == State::finished ? " has finished" : " waits in " + place(t.site));
}

bool same(const Site& a, const Site& b) {
    return a.line == b.line && (a.file == b.file || std::strcmp(a.file, b.file) == 0)
        && (a.operation == b.operation || std::strcmp(a.operation, b.operation) == 0);
}

void fail(const std::string& what) {
    if (failure.empty()) failure = kernel->name + ", block " + triple(blockIdx) + ": " + what;
}

/** Lets threads [first, first + count) go on, if they wait at the same place. */
void release(int first, int count) {
    for (int i = first; i < first + count; i++) {
        if (!same(threads[first].site, threads[i].site)) {
            fail("divergent barrier: " + whereabouts(first) + ", " + whereabouts(i));
            return;
        }
        threads[i].state = State::ready;
    }
}

void pause() { switch_fiber(threads[current].fiber, scheduler_fiber); }

void wait_for_warp(Site site, unsigned mask) {
    Thread& t = threads[current];
    const int warp = current / 32;
    t.site = site;
    t.state = State::at_warp;
    if (mask != 0xffffffffu) {
        char text[16];
        std::snprintf(text, sizeof text, "0x%08x", mask);
        fail("shuffle mask " + std::string(text) + " in " + place(site) + ", only the full mask is allowed");
    } else if (++waiting_in_warp[warp] == 32) {
        waiting_in_warp[warp] = 0;
        release(warp * 32, 32);
    }
    pause();
}

/** The body of every fiber: one CUDA thread of one block after another. */
void thread_body() {
    for (;;) {
        order_acquire(&block_edge);
        kernel->call(kernel_arguments);
        threads[current].state = State::finished;
        finished++;
        order_release(&block_edge);
        pause();
    }
}

void take_turns(std::vector<int>& turns) {
    if (order == Order::random) std::shuffle(turns.begin(), turns.end(), generator);
}

/** What keeps the threads of a block from ending. */
std::string deadlock() {
    int first = 0;
    while (threads[first].state == State::finished) first++;
    for (int i = 0; i < thread_count; i++) {
        const bool differs = threads[i].state != threads[first].state || !same(threads[i].site, threads[first].site);
        const bool matters = threads[first].state == State::at_block_barrier || i / 32 == first / 32;
        if (differs && matters) return "divergent barrier: " + whereabouts(first) + ", " + whereabouts(i);
    }
    return "divergent barrier: " + whereabouts(first) + " for ever";
}

void run_block(std::vector<int>& turns) {
    for (int i = 0; i < thread_count; i++) threads[i].state = State::ready;
    waiting_in_block = finished = 0;
    std::fill(waiting_in_warp, waiting_in_warp + 32, 0);
    fill_ff(__start_emulated_shared, __stop_emulated_shared);
    order_release(&block_edge);
    while (finished < thread_count && failure.empty()) {
        bool progress = false;
        take_turns(turns);
        for (int turn : turns) {
            if (threads[turn].state != State::ready) continue;
            current = turn;
            threadIdx = threads[turn].index;
            progress = true;
            switch_fiber(scheduler_fiber, threads[turn].fiber);
            if (!failure.empty()) return;
        }
        if (!progress) fail(deadlock());
    }
    order_acquire(&block_edge);
}

void prepare_threads(const uint3& block) {
    thread_count = static_cast<int>(block.x * block.y * block.z);
    for (int i = 0; i < thread_count; i++) {
        const unsigned n = static_cast<unsigned>(i);
        threads[i].index = {n % block.x, n / block.x % block.y, n / (block.x * block.y)};
        threads[i].exchanges = threads[i].warp_barriers = threads[i].block_barriers = 0;
        if (!threads[i].fiber.started) start_fiber(threads[i].fiber, i, thread_body);
    }
}

}  // namespace

std::map<std::string, Kernel>& registry() {
    static std::map<std::string, Kernel> kernels;
    return kernels;
}

void set_order(Order new_order, unsigned seed) {
    order = new_order;
    generator.seed(seed);
}

void block_barrier(Site site) {
    Thread& t = threads[current];
    char* const edge = &block_order[t.block_barriers++ % 2];
    t.site = site;
    t.state = State::at_block_barrier;
    order_release(edge);
    if (++waiting_in_block == thread_count) {
        waiting_in_block = 0;
        release(0, thread_count);
    }
    pause();
    order_acquire(edge);
}

void warp_barrier(Site site, unsigned mask) {
    char* const edge = &warp_order[threads[current].warp_barriers++ % 2][current / 32];
    order_release(edge);
    wait_for_warp(site, mask);
    order_acquire(edge);
}

const uint64_t* warp_exchange(Site site, unsigned mask, uint64_t word) {
    uint64_t* const slots = words[threads[current].exchanges++ % 2];
    slots[current] = word;
    const int warp_start = current - current % 32;
    wait_for_warp(site, mask);
    return slots + warp_start;
}

int lane() { return current % 32; }

void* shared_dynamic() { return dynamic_shared; }

std::string launch(const Kernel& what, const Geometry& geometry, void** arguments, uint64_t most_blocks) {
    kernel = &what;
    kernel_arguments = arguments;
    failure.clear();
    blockDim = geometry.block;
    gridDim = geometry.grid;
    prepare_threads(geometry.block);
    std::vector<int> turns(static_cast<size_t>(thread_count));
    std::iota(turns.begin(), turns.end(), 0);
    if (order == Order::reverse) std::reverse(turns.begin(), turns.end());

    const uint64_t all = uint64_t(gridDim.x) * gridDim.y * gridDim.z, count = std::min(all, most_blocks);
    std::vector<uint64_t> blocks(count);
    for (uint64_t i = 0; i < count; i++) blocks[i] = i < count - count / 2 ? i : all - (count - i);
    if (order == Order::reverse) std::reverse(blocks.begin(), blocks.end());
    if (order == Order::random) std::shuffle(blocks.begin(), blocks.end(), generator);

    // Exactly the size asked for, so that AddressSanitizer sees the end of it.
    dynamic_shared = static_cast<unsigned char*>(std::malloc(geometry.shared_bytes));
    for (uint64_t block : blocks) {
        blockIdx = {static_cast<unsigned>(block % gridDim.x), static_cast<unsigned>(block / gridDim.x % gridDim.y),
                    static_cast<unsigned>(block / gridDim.x / gridDim.y)};
        fill_ff(dynamic_shared, dynamic_shared + geometry.shared_bytes);
        run_block(turns);
        if (!failure.empty()) break;
    }
    std::free(dynamic_shared);
    if (!failure.empty()) {
        for (int i = 0; i < thread_count; i++) abandon_fiber(threads[i].fiber);
    }
    return failure;
}

}  // namespace emulator
