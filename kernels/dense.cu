// Dense layers: bias and activation, and their gradient; small layers whole, in one launch each way.
#include "activation.cuh"
#include "reduce.cuh"
#include "tile.cuh"

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
        store4(output, i, activate(activation, a));
    }
    GRID_STRIDE(j, n - rest) {
        const int i = rest + j;
        const float a = bias != nullptr ? product[i] + bias[i % columns] : product[i];
        if (keep) product[i] = a;
        output[i] = activate(activation, a);
    }
}

/**
 * d_pre[i] = d_output[i] f'(a[i]) + (accumulate ? d_pre[i] : 0), 0 <= i < n; `saved` is a or y as the activation saves, d_pre may be d_output.
 * One thread per four elements when addresses allow it. Elementwise: deterministic.
 */
extern "C" __global__ void activation_backward(int n, int activation, const float* __restrict__ saved, const float* d_output, float* d_pre, int accumulate) {
    const int groups = quads(n, saved, d_output, d_pre), rest = 4 * groups;
    GRID_STRIDE(i, groups) {
        const float4 pre = load4(d_output, i) * derivative(activation, load4(saved, i));
        store4(d_pre, i, accumulate ? pre + load4(d_pre, i) : pre);
    }
    GRID_STRIDE(j, n - rest) {
        const int i = rest + j;
        const float pre = d_output[i] * derivative(activation, saved[i]);
        d_pre[i] = accumulate ? pre + d_pre[i] : pre;
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

/** TM x 32 of a dense layer by sliced_product: the sums of the eight slices meet in one thread, which goes on to the output. */
template <int TM>
__device__ __forceinline__ void dense(int rows, int outputs, int inputs, int activation, const float* x, const float* weight, int transposed, int accumulate,
                                      const float* bias, float* pre, float* output) {
    const bool keep = pre != output, four = by_four(outputs, pre) && by_four(outputs, output) && by_four(outputs, bias);
    __shared__ __align__(16) float memory[SLICED_FLOATS<TM>];
    sliced_product<TM, 8>(
        memory, left_operand(x, false, rows, inputs), right_operand(weight, transposed == 0, outputs, inputs), static_cast<int>(blockIdx.x) * TM,
        static_cast<int>(blockIdx.y) * SLICED_COLUMNS, 0, inputs, NEITHER,
        [&](int row, int column, float4 a, int count) {
            const long long i = static_cast<long long>(row) * outputs + column;
            const bool vectorised = four && count == 4;
            if (accumulate) a = a + load_some(pre + i, count, vectorised);
            if (bias != nullptr) a = a + load_some(bias + column, count, vectorised);
            if (keep) store_some(pre + i, count, vectorised, a);
            store_some(output + i, count, vectorised, activate(activation, a));
        },
        [](int, float) {});
}

/**
 * A small dense layer at once: a = x W^T + bias (+ pre when it accumulates), y = f(a), x [rows, inputs], W [outputs, inputs], or
 * [inputs, outputs] when transposed; a is stored in `pre` unless that is also the output; bias may be null.
 * Grid (rows / 32, outputs / 32), each rounded up, blocks of 256 threads that share K.
 */
extern "C" __global__ void __launch_bounds__(256)
dense_32(int rows, int outputs, int inputs, int activation, const float* __restrict__ x, const float* __restrict__ weight, int transposed, int accumulate,
         const float* __restrict__ bias, float* pre, float* output) {
    dense<32>(rows, outputs, inputs, activation, x, weight, transposed, accumulate, bias, pre, output);
}

/** The same with 16 rows to a block, for layers that have too few tiles of 32. */
extern "C" __global__ void __launch_bounds__(256)
dense_16(int rows, int outputs, int inputs, int activation, const float* __restrict__ x, const float* __restrict__ weight, int transposed, int accumulate,
         const float* __restrict__ bias, float* pre, float* output) {
    dense<16>(rows, outputs, inputs, activation, x, weight, transposed, accumulate, bias, pre, output);
}

/** p[0], ... (+)= the first `count` of four neighbours. */
__device__ __forceinline__ void store_gradient(float* p, int count, bool vectorised, bool accumulate, float4 sum) {
    store_some(p, count, vectorised, accumulate ? sum + load_some(p, count, vectorised) : sum);
}

/**
 * The gradients of a small dense layer at once: dx (+)= d_pre W, dW (+)= d_pre^T x, d_bias[o] (+)= sum_r d_pre[r, o]; dx or d_bias may be null.
 * With W transposed, dW (+)= x^T d_pre. They need nothing of each other, so the first blocks take dx, if there is one, and the rest dW; those
 * with the first tiles of dW also give the sums of the columns of d_pre, which they have at hand.
 * Blocks of 256 threads. Of dx a block takes 16 x 32, eight warps sharing K, which are the outputs. Of dW it takes one tile of 32 x 32 the same way,
 * or with `pairs` two, four warps each: K are the rows, and few. Deterministic: every sum in the order of sliced_product.
 */
extern "C" __global__ void __launch_bounds__(256, 2)
dense_backward(int rows, int outputs, int inputs, int transposed, const float* __restrict__ d_pre, const float* __restrict__ x,
               const float* __restrict__ weight, float* __restrict__ dx, int accumulate_x, float* __restrict__ dw, int accumulate_w,
               float* __restrict__ d_bias, int accumulate_bias, int pairs) {
    __shared__ __align__(16) float memory[SLICED_FLOATS<32>];
    const int block = static_cast<int>(blockIdx.x), across_x = (inputs + 31) / 32, blocks_x = dx != nullptr ? (rows + 15) / 16 * across_x : 0;
    if (block < blocks_x) {
        const bool four = by_four(inputs, dx);
        sliced_product<16, 8>(
            memory, left_operand(d_pre, false, rows, outputs), right_operand(weight, transposed != 0, inputs, outputs), block / across_x * 16,
            block % across_x * 32, 0, outputs, NEITHER,
            [&](int row, int column, float4 sum, int count) {
                store_gradient(dx + static_cast<long long>(row) * inputs + column, count, four && count == 4, accumulate_x != 0, sum);
            },
            [](int, float) {});
        return;
    }
    const int m = transposed ? inputs : outputs, n = transposed ? outputs : inputs, across = (n + 31) / 32;
    const int tile = pairs ? 2 * (block - blocks_x) + static_cast<int>(threadIdx.x) / 128 : block - blocks_x, tile_m = tile / across, tile_n = tile % across;
    const Operand left = left_operand(transposed ? x : d_pre, true, m, rows), right = right_operand(transposed ? d_pre : x, false, n, rows);
    const Summed summed = d_bias == nullptr || (transposed ? tile_m : tile_n) != 0 ? NEITHER : transposed ? RIGHT : LEFT;
    const bool four = by_four(n, dw);
    const auto result = [&](int row, int column, float4 sum, int count) {
        store_gradient(dw + static_cast<long long>(row) * n + column, count, four && count == 4, accumulate_w != 0, sum);
    };
    const auto outside_sum = [&](int o, float sum) { d_bias[o] = accumulate_bias ? d_bias[o] + sum : sum; };
    if (pairs) {
        sliced_product<32, 4>(memory, left, right, tile_m * 32, tile_n * 32, 0, rows, summed, result, outside_sum);
    } else {
        sliced_product<32, 8>(memory, left, right, tile_m * 32, tile_n * 32, 0, rows, summed, result, outside_sum);
    }
}
