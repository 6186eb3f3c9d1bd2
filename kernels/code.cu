// Reparameterised samples, their gradients, and the one-sample KL. Heads: DIAGONAL [mu | s], FULL [mu | d | b_10, b_20, b_21, ...] (Posterior).
//   sample        z = mu + e^(s/2) eps                     z_i = mu_i + e^(d_i) eps_i + sum_{j<i} b_ij eps_j
//   backward      dmu += u, ds += 0.5 u eps e^(s/2)        dmu += u, db_ij += u_i eps_j, dd_i += u_i eps_i e^(d_i); summed over samples
//   sampled_kl    sum_j -0.5 eps_j^2 - logdet_j + 0.5 (s2_j + (z_j - m2_j)^2 e^-s2_j), logdet_j = s_j / 2 or d_j; the 2 pi terms cancel
// Mapping: DIAGONAL a thread per pack of latents; FULL a block per row, a warp per row of the triangle, eps in shared memory; per-sample values
// a group per row (rows.cuh). Deterministic: each output has one writer, sums over samples run in order. eps is drawn again, never stored.
// keys: a Philox key of two words per example, or null (draws.cuh); no gradient of keyed draws.
#include "draws.cuh"

extern "C" __global__ void sample_diagonal(int rows, int samples, int latent, const float* __restrict__ head, const StepState* __restrict__ state,
                                           const unsigned* __restrict__ keys, float* __restrict__ z) {
    const bool packed = latent % 4 == 0 && aligned(head) && aligned(z);
    const auto draw = [&](auto width, long long element) {
        constexpr int W = decltype(width)::value;
        const long long row = element / latent;
        const int j = static_cast<int>(element % latent);
        const float* mu = head + row / samples * 2 * latent + j;
        const Pack<W> m = load<W>(mu), s = load<W>(mu + latent);
        const Pack<W> eps = sampling_pack<W>(row_draws(state, keys, row, samples, latent), j);
        Pack<W> sample;
        for (int k = 0; k < W; k++) sample.at[k] = __fadd_rn(m.at[k], __fmul_rn(expf(0.5f * s.at[k]), eps.at[k]));
        store<W>(z + element, sample);
    };
    const long long elements = static_cast<long long>(rows) * latent, stride = static_cast<long long>(gridDim.x) * blockDim.x;
    const long long thread = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (packed) {
        for (long long at = 4 * thread; at < elements; at += 4 * stride) draw(Width<4>(), at);
    } else {
        for (long long at = thread; at < elements; at += stride) draw(Width<1>(), at);
    }
}

/** rows counts examples here: [rows, 2 latent] heads. */
extern "C" __global__ void sample_diagonal_backward(int rows, int samples, int latent, const float* __restrict__ head,
                                                    const StepState* __restrict__ state, const float* __restrict__ dz,
                                                    float* __restrict__ d_head, int accumulate) {
    const bool packed = latent % 4 == 0 && aligned(head) && aligned(dz) && aligned(d_head);
    const auto gather = [&](auto width, long long at) {
        constexpr int W = decltype(width)::value;
        const int j = static_cast<int>(at % latent);
        const long long row = at / latent, mu = row * 2 * latent + j;
        const Pack<W> s = load<W>(head + mu + latent);
        Pack<W> d_mu = {}, d_s = {};
        for (int k = 0; k < samples; k++) {
            const long long sample = row * samples + k;
            const Pack<W> u = load<W>(dz + sample * latent + j), eps = sampling_pack<W>(row_draws(state, nullptr, sample, samples, latent), j);
            for (int w = 0; w < W; w++) {
                d_mu.at[w] += u.at[w];
                d_s.at[w] += u.at[w] * eps.at[w];
            }
        }
        for (int w = 0; w < W; w++) d_s.at[w] *= 0.5f * expf(0.5f * s.at[w]);
        store<W>(d_head + mu, d_mu, accumulate);
        store<W>(d_head + mu + latent, d_s, accumulate);
    };
    const long long elements = static_cast<long long>(rows) * latent, stride = static_cast<long long>(gridDim.x) * blockDim.x;
    const long long thread = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (packed) {
        for (long long at = 4 * thread; at < elements; at += 4 * stride) gather(Width<4>(), at);
    } else {
        for (long long at = thread; at < elements; at += stride) gather(Width<1>(), at);
    }
}

/** Dynamic shared memory: latent floats. */
extern "C" __global__ void sample_full(int rows, int samples, int latent, const float* __restrict__ head, const StepState* __restrict__ state,
                                       const unsigned* __restrict__ keys, float* __restrict__ z) {
    SHARED_DYN(float, eps);
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32, warps = static_cast<int>(blockDim.x) / 32;
    const long long head_width = 2 * latent + triangle_row(latent);
    for (long long row = blockIdx.x; row < rows; row += gridDim.x) {
        const float* mu = head + row / samples * head_width;
        const float* b = mu + 2 * latent;
        __syncthreads();  // the row before may still be read
        draw_sampling(row_draws(state, keys, row, samples, latent), latent, eps);
        __syncthreads();
        for (int i = warp; i < latent; i += warps) {
            float sum = 0.0f;
            for (int j = lane; j < i; j += 32) sum += b[triangle_row(i) + j] * eps[j];
            sum = warp_reduce_sum(sum);
            if (lane == 0) z[row * latent + i] = mu[i] + expf(mu[latent + i]) * eps[i] + sum;
        }
    }
}

/** rows counts examples here. Dynamic shared memory: 2 * chunk * latent floats, chunk samples at a time. */
extern "C" __global__ void sample_full_backward(int rows, int samples, int latent, int chunk, const float* __restrict__ head,
                                                const StepState* __restrict__ state, const float* __restrict__ dz,
                                                float* __restrict__ d_head, int accumulate) {
    SHARED_DYN(float, eps);
    float* const u = eps + chunk * latent;
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32, warps = static_cast<int>(blockDim.x) / 32;
    const long long head_width = 2 * latent + triangle_row(latent);
    for (long long row = blockIdx.x; row < rows; row += gridDim.x) {
        const float* d = head + row * head_width + latent;
        float* const d_mu = d_head + row * head_width;
        for (int begin = 0; begin < samples; begin += chunk) {
            const int count = min(chunk, samples - begin);
            const bool add = accumulate || begin > 0;
            const long long first = (row * samples + begin) * latent;
            __syncthreads();  // the chunk before may still be read
            draw_sampling(row_draws(state, nullptr, row * samples + begin, samples, latent), count * latent, eps);
            for (int t = static_cast<int>(threadIdx.x); t < count * latent; t += static_cast<int>(blockDim.x)) u[t] = dz[first + t];
            __syncthreads();
            for (int i = warp; i < latent; i += warps) {
                for (int j = lane; j <= i; j += 32) {  // the diagonal stands for d_i
                    float sum = 0.0f;
                    for (int k = 0; k < count; k++) sum += u[k * latent + i] * eps[k * latent + j];
                    float* const target = d_mu + (j == i ? latent + i : 2 * latent + triangle_row(i) + j);
                    if (j == i) sum *= expf(d[i]);
                    *target = add ? *target + sum : sum;
                }
                float sum = 0.0f;
                if (lane == 0) {
                    for (int k = 0; k < count; k++) sum += u[k * latent + i];
                    d_mu[i] = add ? d_mu[i] + sum : sum;
                }
            }
        }
    }
}

/** log_scale: 0.5 for DIAGONAL (s is a log variance), 1 for FULL (d is the log of the diagonal). */
extern "C" __global__ void sampled_kl(int rows, int samples, int latent, int head_width, float log_scale, int lanes,
                                      const float* __restrict__ head, const float* __restrict__ prior, float prior_floor,
                                      const StepState* __restrict__ state, const unsigned* __restrict__ keys, const float* __restrict__ z,
                                      float* __restrict__ value) {
    const bool packed = latent % 4 == 0 && head_width % 4 == 0 && aligned(head) && aligned(prior) && aligned(z);
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        float sum = 0.0f;
        if (active) {
            const float* d = head + row / samples * head_width + latent;
            const float* m2 = prior == nullptr ? nullptr : prior + row / samples * 2 * latent;
            for_each_column(latent, packed, lane, lanes, [&](auto width, int j) {
                constexpr int W = decltype(width)::value;
                const Pack<W> eps = sampling_pack<W>(row_draws(state, keys, row, samples, latent), j), log_det = load<W>(d + j), at = load<W>(z + row * latent + j);
                Pack<W> m = {}, s = {};
                if (m2 != nullptr) {
                    m = load<W>(m2 + j);
                    s = load<W>(m2 + latent + j);
                }
                for (int k = 0; k < W; k++) {
                    const float log_variance = m2 != nullptr ? fmaxf(s.at[k], prior_floor) : 0.0f, difference = at.at[k] - m.at[k];
                    const float square = difference * difference * (m2 != nullptr ? expf(-log_variance) : 1.0f);
                    sum += 0.5f * (log_variance + square - eps.at[k] * eps.at[k]) - log_scale * log_det.at[k];
                }
            });
        }
        store_row_value(value, row, active, lane, lanes, sum);
    });
}

/** rows counts examples here; a thread per example and latent also clears its share of the head's off-diagonals. */
extern "C" __global__ void sampled_kl_backward(int rows, int samples, int latent, int head_width, float log_scale,
                                               const float* __restrict__ prior, float prior_floor, const float* __restrict__ z,
                                               const float* __restrict__ upstream, float* __restrict__ dz, int accumulate_z,
                                               float* __restrict__ d_head, int accumulate_head, float* __restrict__ d_prior,
                                               int accumulate_prior) {
    const long long elements = static_cast<long long>(rows) * latent, stride = static_cast<long long>(gridDim.x) * blockDim.x;
    for (long long at = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; at < elements; at += stride) {
        const long long row = at / latent;
        const int j = static_cast<int>(at % latent);
        const float m2 = prior != nullptr ? prior[row * 2 * latent + j] : 0.0f;
        const float raw = prior != nullptr ? prior[row * 2 * latent + latent + j] : 0.0f;
        const float inverse = prior != nullptr ? expf(-fmaxf(raw, prior_floor)) : 1.0f;
        float weight = 0.0f, d_m2 = 0.0f, d_s2 = 0.0f;
        for (int k = 0; k < samples; k++) {
            const long long element = (row * samples + k) * latent + j;
            const float up = upstream[row * samples + k], difference = z[element] - m2, d = up * difference * inverse;
            dz[element] = accumulate_z ? dz[element] + d : d;
            weight += up;
            d_m2 -= d;
            d_s2 += 0.5f * (up - d * difference);
        }
        float* const d_mu = d_head + row * head_width;
        if (!accumulate_head) {
            d_mu[j] = 0.0f;
            for (int t = 2 * latent + j; t < head_width; t += latent) d_mu[t] = 0.0f;
        }
        d_mu[latent + j] = (accumulate_head ? d_mu[latent + j] : 0.0f) - log_scale * weight;
        if (d_prior != nullptr) {
            float* const target = d_prior + row * 2 * latent + j;
            if (raw < prior_floor) d_s2 = 0.0f;
            target[0] = accumulate_prior ? target[0] + d_m2 : d_m2;
            target[latent] = accumulate_prior ? target[latent] + d_s2 : d_s2;
        }
    }
}

/**
 * Importance-weighted bound of each example, w_j = -(nll_j + cost_j): value = -(max w + log sum_j e^(w_j - max w) - log k) and
 * weights_j = scale softmax_j(w). A group per example, lanes over its samples.
 */
extern "C" __global__ void importance_weights(int rows, int samples, int lanes, const float* __restrict__ nll, const float* __restrict__ cost,
                                              float scale, float* __restrict__ value, float* __restrict__ weights) {
    for_each_row(rows, lanes, [&](long long row, bool active, int lane) {
        const long long first = row * samples;
        const int count = active ? samples : 0;
        float maximum = -INFINITY, sum = 0.0f;
        for (int k = lane; k < count; k += lanes) maximum = fmaxf(maximum, -(nll[first + k] + cost[first + k]));
        maximum = group_max(maximum, lanes);
        for (int k = lane; k < count; k += lanes) sum += expf(-(nll[first + k] + cost[first + k]) - maximum);
        sum = group_sum(sum, lanes);
        for (int k = lane; k < count; k += lanes) {
            weights[first + k] = scale * expf(-(nll[first + k] + cost[first + k]) - maximum) / sum;
        }
        if (active && lane == 0) value[row] = logf(static_cast<float>(samples)) - maximum - logf(sum);
    });
}
