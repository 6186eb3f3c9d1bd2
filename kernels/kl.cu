// Analytic KL(q(z|x) || p) per example, p = N(0, I) or the diagonal Gaussian prior [m2 | s2] with s2 floored, and its gradients in the same pass.
//   DIAGONAL  t = s1 - s2:      0.5 sum_j (e^t - 1 - t + (m1-m2)^2 e^-s2)
//   FULL      t_j = 2 d_j - s2: 0.5 sum_j (e^t_j - 1 - t_j + (sum_{i<j} b_ji^2 + (m1-m2)_j^2) e^-s2_j)
// e^t - 1 - t comes from a series near 0, where the subtraction would cancel.
// Mapping: DIAGONAL a group per example (rows.cuh); FULL a block per example, a warp per row of the triangle; means over examples down the
// columns (columns.cuh). Deterministic: fixed trees, one writer per output.
#include "columns.cuh"

/** e^t - 1 - t without cancellation; below 1/4 the series is cut where its next term is under 2^-26 of the value. */
__device__ __forceinline__ float exponential_remainder(float t) {
    if (fabsf(t) < 0.25f) {
        return t * t * (0.5f + t * (1.6666667e-1f + t * (4.1666668e-2f + t * (8.3333333e-3f + t * (1.3888889e-3f + t * 1.9841270e-4f)))));
    }
    return expm1f(t) - t;
}

extern "C" __global__ void kl_diagonal(int rows, int latent, int lanes, const float* __restrict__ head, const float* __restrict__ prior,
                                       float prior_floor, const float* __restrict__ gate, const float* __restrict__ upstream,
                                       float* __restrict__ value, float* __restrict__ d_head, int accumulate_head, float* __restrict__ d_prior,
                                       int accumulate_prior) {
    const bool packed = latent % 4 == 0 && aligned(head) && aligned(prior) && aligned(gate) && aligned(d_head) && aligned(d_prior);
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        const float up = active && upstream != nullptr ? upstream[row] : 0.0f;
        float sum = 0.0f;
        for_each_column(active ? latent : 0, packed, lane, lanes, [&](auto width, int j) {
            constexpr int W = decltype(width)::value;
            const long long mu = row * 2 * latent + j, s = mu + latent;
            const Pack<W> m1 = load<W>(head + mu), s1 = load<W>(head + s);
            Pack<W> m2 = {}, s2 = {}, open, d_mu, d_s, d_m2, d_s2;
            for (int k = 0; k < W; k++) open.at[k] = 1.0f;
            if (prior != nullptr) {
                m2 = load<W>(prior + mu);
                s2 = load<W>(prior + s);
            }
            if (gate != nullptr) open = load<W>(gate + j);
            for (int k = 0; k < W; k++) {
                const float floored = prior != nullptr ? fmaxf(s2.at[k], prior_floor) : 0.0f, t = s1.at[k] - floored;
                const float difference = m1.at[k] - m2.at[k], scaled = difference * (prior != nullptr ? expf(-floored) : 1.0f);
                const float square = difference * scaled, growth = expm1f(t), factor = up * open.at[k];
                sum += 0.5f * (exponential_remainder(t) + square);
                d_mu.at[k] = factor * scaled;
                d_s.at[k] = factor * 0.5f * growth;
                d_m2.at[k] = -d_mu.at[k];
                d_s2.at[k] = s2.at[k] < prior_floor ? 0.0f : factor * -0.5f * (growth + square);
            }
            if (d_head != nullptr) {
                store<W>(d_head + mu, d_mu, accumulate_head);
                store<W>(d_head + s, d_s, accumulate_head);
            }
            if (d_prior != nullptr) {
                store<W>(d_prior + mu, d_m2, accumulate_prior);
                store<W>(d_prior + s, d_s2, accumulate_prior);
            }
        });
        store_row_value(value, row, active, lane, lanes, sum);
    });
}

extern "C" __global__ void kl_full(int rows, int latent, const float* __restrict__ head, const float* __restrict__ prior, float prior_floor,
                                   const float* __restrict__ upstream, float* __restrict__ value, float* __restrict__ d_head,
                                   int accumulate_head, float* __restrict__ d_prior, int accumulate_prior) {
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32, warps = static_cast<int>(blockDim.x) / 32;
    const long long head_width = 2 * latent + latent * (latent - 1) / 2;
    for (long long row = blockIdx.x; row < rows; row += gridDim.x) {
        const float up = upstream != nullptr ? upstream[row] : 0.0f;
        const long long mu = row * head_width, prior_mu = row * 2 * latent;
        float sum = 0.0f;
        for (int j = warp; j < latent; j += warps) {
            const float m2 = prior != nullptr ? prior[prior_mu + j] : 0.0f, raw = prior != nullptr ? prior[prior_mu + latent + j] : 0.0f;
            const float s2 = prior != nullptr ? fmaxf(raw, prior_floor) : 0.0f, inverse = expf(-s2);
            const long long b = mu + 2 * latent + j * (j - 1) / 2;
            float squares = 0.0f;
            for (int i = lane; i < j; i += 32) {
                const float entry = head[b + i], gradient = up * entry * inverse;
                squares += entry * entry;
                if (d_head != nullptr) d_head[b + i] = accumulate_head ? d_head[b + i] + gradient : gradient;
            }
            squares = warp_reduce_sum(squares);
            if (lane == 0) {
                const float t = 2.0f * head[mu + latent + j] - s2, difference = head[mu + j] - m2, growth = expm1f(t);
                const float square = (squares + difference * difference) * inverse, d_mu = up * difference * inverse;
                sum += 0.5f * (exponential_remainder(t) + square);
                if (d_head != nullptr) {
                    d_head[mu + j] = accumulate_head ? d_head[mu + j] + d_mu : d_mu;
                    d_head[mu + latent + j] = accumulate_head ? d_head[mu + latent + j] + up * growth : up * growth;
                }
                if (d_prior != nullptr) {
                    const float d_s2 = raw < prior_floor ? 0.0f : -0.5f * up * (growth + square);
                    d_prior[prior_mu + j] = accumulate_prior ? d_prior[prior_mu + j] - d_mu : -d_mu;
                    d_prior[prior_mu + latent + j] = accumulate_prior ? d_prior[prior_mu + latent + j] + d_s2 : d_s2;
                }
            }
        }
        store_row_value(value, row, true, static_cast<int>(threadIdx.x), static_cast<int>(blockDim.x) > 32 ? static_cast<int>(blockDim.x) : 32, sum);
    }
}

/** mean[j] = (1 / rows) sum_r KL of dimension j. partial [chunks, latent], counters: scratch. */
extern "C" __global__ void kl_per_dimension(int rows, int latent, int chunks, const float* __restrict__ head, const float* __restrict__ prior,
                                            float prior_floor, float* __restrict__ mean, float* partial, unsigned* counters) {
    column_sums(
        latent, chunks, packs_columns(latent) && aligned(head) && aligned(prior), partial, counters,
        [&](auto width, long long chunk, int j, int warp) {
            constexpr int W = decltype(width)::value;
            const long long end = chunk_begin(rows, chunk + 1, chunks);
            Pack<W> sum = {};
            for (long long r = chunk_begin(rows, chunk, chunks) + warp; r < end; r += TILE_WARPS) {
                const long long mu = r * 2 * latent + j, s = mu + latent;
                const Pack<W> m1 = load<W>(head + mu), s1 = load<W>(head + s);
                Pack<W> m2 = {}, s2 = {};
                if (prior != nullptr) {
                    m2 = load<W>(prior + mu);
                    s2 = load<W>(prior + s);
                }
                for (int k = 0; k < W; k++) {
                    const float floored = prior != nullptr ? fmaxf(s2.at[k], prior_floor) : 0.0f, difference = m1.at[k] - m2.at[k];
                    sum.at[k] += 0.5f * (exponential_remainder(s1.at[k] - floored) + difference * difference * expf(-floored));
                }
            }
            return sum;
        },
        [&](int j, float sum) { mean[j] = sum / static_cast<float>(rows); });
}

/** value[0] = sum_j max(minimum, mean[j]); gate[j] = mean[j] > minimum. One block. */
extern "C" __global__ void free_bits(int latent, float minimum, const float* __restrict__ mean, float* __restrict__ gate,
                                     float* __restrict__ value) {
    float sum = 0.0f;
    for (int j = static_cast<int>(threadIdx.x); j < latent; j += static_cast<int>(blockDim.x)) {
        sum += fmaxf(minimum, mean[j]);
        gate[j] = mean[j] > minimum ? 1.0f : 0.0f;
    }
    sum = block_reduce_sum(sum);
    if (threadIdx.x == 0) value[0] = sum;
}
