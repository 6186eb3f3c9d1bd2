// Second half of sums that many blocks share: target[c] (+)= scale * sum_k partial[k, c], partial [chunks, columns].
// Mapping: a warp per column, lanes over chunks. Deterministic: a fixed tree, whatever the order the blocks before finished in.
#include "common.cuh"

extern "C" __global__ void sum_chunks(int columns, int chunks, const float* __restrict__ partial, float scale, float* __restrict__ target,
                                      int accumulate) {
    const int lane = static_cast<int>(threadIdx.x) % 32, warps = static_cast<int>(blockDim.x) / 32;
    for (int c = static_cast<int>(blockIdx.x) * warps + static_cast<int>(threadIdx.x) / 32; c < columns; c += static_cast<int>(gridDim.x) * warps) {
        float sum = 0.0f;
        for (int k = lane; k < chunks; k += 32) sum += partial[static_cast<long long>(k) * columns + c];
        sum = scale * warp_reduce_sum(sum);
        if (lane == 0) target[c] = accumulate ? target[c] + sum : sum;
    }
}
