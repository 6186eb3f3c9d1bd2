// Fills: constants and random numbers.
// One thread per element (fill) or per group of four elements (random fills: one Philox call gives four numbers). No reductions: deterministic.
#include "philox.cuh"

/** y[i] = value, 0 <= i < n. */
extern "C" __global__ void fill(float* __restrict__ y, float value, int n) {
    GRID_STRIDE(i, n) y[i] = value;
}

/** y[i] = the i-th uniform number in (0, 1) of (seed, step, stream). */
extern "C" __global__ void fill_uniform(float* __restrict__ y, const StepState* __restrict__ state, unsigned stream, int n) {
    GRID_STRIDE(group, (n + 3) / 4) {
        const float4 four = uniform4(philox(state->seed_lo, state->seed_hi, group, state->step, stream));
        for (int k = 0; k < 4 && 4 * group + k < n; k++) y[4 * group + k] = component(four, k);
    }
}

/** y[i] = the i-th standard normal of (seed, step, stream). */
extern "C" __global__ void fill_normal(float* __restrict__ y, const StepState* __restrict__ state, unsigned stream, int n) {
    GRID_STRIDE(group, (n + 3) / 4) {
        const float4 four = normal4(philox(state->seed_lo, state->seed_hi, group, state->step, stream));
        for (int k = 0; k < 4 && 4 * group + k < n; k++) y[4 * group + k] = component(four, k);
    }
}
