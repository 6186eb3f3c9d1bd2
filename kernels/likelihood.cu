// Likelihoods: value[r] = -log p(target[r / samples] | parameters[r]) in nats, constants kept, and the gradient of sum_r upstream[r] value[r]
// in the same pass.
//   bernoulli      max(l,0) - l x + log1p(e^-|l|);                       dl = upstream (sigmoid(l) - x)
//   gaussian       0.5 (log 2 pi + s + (x-m)^2 e^-s), s = max(v, floor); dm = upstream (m - x) e^-s, dv = upstream 0.5 (1 - (x-m)^2 e^-s)
//   squared_error  (m - x)^2;                                            dm = upstream 2 (m - x)
//   poisson        r - x b + log x!, b = min(a, 30), r = e^b;            da = upstream (r - x), 0 beyond the bound
// A PointwiseLoss has the kernel of its name; all have one parameter list.
// Mapping: a group of threads per row (rows.cuh); gaussian_variance, which sums over rows, works down the columns (columns.cuh).
// Deterministic: fixed trees; what blocks share is added in their order by the last of them.
#include "columns.cuh"

constexpr float LOG_TWO_PI = 1.8378770664093453f;

/** The shape common to all: term(Width, parameter offset, target offset, c, upstream) returns its part of the value. */
template <class Term>
__device__ __forceinline__ void likelihood_rows(int rows, int columns, int samples, int lanes, bool packed, const float* upstream, float* value, Term term) {
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        float sum = 0.0f;
        if (active) {
            const long long at = row * columns, target_at = row / samples * columns;
            const float up = upstream != nullptr ? upstream[row] : 0.0f;
            for_each_column(columns, packed, lane, lanes, [&](auto width, int c) { sum += term(width, at + c, target_at + c, c, up); });
        }
        store_row_value(value, row, active, lane, lanes, sum);
    });
}

extern "C" __global__ void bernoulli(int rows, int columns, int samples, int lanes, const float* __restrict__ logits,
                                     const float* __restrict__ target, const float* __restrict__ upstream, float* __restrict__ value,
                                     float* __restrict__ d_logits, int accumulate) {
    const bool packed = columns % 4 == 0 && aligned(logits) && aligned(target) && aligned(d_logits);
    likelihood_rows(rows, columns, samples, lanes, packed, upstream, value, [&](auto width, long long at, long long target_at, int, float up) {
        constexpr int W = decltype(width)::value;
        const Pack<W> l = load<W>(logits + at), x = load<W>(target + target_at);
        Pack<W> gradient;
        float sum = 0.0f;
        for (int k = 0; k < W; k++) {
            const float e = expf(-fabsf(l.at[k])), inverse = 1.0f / (1.0f + e);
            sum += fmaxf(l.at[k], 0.0f) - l.at[k] * x.at[k] + log1pf(e);
            gradient.at[k] = up * ((l.at[k] >= 0.0f ? inverse : e * inverse) - x.at[k]);
        }
        if (d_logits != nullptr) store<W>(d_logits + at, gradient, accumulate);
        return sum;
    });
}

extern "C" __global__ void squared_error(int rows, int columns, int samples, int lanes, const float* __restrict__ mean,
                                         const float* __restrict__ target, const float* __restrict__ upstream, float* __restrict__ value,
                                         float* __restrict__ d_mean, int accumulate) {
    const bool packed = columns % 4 == 0 && aligned(mean) && aligned(target) && aligned(d_mean);
    likelihood_rows(rows, columns, samples, lanes, packed, upstream, value, [&](auto width, long long at, long long target_at, int, float up) {
        constexpr int W = decltype(width)::value;
        const Pack<W> m = load<W>(mean + at), x = load<W>(target + target_at);
        Pack<W> gradient;
        float sum = 0.0f;
        for (int k = 0; k < W; k++) {
            const float difference = m.at[k] - x.at[k];
            sum += difference * difference;
            gradient.at[k] = up * 2.0f * difference;
        }
        if (d_mean != nullptr) store<W>(d_mean + at, gradient, accumulate);
        return sum;
    });
}

constexpr float HIGHEST_LOG_RATE = 30.0f;
constexpr int SMALL_COUNTS = 16;

/** log n! - n log n + n for small n; for larger ones two terms of the series are good to 1e-9. */
__constant__ float stirling_rest[SMALL_COUNTS] = {0.0f, 1.0f, 1.30685282f, 1.4959226f, 1.63287639f, 1.74030218f, 1.8286944f, 1.90379032f,
                                                  1.96907057f, 2.02680628f, 2.07856164f, 2.12545985f, 2.1683347f, 2.20782221f, 2.24441857f, 2.27851837f};

/**
 * r - x b + log x!, r = e^b, as x (e^d - 1 - d) and a rest, d = b - log x: the terms as they stand would cancel. What b and d round off weighs
 * |r - x|, and expm1 keeps the digits of a small d. NaN when x is not a natural number.
 */
__device__ __forceinline__ float poisson_value(float b, float r, float x) {
    if (x == 0.0f) return r;
    const float log_x = logf(x), d = b - log_x;
    const float rest = x < SMALL_COUNTS ? stirling_rest[static_cast<int>(fmaxf(x, 0.0f))]
                                        : 0.5f * (LOG_TWO_PI + log_x) + (1.0f / 12.0f - 1.0f / 360.0f / (x * x)) / x;
    return x == floorf(x) ? x * (expm1f(d) - d) + rest : NAN;
}

extern "C" __global__ void poisson(int rows, int columns, int samples, int lanes, const float* __restrict__ log_rate,
                                   const float* __restrict__ target, const float* __restrict__ upstream, float* __restrict__ value,
                                   float* __restrict__ d_log_rate, int accumulate) {
    const bool packed = columns % 4 == 0 && aligned(log_rate) && aligned(target) && aligned(d_log_rate);
    likelihood_rows(rows, columns, samples, lanes, packed, upstream, value, [&](auto width, long long at, long long target_at, int, float up) {
        constexpr int W = decltype(width)::value;
        const Pack<W> a = load<W>(log_rate + at), x = load<W>(target + target_at);
        Pack<W> gradient;
        float sum = 0.0f;
        for (int k = 0; k < W; k++) {
            const bool beyond = a.at[k] > HIGHEST_LOG_RATE;  // false for NaN, which goes on into both results
            const float b = beyond ? HIGHEST_LOG_RATE : a.at[k], r = expf(b);
            if (value != nullptr) sum += poisson_value(b, r, x.at[k]);
            gradient.at[k] = beyond ? 0.0f : up * (r - x.at[k]);
        }
        if (d_log_rate != nullptr) store<W>(d_log_rate + at, gradient, accumulate);
        return sum;
    });
}

/** shared: one variance for all features; only then may d_log_variance be given. partial [grid], one counter: scratch. */
extern "C" __global__ void gaussian(int rows, int columns, int samples, int lanes, int shared, const float* __restrict__ mean,
                                    const float* __restrict__ log_variance, float floor, const float* __restrict__ target,
                                    const float* __restrict__ upstream, float* __restrict__ value, float* __restrict__ d_mean, int accumulate,
                                    float* __restrict__ d_log_variance, int accumulate_variance, float* partial, unsigned* counter) {
    const bool packed = columns % 4 == 0 && aligned(mean) && aligned(target) && aligned(d_mean) && (shared || aligned(log_variance));
    const float shared_s = fmaxf(log_variance[0], floor), shared_inverse = expf(-shared_s);
    float variance_sum = 0.0f;
    likelihood_rows(rows, columns, samples, lanes, packed, upstream, value, [&](auto width, long long at, long long target_at, int c, float up) {
        constexpr int W = decltype(width)::value;
        const Pack<W> m = load<W>(mean + at), x = load<W>(target + target_at);
        Pack<W> s, inverse, gradient;
        if (!shared) s = load<W>(log_variance + c);
        float sum = 0.0f;
        for (int k = 0; k < W; k++) {
            s.at[k] = shared ? shared_s : fmaxf(s.at[k], floor);
            inverse.at[k] = shared ? shared_inverse : expf(-s.at[k]);
            const float difference = m.at[k] - x.at[k], scaled = difference * inverse.at[k], square = difference * scaled;
            sum += 0.5f * (LOG_TWO_PI + s.at[k] + square);
            gradient.at[k] = up * scaled;
            variance_sum += up * 0.5f * (1.0f - square);
        }
        if (d_mean != nullptr) store<W>(d_mean + at, gradient, accumulate);
        return sum;
    });
    if (d_log_variance != nullptr) {
        grid_sum(log_variance[0] < floor ? 0.0f : variance_sum, partial, counter,
                 [&](float sum) { d_log_variance[0] = accumulate_variance ? d_log_variance[0] + sum : sum; });
    }
}

/** d log variance of one variance per feature: down the columns. partial [chunks, columns], counters: scratch. */
extern "C" __global__ void gaussian_variance(int rows, int columns, int samples, int chunks, const float* __restrict__ mean,
                                             const float* __restrict__ log_variance, float floor, const float* __restrict__ target,
                                             const float* __restrict__ upstream, float* __restrict__ d_log_variance, int accumulate,
                                             float* partial, unsigned* counters) {
    const bool packed = packs_columns(columns) && aligned(mean) && aligned(target) && aligned(log_variance);
    column_sums(
        columns, chunks, packed, partial, counters,
        [&](auto width, long long chunk, int c, int warp) {
            constexpr int W = decltype(width)::value;
            const Pack<W> v = load<W>(log_variance + c);
            Pack<W> inverse, sum = {};
            for (int k = 0; k < W; k++) inverse.at[k] = expf(-fmaxf(v.at[k], floor));
            const long long end = chunk_begin(rows, chunk + 1, chunks);
            for (long long r = chunk_begin(rows, chunk, chunks) + warp; r < end; r += TILE_WARPS) {
                const Pack<W> m = load<W>(mean + r * columns + c), x = load<W>(target + r / samples * columns + c);
                const float up = 0.5f * upstream[r];
                for (int k = 0; k < W; k++) {
                    const float difference = m.at[k] - x.at[k];
                    sum.at[k] += up * (1.0f - difference * difference * inverse.at[k]);
                }
            }
            for (int k = 0; k < W; k++) sum.at[k] = v.at[k] < floor ? 0.0f : sum.at[k];
            return sum;
        },
        [&](int c, float sum) { d_log_variance[c] = accumulate ? d_log_variance[c] + sum : sum; });
}
