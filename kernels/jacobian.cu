// Contractive penalties: the closed form of one layer, and the steps that carry a Jacobian through activations from the code side.
// g = f'(a), f'' from the value the layer saved (activation.cuh).
//   contraction     value[r] = sum_j (g - g')^2 norms_j, g' = 0 without a neighbour
//                   dPre = upstream 2 (g - g') f''(a) norms, dNeighbourPre = -upstream 2 (g - g') f''(a') norms, dNorms = sum_r upstream (g - g')^2
//   scale_rows      out[b,i,j] = g[b,i] w[i,j];   dw[i,j] = sum_b g[b,i] dOut[b,i,j],  dPre[b,i] = f'' sum_j w[i,j] dOut[b,i,j]
//   scale_columns   out[b,i,j] = r[b,i,j] g[b,j]; dr = dOut g,                         dPre[b,j] = f'' sum_i r[b,i,j] dOut[b,i,j]
// Mapping: a group per row (rows.cuh) or down the columns (columns.cuh), whichever way the sum goes. Deterministic: fixed trees, one writer per
// output; what blocks share is added in their order by the last of them.
#include "activation.cuh"
#include "columns.cuh"

/** Calls f with the kind as a compile-time Width, so that a pack chooses once. */
template <class F>
__device__ __forceinline__ void with_activation(int kind, F f) {
    switch (kind) {
        case RELU: f(Width<RELU>()); break;
        case LEAKY_RELU: f(Width<LEAKY_RELU>()); break;
        case ELU: f(Width<ELU>()); break;
        case GELU: f(Width<GELU>()); break;
        case SILU: f(Width<SILU>()); break;
        case SOFTPLUS: f(Width<SOFTPLUS>()); break;
        case SIGMOID: f(Width<SIGMOID>()); break;
        case TANH: f(Width<TANH>()); break;
        default: f(Width<IDENTITY>()); break;
    }
}

/** f' of each of a pack. */
template <int W>
__device__ __forceinline__ Pack<W> slopes(int kind, Pack<W> saved) {
    with_activation(kind, [&](auto chosen) {
        for (int k = 0; k < W; k++) saved.at[k] = derivative<decltype(chosen)::value>(saved.at[k]);
    });
    return saved;
}

/** f'' of each of a pack. */
template <int W>
__device__ __forceinline__ Pack<W> curvatures(int kind, Pack<W> saved) {
    with_activation(kind, [&](auto chosen) {
        for (int k = 0; k < W; k++) saved.at[k] = second_derivative<decltype(chosen)::value>(saved.at[k]);
    });
    return saved;
}

/** f' at saved minus f' at its neighbour, if there is one. */
template <int W>
__device__ __forceinline__ Pack<W> slope_differences(int kind, const float* saved, const float* neighbour, long long at) {
    Pack<W> g = slopes(kind, load<W>(saved + at));
    if (neighbour != nullptr) {
        const Pack<W> other = slopes(kind, load<W>(neighbour + at));
        for (int k = 0; k < W; k++) g.at[k] -= other.at[k];
    }
    return g;
}

/** target (+)= factor f''(saved) difference norms. */
template <int W>
__device__ __forceinline__ void store_contraction(int kind, Pack<W> saved, Pack<W> difference, Pack<W> norms, float factor, float* target,
                                                  bool accumulate) {
    Pack<W> gradient = curvatures(kind, saved);
    for (int k = 0; k < W; k++) gradient.at[k] *= factor * difference.at[k] * norms.at[k];
    store<W>(target, gradient, accumulate);
}

extern "C" __global__ void contraction(int rows, int columns, int lanes, int activation, const float* __restrict__ saved,
                                       const float* __restrict__ neighbour, const float* __restrict__ norms, const float* __restrict__ upstream,
                                       float* __restrict__ value, float* __restrict__ d_pre, int accumulate_pre,
                                       float* __restrict__ d_neighbour, int accumulate_neighbour) {
    const bool packed = columns % 4 == 0 && aligned(saved) && aligned(neighbour) && aligned(norms) && aligned(d_pre) && aligned(d_neighbour);
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        const float factor = active && upstream != nullptr ? 2.0f * upstream[row] : 0.0f;
        float sum = 0.0f;
        for_each_column(active ? columns : 0, packed, lane, lanes, [&](auto width, int c) {
            constexpr int W = decltype(width)::value;
            const long long at = row * columns + c;
            const Pack<W> g = slope_differences<W>(activation, saved, neighbour, at), norm = load<W>(norms + c);
            for (int k = 0; k < W; k++) sum += g.at[k] * g.at[k] * norm.at[k];
            if (d_pre != nullptr) store_contraction<W>(activation, load<W>(saved + at), g, norm, factor, d_pre + at, accumulate_pre);
            if (d_neighbour != nullptr) {
                store_contraction<W>(activation, load<W>(neighbour + at), g, norm, -factor, d_neighbour + at, accumulate_neighbour);
            }
        });
        store_row_value(value, row, active, lane, lanes, sum);
    });
}

/** dNorms. partial [chunks, columns], counters: scratch. */
extern "C" __global__ void contraction_norms(int rows, int columns, int chunks, int activation, const float* __restrict__ saved,
                                             const float* __restrict__ neighbour, const float* __restrict__ upstream,
                                             float* __restrict__ d_norms, int accumulate, float* partial, unsigned* counters) {
    column_sums(
        columns, chunks, packs_columns(columns) && aligned(saved) && aligned(neighbour), partial, counters,
        [&](auto width, long long chunk, int c, int warp) {
            constexpr int W = decltype(width)::value;
            const long long end = chunk_begin(rows, chunk + 1, chunks);
            Pack<W> sum = {};
            for (long long r = chunk_begin(rows, chunk, chunks) + warp; r < end; r += TILE_WARPS) {
                const Pack<W> g = slope_differences<W>(activation, saved, neighbour, r * columns + c);
                for (int k = 0; k < W; k++) sum.at[k] += upstream[r] * g.at[k] * g.at[k];
            }
            return sum;
        },
        [&](int c, float sum) { d_norms[c] = accumulate ? d_norms[c] + sum : sum; });
}

/** rows counts rows of out: a group per pair (b, i). */
extern "C" __global__ void scale_rows(int rows, int latent, int columns, int lanes, int activation, const float* __restrict__ saved,
                                      const float* __restrict__ w, float* __restrict__ out) {
    const bool packed = columns % 4 == 0 && aligned(w) && aligned(out);
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        if (!active) return;  // nothing below waits for others
        const float g = derivative(activation, saved[row]);
        const float* source = w + row % latent * columns;
        for_each_column(columns, packed, lane, lanes, [&](auto width, int c) {
            constexpr int W = decltype(width)::value;
            Pack<W> scaled = load<W>(source + c);
            for (int k = 0; k < W; k++) scaled.at[k] *= g;
            store<W>(out + row * columns + c, scaled);
        });
    });
}

/** dPre of scale_rows; rows as there. */
extern "C" __global__ void scale_rows_backward(int rows, int latent, int columns, int lanes, int activation, const float* __restrict__ saved,
                                               const float* __restrict__ w, const float* __restrict__ d_out, float* __restrict__ d_pre,
                                               int accumulate) {
    const bool packed = columns % 4 == 0 && aligned(w) && aligned(d_out);
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        float sum = 0.0f;
        for_each_column(active ? columns : 0, packed, lane, lanes, [&](auto width, int c) {
            constexpr int W = decltype(width)::value;
            const Pack<W> weight = load<W>(w + row % latent * columns + c), upstream = load<W>(d_out + row * columns + c);
            for (int k = 0; k < W; k++) sum += weight.at[k] * upstream.at[k];
        });
        sum = group_sum(sum, lanes);
        if (active && lane == 0) {
            sum *= second_derivative(activation, saved[row]);
            d_pre[row] = accumulate ? d_pre[row] + sum : sum;
        }
    });
}

/** dw of scale_rows: rows counts examples, columns = latent * width_of_row. partial [chunks, columns], counters: scratch. */
extern "C" __global__ void scale_rows_weight(int rows, int width_of_row, int columns, int chunks, int activation,
                                             const float* __restrict__ saved, const float* __restrict__ d_out, float* __restrict__ dw,
                                             int accumulate, float* partial, unsigned* counters) {
    const int latent = columns / width_of_row;
    column_sums(
        columns, chunks, packs_columns(columns) && width_of_row % 4 == 0 && aligned(d_out), partial, counters,
        [&](auto width, long long chunk, int c, int warp) {
            constexpr int W = decltype(width)::value;
            const long long end = chunk_begin(rows, chunk + 1, chunks);
            const float* pre = saved + c / width_of_row;  // the latent these columns belong to
            Pack<W> sum = {};
            for (long long r = chunk_begin(rows, chunk, chunks) + warp; r < end; r += TILE_WARPS) {
                const Pack<W> upstream = load<W>(d_out + r * columns + c);
                const float g = derivative(activation, pre[r * latent]);
                for (int k = 0; k < W; k++) sum.at[k] += g * upstream.at[k];
            }
            return sum;
        },
        [&](int c, float sum) { dw[c] = accumulate ? dw[c] + sum : sum; });
}

/** Rows counts examples; each is a chunk of count rows. */
extern "C" __global__ void scale_columns(int rows, int count, int columns, int activation, const float* __restrict__ saved,
                                         const float* __restrict__ r, float* __restrict__ out) {
    const auto scale = [&](auto width, long long row, int c, int warp) {
        constexpr int W = decltype(width)::value;
        const Pack<W> g = slopes(activation, load<W>(saved + row * columns + c));
        for (long long i = row * count + warp; i < (row + 1) * count; i += TILE_WARPS) {
            Pack<W> scaled = load<W>(r + i * columns + c);
            for (int k = 0; k < W; k++) scaled.at[k] *= g.at[k];
            store<W>(out + i * columns + c, scaled);
        }
        return g;
    };
    for_each_tile(columns, rows, packs_columns(columns) && aligned(saved) && aligned(r) && aligned(out), scale, [](auto, long long, int, auto) {});
}

/** dr, nullable, may be d_out itself. */
extern "C" __global__ void scale_columns_backward(int rows, int count, int columns, int activation, const float* __restrict__ saved,
                                                  const float* __restrict__ r, const float* d_out, float* dr, float* __restrict__ d_pre,
                                                  int accumulate) {
    const bool packed = packs_columns(columns) && aligned(saved) && aligned(r) && aligned(d_out) && aligned(dr);
    chunk_sums(
        columns, rows, packed,
        [&](auto width, long long row, int c, int warp) {
            constexpr int W = decltype(width)::value;
            const Pack<W> at = load<W>(saved + row * columns + c), g = slopes(activation, at), curvature = curvatures(activation, at);
            Pack<W> sum = {};
            for (long long i = row * count + warp; i < (row + 1) * count; i += TILE_WARPS) {
                Pack<W> upstream = load<W>(d_out + i * columns + c);
                const Pack<W> source = load<W>(r + i * columns + c);
                for (int k = 0; k < W; k++) {
                    sum.at[k] += source.at[k] * upstream.at[k];
                    upstream.at[k] *= g.at[k];
                }
                if (dr != nullptr) store<W>(dr + i * columns + c, upstream);
            }
            for (int k = 0; k < W; k++) sum.at[k] *= curvature.at[k];
            return sum;
        },
        [&](long long row, int c, float sum) {
            const long long at = row * columns + c;
            d_pre[at] = accumulate ? d_pre[at] + sum : sum;
        });
}
