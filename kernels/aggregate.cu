// Aggregate posterior without a count x points matrix: log_sum[i] = logsumexp_n log q(z_i | x_n) over all heads n.
//   DIAGONAL  log q = -0.5 sum_j (log 2 pi + s_j + ((z_j - mu_j) e^(-s_j/2))^2)
//   FULL      log q = -0.5 |y|^2 - sum_j d_j - (K/2) log 2 pi, y solves B y = z - mu (forward substitution)
// Mapping: a thread per sample. DIAGONAL: the block walks over tiles of heads in shared memory, read by all threads at once; each head costs a
// thread three operations per latent. FULL: all threads of a block read the same head at the same time; y lives in shared memory, a column per
// thread. A running maximum and a sum per tile keep the exponentials in range and the sum accurate. Deterministic: heads are taken in order.
#include "rows.cuh"

constexpr int AGGREGATE_SAMPLES = 128, AGGREGATE_POINTS = 32, AGGREGATE_DEPTH = 32;
constexpr float HALF_LOG_TWO_PI = 0.9189385332046727f;

/** A sum of exponentials as e^maximum * sum. */
struct LogSum { float maximum, sum; };

/** The sum of two; empty ones have maximum -infinity and sum 0. */
__device__ __forceinline__ LogSum merge(LogSum a, LogSum b) {
    if (b.maximum == -INFINITY) return a;
    if (a.maximum >= b.maximum) return {a.maximum, a.sum + b.sum * expf(b.maximum - a.maximum)};
    return {b.maximum, b.sum + a.sum * expf(a.maximum - b.maximum)};
}

/** Blocks of 128 threads. */
extern "C" __global__ void aggregate_diagonal(int count, int points, int latent, const float* __restrict__ z, const float* __restrict__ head,
                                              float* __restrict__ log_sum) {
    __shared__ float latents[AGGREGATE_DEPTH][AGGREGATE_SAMPLES + 1];
    __shared__ __align__(16) float means[AGGREGATE_DEPTH][AGGREGATE_POINTS + 4], inverses[AGGREGATE_DEPTH][AGGREGATE_POINTS + 4];
    __shared__ float constants[AGGREGATE_POINTS];
    constexpr int SHARERS = AGGREGATE_SAMPLES / AGGREGATE_POINTS;  // threads that add up one head's log variances
    const int thread = static_cast<int>(threadIdx.x);
    for (long long first = static_cast<long long>(blockIdx.x) * AGGREGATE_SAMPLES; first < count; first += static_cast<long long>(gridDim.x) * AGGREGATE_SAMPLES) {
        LogSum total = {-INFINITY, 0.0f};
        for (int tile = 0; tile < points; tile += AGGREGATE_POINTS) {
            float distance[AGGREGATE_POINTS];
            for (int p = 0; p < AGGREGATE_POINTS; p++) distance[p] = 0.0f;
            float log_variances = 0.0f;
            for (int from = 0; from < latent; from += AGGREGATE_DEPTH) {
                const int depth = min(AGGREGATE_DEPTH, latent - from);
                __syncthreads();  // the part before may still be read
                if (tile == 0 || latent > AGGREGATE_DEPTH) {
                    for (int t = thread; t < depth * AGGREGATE_SAMPLES; t += AGGREGATE_SAMPLES) {
                        const int i = t / depth, j = t % depth;
                        latents[j][i] = first + i < count ? z[(first + i) * latent + from + j] : 0.0f;
                    }
                }
                for (int t = thread; t < depth * AGGREGATE_POINTS; t += AGGREGATE_SAMPLES) {
                    const int p = t / depth, j = t % depth;
                    const bool inside = tile + p < points;
                    const float* mu = head + static_cast<long long>(tile + p) * 2 * latent + from + j;
                    means[j][p] = inside ? mu[0] : 0.0f;
                    inverses[j][p] = inside ? expf(-0.5f * mu[latent]) : 0.0f;
                }
                for (int j = thread % SHARERS; j < depth && tile + thread / SHARERS < points; j += SHARERS) {
                    log_variances += head[(static_cast<long long>(tile + thread / SHARERS) * 2 + 1) * latent + from + j];
                }
                __syncthreads();
                for (int j = 0; j < depth; j++) {
                    const float at = latents[j][thread];
#pragma unroll
                    for (int p = 0; p < AGGREGATE_POINTS; p++) {
                        const float scaled = (at - means[j][p]) * inverses[j][p];
                        distance[p] += scaled * scaled;
                    }
                }
            }
            for (int d = SHARERS / 2; d > 0; d /= 2) log_variances += __shfl_xor_sync(FULL_MASK, log_variances, d);
            if (thread % SHARERS == 0) {
                const bool inside = tile + thread / SHARERS < points;
                constants[thread / SHARERS] = inside ? -0.5f * log_variances - HALF_LOG_TWO_PI * static_cast<float>(latent) : -INFINITY;
            }
            __syncthreads();
            LogSum part = {-INFINITY, 0.0f};
#pragma unroll
            for (int p = 0; p < AGGREGATE_POINTS; p++) {
                distance[p] = constants[p] - 0.5f * distance[p];
                part.maximum = fmaxf(part.maximum, distance[p]);
            }
#pragma unroll
            for (int p = 0; p < AGGREGATE_POINTS; p++) part.sum += part.maximum == -INFINITY ? 0.0f : expf(distance[p] - part.maximum);
            total = merge(total, part);
        }
        if (first + thread < count) log_sum[first + thread] = total.maximum + logf(total.sum);
    }
}

/** Dynamic shared memory: latent * blockDim.x floats. No thread reads what another wrote. */
extern "C" __global__ void aggregate_full(int count, int points, int latent, const float* __restrict__ z, const float* __restrict__ head,
                                          float* __restrict__ log_sum) {
    SHARED_DYN(float, solutions);
    const int threads = static_cast<int>(blockDim.x);
    float* const y = solutions + threadIdx.x;
    const long long head_width = 2 * latent + latent * (latent - 1) / 2;
    for (long long first = static_cast<long long>(blockIdx.x) * threads; first < count; first += static_cast<long long>(gridDim.x) * threads) {
        const long long sample = min(first + static_cast<long long>(threadIdx.x), static_cast<long long>(count) - 1);
        const float* at = z + sample * latent;
        LogSum total = {-INFINITY, 0.0f}, part = total;
        for (int n = 0; n < points; n++) {
            const float* mu = head + n * head_width;
            const float* b = mu + 2 * latent;
            float log_density = -HALF_LOG_TWO_PI * static_cast<float>(latent);
            for (int i = 0; i < latent; i++) {
                float rest = at[i] - mu[i];
                for (int j = 0; j < i; j++) rest -= b[j] * y[j * threads];
                b += i;
                const float solved = rest * expf(-mu[latent + i]);
                y[i * threads] = solved;
                log_density -= 0.5f * solved * solved + mu[latent + i];
            }
            part = merge(part, {log_density, 1.0f});
            if (n % AGGREGATE_POINTS == AGGREGATE_POINTS - 1 || n == points - 1) {
                total = merge(total, part);
                part = {-INFINITY, 0.0f};
            }
        }
        if (first + static_cast<long long>(threadIdx.x) < count) log_sum[sample] = total.maximum + logf(total.sum);
    }
}
