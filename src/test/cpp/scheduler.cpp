// The CUDA threads of a block are fibers, all on the calling thread. One runs until it waits or ends, then switches to the next whose turn it
// is; one that ends without ever waiting leaves its fiber to the next thread, so kernels without barriers cost no switches. Barriers and warp
// exchanges are counted here, so threads that can never meet are found when none can run. Not thread safe: the driver holds its lock.
//
// Under ThreadSanitizer every fiber counts as a thread of its own and switching orders nothing; only barriers do. So a missing barrier is
// seen whatever the order of the fibers. Blocks have sets of fibers of their own, hence two blocks that touch the same element are seen too.
// Blocks are ordered by fences around an atomic operation alone: what a thread did is published by its atomic operation if a fence came before,
// and seen by a fence if an atomic operation of the block came before. Atomic operations themselves are made by a fiber of their own.
// This file itself is compiled without -fsanitize=thread: the scheduler is not what is tested.
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

#if defined(EMULATOR_TSAN)
constexpr bool own_fiber = true;  // each CUDA thread has one to itself: it is what ThreadSanitizer takes for a thread
constexpr int most_fibers = 2048;
// Gives static shared memory pages of its own, so that they can be mapped anew. This file is linked after the kernels.
alignas(4096) __attribute__((section("emulated_shared"), used)) unsigned char last_page[4096];
#else
constexpr bool own_fiber = false;
constexpr int most_fibers = 1024;
#endif

enum class State { ready, at_block_barrier, at_warp, finished };

struct Thread {
    Fiber* fiber;  // null before it starts and after it has ended
    uint3 index;
    State state;
    Site site;
    int exchanges, warp_barriers, block_barriers;  // made so far: their parity picks one of two slots
    bool fenced;                                   // has passed a fence
};

constexpr int most_threads = 1024;
Thread threads[most_threads];
uint64_t words[2][most_threads];     // what threads offer in warp exchanges
// Their addresses stand for orderings. ThreadSanitizer tells addresses apart in steps of 8 bytes.
uint64_t block_start, block_end, fence_order, atomic_order, barrier_order[most_fibers][4];  // for barriers at the first fiber of the block or warp
int thread_count, current, waiting_in_block, waiting_in_warp[32], finished;
std::vector<int> turns;  // the threads in the order in which they run
int turn;                // the next of them
bool warps_run_ahead;    // a warp goes on until all of it waits for the block, so that barriers alone keep the warps together
bool touched;            // an atomic operation was made in this block
Fiber scheduler_fiber, fibers[most_fibers];
int first_fiber;  // of the current block, where each thread has its own
Fiber* running;
std::vector<Fiber*> idle_fibers;
const Kernel* kernel;
void** kernel_arguments;
std::vector<unsigned char*> dynamic_shared;  // the last is that of the current block
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

void thread_body();

Fiber* idle_fiber(int thread) {
    Fiber* fiber = &fibers[first_fiber + thread];
    if (!own_fiber) {
        fiber = idle_fibers.back();
        idle_fibers.pop_back();
    }
    if (!fiber->started) start_fiber(*fiber, static_cast<int>(fiber - fibers), thread_body);
    return fiber;
}

/** The next thread that can run in this round, or in the current warp if warps run ahead; -1 if there is none. */
int next_turn() {
    const int warp = current - current % 32, end = std::min(warp + 32, thread_count);
    for (int thread = warp; warps_run_ahead && failure.empty() && thread < end; thread++) {
        if (threads[thread].state == State::ready) return thread;
    }
    while (turn < thread_count && failure.empty()) {
        const int thread = turns[turn++];
        if (threads[thread].state == State::ready) return thread;
    }
    return -1;
}

/** Makes the thread the current one; returns its fiber, a new one if it has none. */
Fiber& enter(int thread) {
    Thread& t = threads[thread];
    if (t.fiber == nullptr) t.fiber = idle_fiber(thread);
    current = thread;
    threadIdx = t.index;
    running = t.fiber;
    return *t.fiber;
}

void switch_to(int next) {
    Fiber& here = *running;
    switch_fiber(here, next < 0 ? scheduler_fiber : enter(next));
}

/** Leaves the current thread, which cannot go on, for the next one. */
void pause() {
    const int next = next_turn();
    if (next != current) switch_to(next);
}

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

/** The body of every fiber: one CUDA thread after another. */
void thread_body() {
    for (;;) {
        order_acquire(&block_start);
        kernel->call(kernel_arguments);
        order_release(&block_end);
        threads[current].state = State::finished;
        threads[current].fiber = nullptr;
        finished++;
        const int next = next_turn();
        if (!own_fiber && next >= 0 && threads[next].fiber == nullptr) {
            idle_fibers.push_back(running);
            enter(next);
        } else {
            if (!own_fiber) idle_fibers.push_back(running);
            switch_to(next);
        }
    }
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

/** Garbage in all shared memory. For ThreadSanitizer it is new memory, which no other block has touched. */
void renew_shared(unsigned shared_bytes) {
    if (own_fiber) {
        const size_t bytes = static_cast<size_t>(__stop_emulated_shared - __start_emulated_shared);
        const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        if (mmap(__start_emulated_shared, bytes, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) std::abort();
    }
    if (own_fiber || dynamic_shared.empty()) dynamic_shared.push_back(static_cast<unsigned char*>(std::malloc(shared_bytes)));
    fill_ff(dynamic_shared.back(), dynamic_shared.back() + shared_bytes);
    fill_ff(__start_emulated_shared, __stop_emulated_shared);
}

void run_block(unsigned shared_bytes) {
    for (int i = 0; i < thread_count; i++) {
        threads[i].state = State::ready;
        threads[i].fenced = false;
    }
    waiting_in_block = finished = 0;
    touched = false;
    std::fill(waiting_in_warp, waiting_in_warp + 32, 0);
    renew_shared(shared_bytes);
    order_release(&block_start);
    while (finished < thread_count && failure.empty()) {
        if (order == Order::random) std::shuffle(turns.begin(), turns.end(), generator);
        turn = 0;
        if (finished == 0) current = turns[0];
        const int first = next_turn();
        if (first < 0) fail(deadlock());
        else switch_fiber(scheduler_fiber, enter(first));  // comes back when each has had its turn
    }
}

void prepare_threads(const uint3& block, uint64_t block_count) {
    thread_count = static_cast<int>(block.x * block.y * block.z);
    turns.resize(static_cast<size_t>(thread_count));
    std::iota(turns.begin(), turns.end(), 0);
    if (order == Order::reverse) std::reverse(turns.begin(), turns.end());
    for (int i = 0; i < thread_count; i++) {
        const unsigned n = static_cast<unsigned>(i);
        threads[i] = {nullptr, {n % block.x, n / block.x % block.y, n / (block.x * block.y)}, State::ready, {}, 0, 0, 0, false};
    }
    idle_fibers.clear();
    prepare_atomics();
    for (int i = most_fibers; i-- > 0;) idle_fibers.push_back(&fibers[i]);
    // Made here: ThreadSanitizer takes a fiber to come after all that its maker did.
    const int sets = static_cast<int>(std::min<uint64_t>(block_count, static_cast<uint64_t>(most_fibers / thread_count)));
    for (int i = 0; own_fiber && i < sets * thread_count; i++) {
        if (!fibers[i].started) start_fiber(fibers[i], i, thread_body);
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
    uint64_t* const edge = &barrier_order[first_fiber][t.block_barriers++ % 2];
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
    uint64_t* const edge = &barrier_order[first_fiber + current / 32 * 32][2 + threads[current].warp_barriers++ % 2];
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

void fence() {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    threads[current].fenced = true;
    if (touched) order_acquire(&fence_order);
}

void atomic_begins() {
    if (threads[current].fenced) order_release(&fence_order);
    leave_for_atomics();
    order_acquire(&block_start);
}

void atomic_ends() {
    order_release(&atomic_order);
    order_release(&block_end);
    come_from_atomics();
    order_acquire(&atomic_order);
    touched = true;
}

int lane() { return current % 32; }

void* shared_dynamic() { return dynamic_shared.back(); }

std::string launch(const Kernel& what, const Geometry& geometry, void** arguments, uint64_t most_blocks) {
    kernel = &what;
    kernel_arguments = arguments;
    failure.clear();
    blockDim = geometry.block;
    gridDim = geometry.grid;
    const uint64_t all = uint64_t(gridDim.x) * gridDim.y * gridDim.z, count = std::min(all, most_blocks);
    prepare_threads(geometry.block, count);
    std::vector<uint64_t> blocks(count);
    for (uint64_t i = 0; i < count; i++) blocks[i] = i < count - count / 2 ? i : all - (count - i);
    if (order == Order::reverse) std::reverse(blocks.begin(), blocks.end());
    if (order == Order::random) std::shuffle(blocks.begin(), blocks.end(), generator);

    first_fiber = 0;
    warps_run_ahead = false;
    for (uint64_t block : blocks) {
        warps_run_ahead = order == Order::random && !warps_run_ahead;
        blockIdx = {static_cast<unsigned>(block % gridDim.x), static_cast<unsigned>(block / gridDim.x % gridDim.y),
                    static_cast<unsigned>(block / gridDim.x / gridDim.y)};
        run_block(geometry.shared_bytes);
        if (!failure.empty()) break;
        first_fiber += thread_count;
        if (first_fiber + thread_count > most_fibers) first_fiber = 0;
    }
    order_acquire(&block_end);
    for (unsigned char* memory : dynamic_shared) std::free(memory);
    dynamic_shared.clear();
    if (!failure.empty()) {
        for (Fiber& fiber : fibers) {
            if (fiber.started) abandon_fiber(fiber);
        }
    }
    return failure;
}

}  // namespace emulator
