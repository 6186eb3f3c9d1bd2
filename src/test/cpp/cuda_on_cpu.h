// The part of CUDA C++ that the kernels use, for g++: the unmodified .cu files compile against this header and run under scheduler.cpp.
// A block's threads are fibers of one operating-system thread and blocks run one after another, so `static` makes an array shared.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <math.h>
#include <type_traits>

#define __global__ __attribute__((noinline))
#define __device__ static
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __constant__ static
#define __align__(bytes) __attribute__((aligned(bytes)))
// build.sh gathers the .bss of kernel objects, that is these arrays, in a section that the scheduler overwrites between blocks.
// (g++ ignores section attributes in templates.)
#define __shared__ static

#define EMULATED_VECTOR_2(type, name, alignment)                      \
    struct __attribute__((aligned(alignment))) name { type x, y; };   \
    inline name make_##name(type x, type y) { return {x, y}; }
#define EMULATED_VECTOR_4(type, name, alignment)                          \
    struct __attribute__((aligned(alignment))) name { type x, y, z, w; }; \
    inline name make_##name(type x, type y, type z, type w) { return {x, y, z, w}; }
EMULATED_VECTOR_2(float, float2, 8)
EMULATED_VECTOR_2(int, int2, 8)
EMULATED_VECTOR_2(unsigned, uint2, 8)
EMULATED_VECTOR_2(double, double2, 16)
EMULATED_VECTOR_2(unsigned char, uchar2, 2)
EMULATED_VECTOR_4(float, float4, 16)
EMULATED_VECTOR_4(int, int4, 16)
EMULATED_VECTOR_4(unsigned, uint4, 16)
EMULATED_VECTOR_4(unsigned char, uchar4, 4)
EMULATED_VECTOR_4(unsigned short, ushort4, 8)
#undef EMULATED_VECTOR_2
#undef EMULATED_VECTOR_4
struct uint3 { unsigned x, y, z; };
using dim3 = uint3;

extern uint3 threadIdx, blockIdx, blockDim, gridDim;
constexpr int warpSize = 32;

namespace emulator {
// Where in the kernel a thread waits; two threads that wait for each other must have the same.
struct Site { const char* operation; const char* file; int line; };
void block_barrier(Site site);
// Gives every lane the words of all 32 lanes of its warp, by address. Valid until the warp's next but one exchange.
const uint64_t* warp_exchange(Site site, unsigned mask, uint64_t word);
int lane();
void* shared_dynamic();

template <typename T> uint64_t to_word(T value) {
    static_assert(std::is_arithmetic_v<T>, "shuffles move 4 or 8 byte numbers");
    uint64_t word = 0;
    std::memcpy(&word, &value, sizeof(T));
    return word;
}
template <typename T> T from_word(uint64_t word) {
    T value;
    std::memcpy(&value, &word, sizeof(T));
    return value;
}
template <typename T> T shuffle(Site site, unsigned mask, T value, int source, bool valid) {
    const uint64_t* words = warp_exchange(site, mask, to_word(value));
    const uint64_t word = __atomic_load_n(&words[valid ? source : lane()], __ATOMIC_RELAXED);
    return from_word<T>(word);
}
inline unsigned ballot(Site site, unsigned mask, int predicate) {
    const uint64_t* words = warp_exchange(site, mask, predicate != 0);
    unsigned bits = 0;
    for (int i = 0; i < 32; i++) bits |= static_cast<unsigned>(__atomic_load_n(&words[i], __ATOMIC_RELAXED)) << i;
    return bits;
}
void warp_barrier(Site site, unsigned mask);
void fence();
void atomic_begins();
void atomic_ends();
struct Atomic {
    Atomic() { atomic_begins(); }
    ~Atomic() { atomic_ends(); }
};
}  // namespace emulator

// The default arguments carry the place of the call into messages.
#define EMULATED_PLACE const char *file = __builtin_FILE(), int line = __builtin_LINE()
inline void __syncthreads(EMULATED_PLACE) { emulator::block_barrier({"__syncthreads", file, line}); }
inline void __syncwarp(unsigned mask = 0xffffffffu, EMULATED_PLACE) { emulator::warp_barrier({"__syncwarp", file, line}, mask); }
template <typename T> T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32, EMULATED_PLACE) {
    const int lane = emulator::lane(), source = lane ^ lane_mask;
    return emulator::shuffle({"__shfl_xor_sync", file, line}, mask, value, source, source <= (lane | (width - 1)));
}
template <typename T> T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, EMULATED_PLACE) {
    const int lane = emulator::lane(), source = lane + static_cast<int>(delta);
    return emulator::shuffle({"__shfl_down_sync", file, line}, mask, value, source, source <= (lane | (width - 1)));
}
template <typename T> T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, EMULATED_PLACE) {
    const int lane = emulator::lane(), source = lane - static_cast<int>(delta);
    return emulator::shuffle({"__shfl_up_sync", file, line}, mask, value, source, source >= (lane & ~(width - 1)));
}
template <typename T> T __shfl_sync(unsigned mask, T value, int source, int width = 32, EMULATED_PLACE) {
    const int first = emulator::lane() & ~(width - 1);
    return emulator::shuffle({"__shfl_sync", file, line}, mask, value, first | (source & (width - 1)), true);
}
inline unsigned __ballot_sync(unsigned mask, int predicate, EMULATED_PLACE) {
    return emulator::ballot({"__ballot_sync", file, line}, mask, predicate);
}
inline int __any_sync(unsigned mask, int predicate, EMULATED_PLACE) {
    return emulator::ballot({"__any_sync", file, line}, mask, predicate) != 0;
}
inline int __all_sync(unsigned mask, int predicate, EMULATED_PLACE) {
    return emulator::ballot({"__all_sync", file, line}, mask, predicate) == 0xffffffffu;
}
#undef EMULATED_PLACE

inline void __threadfence() { emulator::fence(); }
inline void __threadfence_block() { emulator::fence(); }

// Integer atomics only: the order of float atomics is not fixed on a GPU, so kernels must not use them.
#define EMULATED_INTEGER template <typename T, typename = std::enable_if_t<std::is_integral_v<T>>>
#define EMULATED_SAME std::common_type_t<T>
EMULATED_INTEGER T atomicAdd(T* address, EMULATED_SAME value) { emulator::Atomic here; return __atomic_fetch_add(address, value, __ATOMIC_RELAXED); }
EMULATED_INTEGER T atomicSub(T* address, EMULATED_SAME value) { emulator::Atomic here; return __atomic_fetch_sub(address, value, __ATOMIC_RELAXED); }
EMULATED_INTEGER T atomicAnd(T* address, EMULATED_SAME value) { emulator::Atomic here; return __atomic_fetch_and(address, value, __ATOMIC_RELAXED); }
EMULATED_INTEGER T atomicOr(T* address, EMULATED_SAME value) { emulator::Atomic here; return __atomic_fetch_or(address, value, __ATOMIC_RELAXED); }
EMULATED_INTEGER T atomicXor(T* address, EMULATED_SAME value) { emulator::Atomic here; return __atomic_fetch_xor(address, value, __ATOMIC_RELAXED); }
EMULATED_INTEGER T atomicExch(T* address, EMULATED_SAME value) { emulator::Atomic here; return __atomic_exchange_n(address, value, __ATOMIC_RELAXED); }
EMULATED_INTEGER T atomicCAS(T* address, EMULATED_SAME expected, EMULATED_SAME value) {
    emulator::Atomic here;
    __atomic_compare_exchange_n(address, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return expected;
}
EMULATED_INTEGER T atomicMax(T* address, EMULATED_SAME value) {
    emulator::Atomic here;
    T old = __atomic_load_n(address, __ATOMIC_RELAXED);
    while (old < value && !__atomic_compare_exchange_n(address, &old, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
    return old;
}
EMULATED_INTEGER T atomicMin(T* address, EMULATED_SAME value) {
    emulator::Atomic here;
    T old = __atomic_load_n(address, __ATOMIC_RELAXED);
    while (old > value && !__atomic_compare_exchange_n(address, &old, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
    return old;
}
#undef EMULATED_INTEGER
#undef EMULATED_SAME

// Single roundings: compiled with -ffp-contract=off, so these are the plain operations.
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float __frcp_rn(float a) { return 1.0f / a; }
inline float __fsqrt_rn(float a) { return sqrtf(a); }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __dadd_rn(double a, double b) { return a + b; }
inline float rsqrtf(float a) { return 1.0f / sqrtf(a); }
inline double rsqrt(double a) { return 1.0 / sqrt(a); }
inline float __saturatef(float a) { return fminf(fmaxf(a, 0.0f), 1.0f); }

inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>((static_cast<uint64_t>(a) * b) >> 32); }
inline int __popc(unsigned a) { return __builtin_popcount(a); }
inline int __clz(int a) { return a == 0 ? 32 : __builtin_clz(static_cast<unsigned>(a)); }
inline int __ffs(int a) { return __builtin_ffs(a); }
inline unsigned __float_as_uint(float a) { return emulator::from_word<unsigned>(emulator::to_word(a)); }
inline float __uint_as_float(unsigned a) { return emulator::from_word<float>(a); }
inline int __float_as_int(float a) { return static_cast<int>(__float_as_uint(a)); }
inline float __int_as_float(int a) { return __uint_as_float(static_cast<unsigned>(a)); }
template <typename T> T __ldg(const T* address) { return *address; }

#define EMULATED_MIN_MAX(type)                                  \
    inline type min(type a, type b) { return a < b ? a : b; }   \
    inline type max(type a, type b) { return a > b ? a : b; }
EMULATED_MIN_MAX(int)
EMULATED_MIN_MAX(unsigned)
EMULATED_MIN_MAX(long long)
EMULATED_MIN_MAX(unsigned long long)
#undef EMULATED_MIN_MAX
inline float min(float a, float b) { return fminf(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }
inline double min(double a, double b) { return fmin(a, b); }
inline double max(double a, double b) { return fmax(a, b); }
