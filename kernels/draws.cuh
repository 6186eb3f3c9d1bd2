// eps of the reparameterised samples: normals of stream SAMPLING, element row * latent + j of z under the seed of the step state, or element
// (row % samples) * latent + j under a key of the example. They are functions of state and keys, so later passes draw them again instead of
// reading them.
#pragma once
#include "philox.cuh"
#include "rows.cuh"

/** Ordinal of RandomStream.SAMPLING. */
constexpr unsigned SAMPLING = 3u;

/** Where the draws of a row of z come from: the key, the step and the element of its first latent. */
struct RowDraws { unsigned key_lo, key_hi, step; long long first; };

/** keys [2 * examples], or null: the draws follow the seed of the state and the place of the row in the batch. */
__device__ __forceinline__ RowDraws row_draws(const StepState* state, const unsigned* keys, long long row, int samples, int latent) {
    const unsigned step = static_cast<unsigned>(state->step);
    if (keys == nullptr) return {state->seed_lo, state->seed_hi, step, row * latent};
    const long long example = row / samples;
    return {keys[2 * example], keys[2 * example + 1], step, row % samples * latent};
}

/** The four normals of elements 4 quad to 4 quad + 3. */
__device__ __forceinline__ float4 sampling_normals(const RowDraws& draws, long long quad) {
    return normal4(philox(draws.key_lo, draws.key_hi, static_cast<unsigned>(quad), draws.step, SAMPLING));
}

/** The normals of W latents from j on; for W = 4, j and latent are multiples of 4. */
template <int W>
__device__ __forceinline__ Pack<W> sampling_pack(const RowDraws& draws, int j) {
    const long long element = draws.first + j;
    const float4 four = sampling_normals(draws, element / 4);
    Pack<W> pack;
    for (int k = 0; k < W; k++) pack.at[k] = component(four, static_cast<int>(element % 4) + k);
    return pack;
}

/** Fills shared[0..count) with the normals of the row's first element and those that follow; the block's threads share the work. No barrier inside. */
__device__ __forceinline__ void draw_sampling(const RowDraws& draws, int count, float* shared) {
    for (long long quad = draws.first / 4 + threadIdx.x; quad <= (draws.first + count - 1) / 4; quad += blockDim.x) {
        const float4 four = sampling_normals(draws, quad);
        for (int k = 0; k < 4; k++) {
            const long long at = 4 * quad + k - draws.first;
            if (at >= 0 && at < count) shared[at] = component(four, k);
        }
    }
}

/** Where row i of the triangle b_i0 .. b_i,i-1 starts behind [mu | d]. */
__device__ __forceinline__ int triangle_row(int i) { return i * (i - 1) / 2; }
