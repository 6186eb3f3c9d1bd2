// eps of the reparameterised samples: normals of stream SAMPLING at the flat index row * latent + j of z. They are functions of the step state,
// so backward passes draw them again instead of reading them.
#pragma once
#include "philox.cuh"
#include "rows.cuh"

/** Ordinal of RandomStream.SAMPLING. */
constexpr unsigned SAMPLING = 3u;

/** The four normals of elements 4 quad to 4 quad + 3. */
__device__ __forceinline__ float4 sampling_normals(const StepState* state, long long quad) {
    return normal4(philox(state->seed_lo, state->seed_hi, static_cast<unsigned>(quad), static_cast<unsigned>(state->step), SAMPLING));
}

/** The normals of W elements from element on; for W = 4, element is a multiple of 4. */
template <int W>
__device__ __forceinline__ Pack<W> sampling_pack(const StepState* state, long long element) {
    const float4 four = sampling_normals(state, element / 4);
    Pack<W> pack;
    for (int k = 0; k < W; k++) pack.at[k] = component(four, static_cast<int>(element % 4) + k);
    return pack;
}

/** Fills shared[0..count) with the normals of elements first to first + count - 1; the block's threads share the work. No barrier inside. */
__device__ __forceinline__ void draw_sampling(const StepState* state, long long first, int count, float* shared) {
    for (long long quad = first / 4 + threadIdx.x; quad <= (first + count - 1) / 4; quad += blockDim.x) {
        const float4 four = sampling_normals(state, quad);
        for (int k = 0; k < 4; k++) {
            const long long at = 4 * quad + k - first;
            if (at >= 0 && at < count) shared[at] = component(four, k);
        }
    }
}

/** Where row i of the triangle b_i0 .. b_i,i-1 starts behind [mu | d]. */
__device__ __forceinline__ int triangle_row(int i) { return i * (i - 1) / 2; }
