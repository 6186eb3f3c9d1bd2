// Bias and activation of a dense layer, and their gradient.
#include "activation.cuh"
#include "reduce.cuh"
#include "vector.cuh"

/**
 * a[r, c] = product[r, c] + bias[c], y = f(a); a is stored in `product` unless that is also the output.
 * One thread per four elements when columns and addresses allow it. Elementwise: deterministic.
 */
extern "C" __global__ void bias_activation(int rows, int columns, int activation, float* product, const float* __restrict__ bias, float* output) {
    const bool keep = product != output && bias != nullptr;
    const int n = rows * columns;
    const int groups = columns % 4 == 0 ? quads(n, product, bias, output) : 0, rest = 4 * groups;
    GRID_STRIDE(i, groups) {
        float4 a = load4(product, i);
        if (bias != nullptr) a = a + load4(bias, i % (columns / 4));
        if (keep) store4(product, i, a);
        store4(output, i, make_float4(activate(activation, a.x), activate(activation, a.y), activate(activation, a.z), activate(activation, a.w)));
    }
    GRID_STRIDE(j, n - rest) {
        const int i = rest + j;
        const float a = bias != nullptr ? product[i] + bias[i % columns] : product[i];
        if (keep) product[i] = a;
        output[i] = activate(activation, a);
    }
}

/**
 * d_pre[r, c] = d_output[r, c] f'(a[r, c]) + (accumulate_pre ? d_pre[r, c] : 0); d_bias[c] (+)= sum_r d_pre[r, c].
 * `saved` is a or y as the activation saves; d_output null counts as zero; d_pre may be d_output; d_bias null is left out.
 *
 * Block of 256 threads: blockIdx.x names 32 columns, a warp reads them in one row (128 bytes), and the rows blockIdx.y * 8 + warp, stride
 * 8 gridDim.y, are one thread's. Order of the bias sum: a thread's rows ascending, the 8 warps ascending, then the gridDim.y partial
 * sums (partial[blockIdx.y, c]) ascending by the last block of the column strip: the same bits every time for one shape and grid.
 */
extern "C" __global__ void bias_activation_backward(int rows, int columns, int activation, const float* __restrict__ saved, const float* d_output,
                                                    float* d_pre, int accumulate_pre, float* __restrict__ d_bias, int accumulate_bias,
                                                    float* partial, unsigned* counters) {
    __shared__ float parts[8][32];
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    const int c = static_cast<int>(blockIdx.x) * 32 + lane;
    float sum = 0.0f;
    if (c < columns) {
        UNROLL(4)
        for (int r = static_cast<int>(blockIdx.y) * 8 + warp; r < rows; r += static_cast<int>(8 * gridDim.y)) {
            const int i = r * columns + c;
            float d = d_output != nullptr ? d_output[i] * derivative(activation, saved[i]) : 0.0f;
            if (accumulate_pre) d += d_pre[i];
            d_pre[i] = d;
            sum += d;
        }
    }
    if (d_bias == nullptr) return;
    parts[warp][lane] = sum;
    __syncthreads();
    const bool adds = warp == 0 && c < columns;
    if (adds) {
        sum = 0.0f;
        for (int w = 0; w < 8; w++) sum += parts[w][lane];
    }
    if (gridDim.y > 1) {
        volatile float* const sums = partial;
        if (adds) sums[blockIdx.y * columns + c] = sum;
        if (!finishes_last(counters + blockIdx.x, gridDim.y)) return;
        if (adds) {
            sum = 0.0f;
            for (int block = 0; block < static_cast<int>(gridDim.y); block++) sum += sums[block * columns + c];
        }
    }
    if (adds) d_bias[c] = accumulate_bias ? d_bias[c] + sum : sum;
}
