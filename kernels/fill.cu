// Fills.
// One thread per four elements (float4), per element for the unaligned or ragged rest. No reductions: deterministic.
#include "vector.cuh"

/** y[i] = value for this thread's share of n elements. */
__device__ __forceinline__ void fill_with(float value, float* y, int n) {
    const int groups = quads(n, y), rest = 4 * groups;
    GRID_STRIDE(i, groups) store4(y, i, make_float4(value, value, value, value));
    GRID_STRIDE(i, n - rest) y[rest + i] = value;
}

/** y[i] = value, 0 <= i < n. */
extern "C" __global__ void fill(float* __restrict__ y, float value, int n) { fill_with(value, y, n); }

/** y[i] = value, 0 <= i < n, in double. */
extern "C" __global__ void fill_doubles(double* __restrict__ y, float value, int n) {
    GRID_STRIDE(i, n) y[i] = value;
}

/** y[i] = scale * the float at `word` of the state. */
extern "C" __global__ void fill_from_state(const float* __restrict__ state, int word, float scale, float* __restrict__ y, int n) {
    fill_with(scale * state[word], y, n);
}
