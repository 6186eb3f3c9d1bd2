// Fibers: a stack and a place to go on. A ~15-instruction switch on x86-64, ucontext elsewhere, with the notes sanitizers need.
#pragma once
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(EMULATOR_TSAN)
extern "C" void* __tsan_get_current_fiber(void);
extern "C" void* __tsan_create_fiber(unsigned flags);
extern "C" void __tsan_switch_to_fiber(void* fiber, unsigned flags);
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace emulator {

/** Tells ThreadSanitizer that whatever came before a release at an address is seen after an acquire there. */
#if defined(EMULATOR_TSAN)
inline void order_acquire(void* address) { __tsan_acquire(address); }
inline void order_release(void* address) { __tsan_release(address); }
#else
inline void order_acquire(void*) {}
inline void order_release(void*) {}
#endif

/** Tells ThreadSanitizer that what follows is done by a thread of its own, which only the orderings above put before or after others. */
#if defined(EMULATOR_TSAN)
inline void *atomics, *left_for_atomics;
/** Must come before any block: ThreadSanitizer takes a fiber to come after all that its maker did. */
inline void prepare_atomics() {
    if (atomics == nullptr) atomics = __tsan_create_fiber(0);
}
inline void leave_for_atomics() {
    left_for_atomics = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(atomics, 1);
}
inline void come_from_atomics() { __tsan_switch_to_fiber(left_for_atomics, 1); }
#else
inline void prepare_atomics() {}
inline void leave_for_atomics() {}
inline void come_from_atomics() {}
#endif

/** Overwrites memory unseen by sanitizers: static shared arrays have red zones between them. */
__attribute__((no_sanitize("address"), optimize("no-tree-loop-distribute-patterns"), noinline))
inline void fill_ff(unsigned char* from, const unsigned char* to) {
    while (from != to) *from++ = 0xff;
}

struct Fiber {
    bool started = false;
    char* stack = nullptr;
    const void* stack_bottom = nullptr;  // of the running stack, as AddressSanitizer knows it
    size_t stack_size = 0;
    void* tsan = nullptr;
#if defined(__x86_64__)
    void* stack_pointer = nullptr;
#else
    ucontext_t context;
#endif
};

#if defined(__x86_64__)
// Saves the registers a callee must keep, stores the stack pointer at *rdi and goes on with the stack in rsi.
extern "C" void emulator_switch_stack(void** from, void* to);
asm(R"(
    .text
    .p2align 4
    .type emulator_switch_stack, @function
emulator_switch_stack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size emulator_switch_stack, . - emulator_switch_stack
)");
#endif

#if defined(__SANITIZE_ADDRESS__)
constexpr size_t stack_bytes = 256 << 10;
#else
constexpr size_t stack_bytes = 64 << 10;
#endif
constexpr size_t guard_bytes = 4096;

inline Fiber* leaving;  // the fiber that was left last: AddressSanitizer tells its stack on arrival

/** Must follow every arrival on a fiber. */
inline void arrived() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &leaving->stack_bottom, &leaving->stack_size);
#endif
}

inline void switch_fiber(Fiber& from, Fiber& to) {
    leaving = &from;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(nullptr, to.stack_bottom, to.stack_size);
#endif
#if defined(EMULATOR_TSAN)
    if (from.tsan == nullptr) from.tsan = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to.tsan, 1);  // 1: the switch itself orders nothing
#endif
#if defined(__x86_64__)
    emulator_switch_stack(&from.stack_pointer, to.stack_pointer);
#else
    swapcontext(&from.context, &to.context);
#endif
    arrived();
}

inline void (*fiber_body)();

inline void fiber_entry() {
    arrived();
    fiber_body();
    std::abort();  // bodies never return
}

/** Gives the fiber a stack, kept from then on, and makes it ready to run body from its start. */
inline void start_fiber(Fiber& fiber, int number, void (*body)()) {
    fiber_body = body;
    if (fiber.stack == nullptr) {
        void* memory = mmap(nullptr, guard_bytes + stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) std::abort();
        mprotect(memory, guard_bytes, PROT_NONE);
        fiber.stack = static_cast<char*>(memory) + guard_bytes;
    }
    fiber.stack_bottom = fiber.stack;
    fiber.stack_size = stack_bytes;
    // Tops at different offsets within a page: else the hot lines of all stacks fall into the same cache sets.
    const size_t top = stack_bytes - static_cast<size_t>(number % 16) * 192;
#if defined(__x86_64__)
    void** frame = reinterpret_cast<void**>(fiber.stack + top) - 8;
    for (int i = 0; i < 8; i++) frame[i] = nullptr;
    frame[6] = reinterpret_cast<void*>(&fiber_entry);
    fiber.stack_pointer = frame;
#else
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack;
    fiber.context.uc_stack.ss_size = top;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, fiber_entry, 0);
#endif
#if defined(EMULATOR_TSAN)
    if (fiber.tsan == nullptr) fiber.tsan = __tsan_create_fiber(0);
#endif
    fiber.started = true;
}

/** Forgets what the fiber was doing; it must be started again. */
inline void abandon_fiber(Fiber& fiber) {
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(fiber.stack, stack_bytes);
#endif
    fiber.started = false;
}

}  // namespace emulator
