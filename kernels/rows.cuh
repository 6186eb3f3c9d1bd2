// One group of threads per row of a matrix: the mapping of every kernel that has a value per example.
//
// A group is `lanes` neighbouring threads: a power of two up to 32 inside one warp (narrow rows: several rows share a warp) or the whole block
// (wide rows). The launch chooses; the result depends on `lanes` and on nothing else, so it has the same bits on every run.
// Columns are visited four at a time with one 16-byte access where rows are aligned for it, else one by one: Width says which, Pack holds them.
#pragma once
#include "common.cuh"

/** How many neighbouring columns one visit handles. */
template <int W> struct Width { static constexpr int value = W; };

/** W floats that travel together. */
template <int W> struct Pack { float at[W]; };

/** Whether 16-byte accesses may start at this address; null is never accessed, so it does not stand in the way. */
__device__ __forceinline__ bool aligned(const void* address) { return (reinterpret_cast<unsigned long long>(address) & 15ull) == 0; }

template <int W>
__device__ __forceinline__ Pack<W> load(const float* source) {
    Pack<W> pack;
    if constexpr (W == 4) {
        const float4 four = *reinterpret_cast<const float4*>(source);
        pack.at[0] = four.x;
        pack.at[1] = four.y;
        pack.at[2] = four.z;
        pack.at[3] = four.w;
    } else {
        pack.at[0] = *source;
    }
    return pack;
}

template <int W>
__device__ __forceinline__ void store(float* target, Pack<W> pack) {
    if constexpr (W == 4) {
        *reinterpret_cast<float4*>(target) = make_float4(pack.at[0], pack.at[1], pack.at[2], pack.at[3]);
    } else {
        *target = pack.at[0];
    }
}

/** target (+)= pack; what was there does not matter when it is set. */
template <int W>
__device__ __forceinline__ void store(float* target, Pack<W> pack, bool accumulate) {
    if (accumulate) {
        const Pack<W> before = load<W>(target);
        for (int k = 0; k < W; k++) pack.at[k] += before.at[k];
    }
    store<W>(target, pack);
}

/** Calls row(r, active, lane) in every thread for each round of rows; active is false for groups past the last row, which must still meet the others in reductions. */
template <class Row>
__device__ __forceinline__ void for_each_row(int rows, int lanes, Row row) {
    const int groups = static_cast<int>(blockDim.x) / lanes;
    const int group = static_cast<int>(threadIdx.x) / lanes, lane = static_cast<int>(threadIdx.x) % lanes;
    for (long long first = static_cast<long long>(blockIdx.x) * groups; first < rows; first += static_cast<long long>(gridDim.x) * groups) {
        row(first + group, first + group < rows, lane);
    }
}

/** Calls visit(Width<W>(), c) for this lane's share of the columns. */
template <class Visit>
__device__ __forceinline__ void for_each_column(int columns, bool packed, int lane, int lanes, Visit visit) {
    if (packed) {
        for (int c = 4 * lane; c < columns; c += 4 * lanes) visit(Width<4>(), c);
    } else {
        for (int c = lane; c < columns; c += lanes) visit(Width<1>(), c);
    }
}

/** Sum over the group, given to each of its threads. Every thread of the block must call it. */
__device__ __forceinline__ float group_sum(float value, int lanes) {
    if (lanes > 32) return block_reduce_sum(value);
    for (int distance = lanes / 2; distance > 0; distance /= 2) value += __shfl_xor_sync(FULL_MASK, value, distance);
    return value;
}

/** Maximum over the group, given to each of its threads. Every thread of the block must call it. */
__device__ __forceinline__ float group_max(float value, int lanes) {
    if (lanes > 32) return block_reduce_max(value);
    for (int distance = lanes / 2; distance > 0; distance /= 2) value = fmaxf(value, __shfl_xor_sync(FULL_MASK, value, distance));
    return value;
}

/** Writes the sum of a row over its group, when the value is wanted. Every thread of the block must call it. */
__device__ __forceinline__ void store_row_value(float* value, long long row, bool active, int lane, int lanes, float partial) {
    if (value == nullptr) return;  // the same for all threads
    const float sum = group_sum(partial, lanes);
    if (active && lane == 0) value[row] = sum;
}
