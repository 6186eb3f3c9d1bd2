// Shared by every kernel file. Under nvcc it includes nothing; under g++ (tests without a GPU) it pulls in the emulation.
//
// Rules for kernels, so that the CPU emulation stays honest and every run gives the same bits:
//   1. Entry points are `extern "C" __global__ void name(...)`; device functions are `__device__ __forceinline__`, free-standing, never
//      marked `static`, never class members. Parameters are pointers into device memory, scalars, or structs without pointers in them.
//   2. Block size: a multiple of 32, at most 1024. Grids may have any size: elementwise kernels use GRID_STRIDE, never a bare `if (i < n)`.
//   3. Every thread of the block reaches every __syncthreads, and every thread of the warp every warp primitive: no early return before one.
//      Warp primitives take FULL_MASK.
//   4. No float or double atomics (their order is not fixed). Integer atomics are fine.
//   5. Shared memory: `__shared__ type name[SIZE];` inside a function, or SHARED_DYN(type, name) for the size given at launch.
//      It holds garbage when a block starts. At most 48 KiB unless the launch asks for more.
//   6. Numbers that must be bit-equal to the CPU use __fmul_rn, __fadd_rn, __fsub_rn (never contracted to FMA). No __expf-like approximations.
//   7. What changes between steps is read from StepState, never passed by value: a captured graph is replayed with its old arguments.
//   8. Tensor-core, cp.async or cluster code sits under `#if __CUDA_ARCH__ >= 900` and has a portable twin.
#pragma once
#ifndef __CUDACC__
#include "cuda_on_cpu.h"
#endif

/** All 32 lanes. */
#define FULL_MASK 0xffffffffu

/** Visits each index 0 <= i < n exactly once over the whole (one-dimensional) grid; n at most 2^30. */
#define GRID_STRIDE(i, n) \
    for (int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); i < (n); i += static_cast<int>(blockDim.x * gridDim.x))

/** Asks nvcc to unroll the loop that follows so many times; g++ knows better than to be asked. */
#ifdef __CUDACC__
#define UNROLL_PRAGMA(text) _Pragma(#text)
#define UNROLL(count) UNROLL_PRAGMA(unroll count)
#else
#define UNROLL(count)
#endif

/** Declares `type* name`: the dynamic shared memory of the block, 16-byte aligned. A kernel has one such region; carve it by hand. */
#ifdef __CUDACC__
#define SHARED_DYN(type, name)                                      \
    extern __shared__ __align__(16) unsigned char shared_dynamic[]; \
    type* const name = reinterpret_cast<type*>(shared_dynamic)
#else
#define SHARED_DYN(type, name) type* const name = static_cast<type*>(emulator::shared_dynamic())
#endif

/** What changes from step to step: 16 words in device memory, an int buffer on the Java side. The fields stand in this order. */
struct StepState {
    unsigned seed_lo, seed_hi;  // seed of the run: the Philox key
    int step;                   // optimizer steps done so far; in sampling, the step counter
    int row;                    // first row of the current batch, counted in the order of the epoch
    float learning_rate;        // learning rate of this step
    float kl_weight;            // weight of the KL term in this step
    float clip_scale;           // factor the optimizer applies to gradients (norm clipping); 1 when nothing is clipped
    float gradient_norm;        // norm of the gradient before clipping
    int epoch_rows;             // rows in the epoch
    int table_row;              // row of the schedule table
    float correction_1;         // Adam: 1 - beta1^t, t counted from 1
    float correction_2;         // Adam: 1 - beta2^t
    int reserved[4];
};

/** Index of this thread in its block, and the number of threads, for blocks of any shape. */
__device__ __forceinline__ int thread_in_block() {
    return static_cast<int>(threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z));
}
__device__ __forceinline__ int threads_in_block() { return static_cast<int>(blockDim.x * blockDim.y * blockDim.z); }

/** Sum over the 32 lanes, given to every lane, same bits in all: T is int, unsigned, float or double. */
template <typename T>
__device__ __forceinline__ T warp_reduce_sum(T value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(FULL_MASK, value, distance);
    return value;
}

/** Maximum over the 32 lanes, given to every lane. */
template <typename T>
__device__ __forceinline__ T warp_reduce_max(T value) {
    for (int distance = 16; distance > 0; distance /= 2) value = max(value, __shfl_xor_sync(FULL_MASK, value, distance));
    return value;
}

/** Sum over the block in a fixed order, given to every thread. Every thread must call it; may be called again at once. */
template <typename T>
__device__ __forceinline__ T block_reduce_sum(T value) {
    __shared__ T partial[32];
    const int lane = thread_in_block() % 32, warp = thread_in_block() / 32;
    value = warp_reduce_sum(value);
    __syncthreads();  // an earlier call may still be reading
    if (lane == 0) partial[warp] = value;
    __syncthreads();
    return warp_reduce_sum(lane < threads_in_block() / 32 ? partial[lane] : T(0));
}

/** Maximum over the block, given to every thread. Every thread must call it; may be called again at once. */
template <typename T>
__device__ __forceinline__ T block_reduce_max(T value) {
    __shared__ T partial[32];
    const int lane = thread_in_block() % 32, warp = thread_in_block() / 32;
    value = warp_reduce_max(value);
    __syncthreads();  // an earlier call may still be reading
    if (lane == 0) partial[warp] = value;
    __syncthreads();
    return warp_reduce_max(partial[lane < threads_in_block() / 32 ? lane : 0]);
}
