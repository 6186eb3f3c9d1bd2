// Penalties on codes and weights.
//   sparsity       m_j = mean_r h_rj; r_j = momentum running_j + (1 - momentum) m_j or m_j; (1 + r_j)/2 on a signed code; clamped;
//                  value = sum_j rho log(rho/r_j) + (1-rho) log((1-rho)/(1-r_j)); dh = slope (-rho/r_j + (1-rho)/(1-r_j)), 0 where clamped
//   l1             value[r] = sum_c |h|;             dh = upstream[r] sign(h)
//   weight_decay   value = 0.5 sum w^2;              dw = lambda w
//   squared_norm   value[r] = scale sum_c x^2;       dx = upstream[r] 2 scale x (also the row norms of a weight matrix)
// Mapping: l1 and squared_norm a group per row (rows.cuh); sparsity down the columns (columns.cuh); weight_decay a grid of threads over all
// weights. Deterministic: fixed trees, one writer per output; what blocks share is added in their order by the last of them.
#include "columns.cuh"

constexpr float SMALLEST_RATE = 1e-6f, LARGEST_RATE = 1.0f - 1e-6f;

/** mean [columns]; running, nullable, moves. partial [chunks, columns], counters: scratch. */
extern "C" __global__ void sparsity_mean(int rows, int columns, int chunks, const float* __restrict__ h, float* __restrict__ mean,
                                         float* __restrict__ running, float momentum, float* partial, unsigned* counters) {
    column_sums(
        columns, chunks, packs_columns(columns) && aligned(h), partial, counters,
        [&](auto width, long long chunk, int c, int warp) {
            constexpr int W = decltype(width)::value;
            const long long end = chunk_begin(rows, chunk + 1, chunks);
            Pack<W> sum = {};
            for (long long r = chunk_begin(rows, chunk, chunks) + warp; r < end; r += TILE_WARPS) {
                const Pack<W> at = load<W>(h + r * columns + c);
                for (int k = 0; k < W; k++) sum.at[k] += at.at[k];
            }
            return sum;
        },
        [&](int c, float sum) {
            const float now = sum / static_cast<float>(rows);
            mean[c] = now;
            if (running != nullptr) running[c] = momentum * running[c] + (1.0f - momentum) * now;
        });
}

/** rates [columns]: the means, or the running means when there are any. slope: weight d rate / dh. Chunks split the rows; the first block also sums the value. */
extern "C" __global__ void sparsity(int rows, int columns, int chunks, int is_signed, float rho, float slope, const float* __restrict__ rates,
                                    float* __restrict__ value, float* __restrict__ dh, int accumulate) {
    const auto rate_of = [&](float mean) { return is_signed ? 0.5f * (1.0f + mean) : mean; };
    if (blockIdx.x == 0) {
        float sum = 0.0f;
        for (int c = static_cast<int>(threadIdx.x); c < columns; c += static_cast<int>(blockDim.x)) {
            const float r = fminf(fmaxf(rate_of(rates[c]), SMALLEST_RATE), LARGEST_RATE);
            sum += rho * logf(rho / r) + (1.0f - rho) * logf((1.0f - rho) / (1.0f - r));
        }
        sum = block_reduce_sum(sum);
        if (threadIdx.x == 0) value[0] = sum;
    }
    if (dh == nullptr) return;
    const auto spread = [&](auto width, long long chunk, int c, int warp) {
        constexpr int W = decltype(width)::value;
        Pack<W> gradient = load<W>(rates + c);
        for (int k = 0; k < W; k++) {
            const float r = rate_of(gradient.at[k]);
            gradient.at[k] = r < SMALLEST_RATE || r > LARGEST_RATE ? 0.0f : slope * ((1.0f - rho) / (1.0f - r) - rho / r);
        }
        const long long end = chunk_begin(rows, chunk + 1, chunks);
        for (long long r = chunk_begin(rows, chunk, chunks) + warp; r < end; r += TILE_WARPS) {
            store<W>(dh + r * columns + c, gradient, accumulate);
        }
        return gradient;
    };
    for_each_tile(columns, chunks, packs_columns(columns) && aligned(rates) && aligned(dh), spread, [](auto, long long, int, auto) {});
}

extern "C" __global__ void l1(int rows, int columns, int lanes, const float* __restrict__ h, const float* __restrict__ upstream,
                              float* __restrict__ value, float* __restrict__ dh, int accumulate) {
    const bool packed = columns % 4 == 0 && aligned(h) && aligned(dh);
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        const float up = active && dh != nullptr ? upstream[row] : 0.0f;
        float sum = 0.0f;
        for_each_column(active ? columns : 0, packed, lane, lanes, [&](auto width, int c) {
            constexpr int W = decltype(width)::value;
            const Pack<W> at = load<W>(h + row * columns + c);
            Pack<W> gradient;
            for (int k = 0; k < W; k++) {
                sum += fabsf(at.at[k]);
                gradient.at[k] = at.at[k] > 0.0f ? up : at.at[k] < 0.0f ? -up : 0.0f;
            }
            if (dh != nullptr) store<W>(dh + row * columns + c, gradient, accumulate);
        });
        store_row_value(value, row, active, lane, lanes, sum);
    });
}

/** value and dw nullable. partial [grid], one counter: scratch. */
extern "C" __global__ void weight_decay(long long count, const float* __restrict__ weights, float lambda, float* __restrict__ value,
                                        float* __restrict__ dw, int accumulate, float* partial, unsigned* counter) {
    float sum = 0.0f;
    const auto visit = [&](auto width, long long at) {
        constexpr int W = decltype(width)::value;
        Pack<W> w = load<W>(weights + at);
        for (int k = 0; k < W; k++) {
            sum += w.at[k] * w.at[k];
            w.at[k] *= lambda;
        }
        if (dw != nullptr) store<W>(dw + at, w, accumulate);
    };
    const long long thread = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x, threads = static_cast<long long>(gridDim.x) * blockDim.x;
    const long long packs = aligned(weights) && aligned(dw) ? count / 4 : 0;
    for (long long pack = thread; pack < packs; pack += threads) visit(Width<4>(), 4 * pack);
    for (long long at = 4 * packs + thread; at < count; at += threads) visit(Width<1>(), at);
    if (value != nullptr) grid_sum(sum, partial, counter, [&](float total) { value[0] = 0.5f * total; });
}

extern "C" __global__ void squared_norm(int rows, int columns, int lanes, float scale, const float* __restrict__ x,
                                        const float* __restrict__ upstream, float* __restrict__ value, float* __restrict__ dx, int accumulate) {
    const bool packed = columns % 4 == 0 && aligned(x) && aligned(dx);
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        const float factor = active && dx != nullptr ? 2.0f * scale * upstream[row] : 0.0f;
        float sum = 0.0f;
        for_each_column(active ? columns : 0, packed, lane, lanes, [&](auto width, int c) {
            constexpr int W = decltype(width)::value;
            Pack<W> at = load<W>(x + row * columns + c);
            for (int k = 0; k < W; k++) {
                sum += at.at[k] * at.at[k];
                at.at[k] *= factor;
            }
            if (dx != nullptr) store<W>(dx + row * columns + c, at, accumulate);
        });
        store_row_value(value, row, active, lane, lanes, scale * sum);
    });
}
