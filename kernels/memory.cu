// Copies and sums of buffers.
// Elementwise kernels: one thread per four elements (float4), per element for the unaligned or ragged rest. Deterministic: every sum is taken
// by one thread, or by one block in the fixed order of block_reduce_sum.
#include "vector.cuh"

/** Copies whole T from byte `first` on and returns the first byte left; nothing when an address is not aligned to T. */
template <typename T>
__device__ __forceinline__ long long copy_as(const char* source, char* target, long long first, long long bytes) {
    if (((reinterpret_cast<unsigned long long>(source + first) | reinterpret_cast<unsigned long long>(target + first)) & (sizeof(T) - 1)) != 0) return first;
    const long long count = (bytes - first) / static_cast<long long>(sizeof(T));
    const T* from = reinterpret_cast<const T*>(source + first);
    T* to = reinterpret_cast<T*>(target + first);
    const long long stride = static_cast<long long>(blockDim.x) * gridDim.x;
    for (long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += stride) to[i] = from[i];
    return first + count * static_cast<long long>(sizeof(T));
}

/** target[i] = source[i] for `bytes` bytes of any type. */
extern "C" __global__ void copy(const char* __restrict__ source, char* __restrict__ target, long long bytes) {
    long long first = copy_as<float4>(source, target, 0, bytes);
    first = copy_as<float>(source, target, first, bytes);
    copy_as<char>(source, target, first, bytes);
}

/** target[i] += scale * source[i], 0 <= i < n. */
extern "C" __global__ void add(float scale, const float* __restrict__ source, float* __restrict__ target, int n) {
    const int groups = quads(n, source, target), rest = 4 * groups;
    GRID_STRIDE(i, groups) store4(target, i, load4(target, i) + scale * load4(source, i));
    GRID_STRIDE(i, n - rest) target[rest + i] += scale * source[rest + i];
}

/**
 * target[r, target_column + c] (+)= source[r / repeats, source_column + c], 0 <= r < rows, 0 <= c < columns.
 * Four columns to a thread when widths, offsets and addresses allow it.
 */
extern "C" __global__ void copy_columns(int rows, int columns, int repeats, const float* __restrict__ source, int source_width, int source_column,
                                        float* __restrict__ target, int target_width, int target_column, int accumulate) {
    const bool by_four = (columns | source_width | source_column | target_width | target_column) % 4 == 0 && quads(4, source, target) != 0;
    if (by_four) {
        const int groups = columns / 4;
        GRID_STRIDE(i, rows * groups) {
            const int r = i / groups, c = i - r * groups;
            const int to = r * (target_width / 4) + target_column / 4 + c;
            const float4 value = load4(source, r / repeats * (source_width / 4) + source_column / 4 + c);
            store4(target, to, accumulate ? load4(target, to) + value : value);
        }
    } else {
        GRID_STRIDE(i, rows * columns) {
            const int r = i / columns, c = i - r * columns;
            const int to = r * target_width + target_column + c;
            const float value = source[r / repeats * source_width + source_column + c];
            target[to] = accumulate ? target[to] + value : value;
        }
    }
}

/** target[b, c] (+)= sum_{j < repeats} source[b * repeats + j, c]: one thread per target element adds in the order of j. */
extern "C" __global__ void sum_repeats(int rows, int columns, int repeats, const float* __restrict__ source, float* __restrict__ target, int accumulate) {
    GRID_STRIDE(i, rows * columns) {
        const int b = i / columns, c = i - b * columns;
        float sum = 0.0f;
        for (int j = 0; j < repeats; j++) sum += source[(b * repeats + j) * columns + c];
        target[i] = accumulate ? target[i] + sum : sum;
    }
}

/**
 * metrics[slot] += weight * sum_r values[r]; with `upstream`, metrics[loss_slot] += weight * count * sum_r upstream[r] values[r].
 * One block; each thread adds every blockDim-th value in double, then block_reduce_sum.
 */
extern "C" __global__ void accumulate(int count, const float* __restrict__ values, const float* __restrict__ upstream, float weight,
                                      double* __restrict__ metrics, int slot, int loss_slot) {
    double sum = 0.0, loss = 0.0;
    for (int r = thread_in_block(); r < count; r += threads_in_block()) {
        sum += values[r];
        if (upstream != nullptr) loss += static_cast<double>(upstream[r]) * values[r];
    }
    sum = block_reduce_sum(sum);
    loss = block_reduce_sum(loss);
    if (thread_in_block() == 0) {
        metrics[slot] += weight * sum;
        if (upstream != nullptr) metrics[loss_slot] += static_cast<double>(weight) * count * loss;
    }
}
