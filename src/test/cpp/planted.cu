// Kernels with planted bugs, one each, and some without: the tests of the tester. Not shipped. All run with blocks of 64 threads: one, or two if
// the name says blocks.
#include "reduce.cuh"

extern "C" __global__ void correct(float* y) {
    __shared__ float s[64];
    s[threadIdx.x] = static_cast<float>(threadIdx.x);
    __syncthreads();
    y[threadIdx.x] = s[63 - threadIdx.x];
}

extern "C" __global__ void correct_in_warp(float* y) {
    SHARED_DYN(float, s);
    for (int round = 0; round < 3; round++) {
        s[threadIdx.x] = static_cast<float>(threadIdx.x);
        __syncwarp();
        y[threadIdx.x] = s[threadIdx.x ^ 1] + warp_reduce_sum(1.0f) + block_reduce_sum(1.0f);
        __syncwarp();
    }
}

// Sums of eight rows, one after the other, as a block makes them that has several wide rows: row r sums to 64 (r + 1). Every thread adds up what it
// was given with weights 2^r, so that each sum counts.
extern "C" __global__ void correct_row_sums(float* y) {
    float total = 0.0f;
    for (int row = 0; row < 8; row++) total += static_cast<float>(1 << row) * block_reduce_sum(static_cast<float>(row + 1));
    y[threadIdx.x] = total;
}

// The same with block_reduce_sum written out, less its first barrier: a warp that runs ahead overwrites what another still reads.
extern "C" __global__ void row_sums_missing_first_barrier(float* y) {
    __shared__ float partial[32];
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    float total = 0.0f;
    for (int row = 0; row < 8; row++) {
        const float value = warp_reduce_sum(static_cast<float>(row + 1));
        if (lane == 0) partial[warp] = value;
        __syncthreads();
        total += static_cast<float>(1 << row) * warp_reduce_sum(lane < 2 ? partial[lane] : 0.0f);
    }
    y[threadIdx.x] = total;
}

// Shared memory of two blocks is not the same memory.
extern "C" __global__ void blocks_correct(float* y) {
    __shared__ float s[64];
    SHARED_DYN(float, d);
    const float sum = block_reduce_sum(1.0f);
    s[threadIdx.x] = d[threadIdx.x] = static_cast<float>(blockIdx.x);
    __syncthreads();
    if (threadIdx.x < 32) y[blockIdx.x * 32 + threadIdx.x] = s[63 - threadIdx.x] + d[63 - threadIdx.x] + sum;
}

// The block that comes last sums what all blocks left: with fences, and without.
extern "C" __global__ void blocks_last_sums(float* y) {
    if (threadIdx.x == 0) {
        y[1 + blockIdx.x] = 2.0f;
        __threadfence();
        if (atomicAdd(reinterpret_cast<int*>(y), 1) == 1) {
            __threadfence();
            y[3] = y[1] + y[2];
        }
    }
}

// The same by the kernels' own means.
extern "C" __global__ void blocks_finish_last(float* y) {
    volatile float* const parts = y + 1;
    if (threadIdx.x == 0) parts[blockIdx.x] = 2.0f;
    if (!finishes_last(reinterpret_cast<unsigned*>(y), gridDim.x)) return;
    if (threadIdx.x < 32) y[4 + threadIdx.x] = parts[0] + parts[1];
}

// One of the two fences is missing: what was written is not published, or what was published is not looked for.
extern "C" __global__ void blocks_missing_first_fence(float* y) {
    if (threadIdx.x == 0) {
        y[1 + blockIdx.x] = 2.0f;
        if (atomicAdd(reinterpret_cast<int*>(y), 1) == 1) {
            __threadfence();
            y[3] = y[1] + y[2];
        }
    }
}

extern "C" __global__ void blocks_missing_second_fence(float* y) {
    if (threadIdx.x == 0) {
        y[1 + blockIdx.x] = 2.0f;
        __threadfence();
        if (atomicAdd(reinterpret_cast<int*>(y), 1) == 1) y[3] = y[1] + y[2];
    }
}

extern "C" __global__ void blocks_missing_fence(float* y) {
    if (threadIdx.x == 0) {
        y[1 + blockIdx.x] = 2.0f;
        if (atomicAdd(reinterpret_cast<int*>(y), 1) == 1) y[3] = y[1] + y[2];
    }
}

// Both blocks write the same elements, and the same values.
extern "C" __global__ void blocks_race(float* y) {
    __syncthreads();
    y[threadIdx.x] = 1.0f;
}

extern "C" __global__ void missing_barrier(float* y) {
    __shared__ float s[64];
    s[threadIdx.x] = static_cast<float>(threadIdx.x);
    y[threadIdx.x] = s[63 - threadIdx.x];
}

// A shuffle makes the lanes meet but orders no memory accesses.
extern "C" __global__ void shuffle_for_barrier(float* y) {
    __shared__ float s[64];
    s[threadIdx.x] = static_cast<float>(threadIdx.x);
    const float sum = warp_reduce_sum(1.0f);
    y[threadIdx.x] = s[threadIdx.x ^ 1] + sum;
}

// The first barrier is there; the one that keeps the next round from overwriting what others still read is not.
extern "C" __global__ void missing_second_barrier(float* y) {
    __shared__ float s[64];
    for (int round = 0; round < 2; round++) {
        s[threadIdx.x] = static_cast<float>(threadIdx.x);
        __syncthreads();
        y[threadIdx.x] = s[63 - threadIdx.x];
    }
}

extern "C" __global__ void out_of_bounds(float* y) {
    GRID_STRIDE(i, 65) y[i] = 0.0f;
}

extern "C" __global__ void shared_overrun(float* y) {
    __shared__ float s[64], t[64];
    t[threadIdx.x] = 1.0f;
    float* past = s;
    past += gridDim.x;
    past[threadIdx.x] = 1.0f;
    __syncthreads();
    y[threadIdx.x] = s[threadIdx.x] + t[threadIdx.x];
}

extern "C" __global__ void dynamic_shared_overrun(float* y) {
    SHARED_DYN(float, s);
    s[threadIdx.x + 1] = 1.0f;
    y[threadIdx.x] = s[threadIdx.x + 1];
}

extern "C" __global__ void misaligned(float* y) {
    *reinterpret_cast<double*>(y + 1) = 1.0;
}

extern "C" __global__ void divergent_barrier(float* y) {
    if (threadIdx.x < 40) {
        __syncthreads();
    } else {
        y[threadIdx.x] = 1.0f;
        __syncthreads();
    }
}

extern "C" __global__ void early_exit(float* y) {
    if (threadIdx.x == 63) return;
    __syncthreads();
    y[threadIdx.x] = 1.0f;
}

extern "C" __global__ void half_warp(float* y) {
    if (threadIdx.x % 32 < 16) y[threadIdx.x] = __shfl_xor_sync(FULL_MASK, 1.0f, 1);
}

extern "C" __global__ void bad_mask(float* y) {
    y[threadIdx.x] = __shfl_xor_sync(0x0000ffffu, 1.0f, 1);
}

extern "C" __global__ void uninitialized_shared(float* y) {
    __shared__ float s[64];
    s[0] = 0.0f;
    __syncthreads();
    y[threadIdx.x] = s[threadIdx.x];
}
