// Optimizers and the step state.
// Update rules have the name of their UpdateRule and one parameter list: parameters, gradient, first and second buffer of memory, state, beta_1,
// beta_2, epsilon, decay, decayed, n.
// Elementwise kernels: one thread per four parameters (float4), per parameter for the unaligned or ragged rest.
// Everything that changes between steps comes from the state, so that a captured graph serves every step.
#include "reduce.cuh"
#include "vector.cuh"

/**
 * state.gradient_norm = ||gradient||; state.clip_scale = min(1, maximum / (norm + 1e-6)), 0 when the norm is not finite.
 * Squares are added in double: a thread's elements in ascending order, then the block, then the blocks in order of index by the last of them.
 */
extern "C" __global__ void clip_norm(const float* __restrict__ gradient, int n, float maximum, StepState* state, double* partial, unsigned* counter) {
    const int groups = quads(n, gradient), rest = 4 * groups;
    double sum = 0.0;
    GRID_STRIDE(i, groups) {
        const float4 g = load4(gradient, i);
        sum += static_cast<double>(g.x) * g.x + static_cast<double>(g.y) * g.y + static_cast<double>(g.z) * g.z + static_cast<double>(g.w) * g.w;
    }
    GRID_STRIDE(i, n - rest) sum += static_cast<double>(gradient[rest + i]) * gradient[rest + i];
    sum = block_reduce_sum(sum);
    volatile double* const sums = partial;
    if (thread_in_block() == 0) sums[blockIdx.x] = sum;
    if (!finishes_last(counter, gridDim.x)) return;
    sum = 0.0;
    for (int block = thread_in_block(); block < static_cast<int>(gridDim.x); block += threads_in_block()) sum += sums[block];
    sum = block_reduce_sum(sum);
    if (thread_in_block() == 0) {
        const float norm = static_cast<float>(sqrt(sum));
        state->gradient_norm = norm;
        state->clip_scale = norm <= 3.402823466e38f ? fminf(1.0f, maximum / (norm + 1e-6f)) : 0.0f;  // NaN compares false
    }
}

/** clip_scale * gradient; a scale of 0 (the norm was not finite) gives 0 whatever the gradient holds. */
__device__ __forceinline__ float clipped(float scale, float gradient) { return scale == 0.0f ? 0.0f : scale * gradient; }

/** What one Adam step needs to know, the same for all parameters. */
struct Adam {
    float learning_rate, clip_scale, correction_1, correction_2, beta_1, beta_2, epsilon, decay;
};

/** One parameter. m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= lr decay w; w -= lr (m / c1) / (sqrt(v / c2) + epsilon). */
__device__ __forceinline__ void adam_step(const Adam& s, bool decays, float gradient, float& w, float& m, float& v) {
    const float g = clipped(s.clip_scale, gradient);
    m = s.beta_1 * m + (1.0f - s.beta_1) * g;
    v = s.beta_2 * v + (1.0f - s.beta_2) * g * g;
    if (decays) w -= s.learning_rate * s.decay * w;
    w -= s.learning_rate * (m / s.correction_1) / (sqrtf(v / s.correction_2) + s.epsilon);
}

/** Adam over n parameters; the first `decayed` of them decay. */
extern "C" __global__ void adam(float* __restrict__ parameters, const float* __restrict__ gradient, float* __restrict__ m, float* __restrict__ v,
                                const StepState* __restrict__ state, float beta_1, float beta_2, float epsilon, float decay, int decayed, int n) {
    const Adam s = {state->learning_rate, state->clip_scale, state->correction_1, state->correction_2, beta_1, beta_2, epsilon, decay};
    const int groups = quads(n, parameters, gradient, m, v), rest = 4 * groups;
    GRID_STRIDE(i, groups) {
        const float4 g4 = load4(gradient, i);
        float4 w4 = load4(parameters, i), m4 = load4(m, i), v4 = load4(v, i);
        adam_step(s, 4 * i < decayed, g4.x, w4.x, m4.x, v4.x);
        adam_step(s, 4 * i + 1 < decayed, g4.y, w4.y, m4.y, v4.y);
        adam_step(s, 4 * i + 2 < decayed, g4.z, w4.z, m4.z, v4.z);
        adam_step(s, 4 * i + 3 < decayed, g4.w, w4.w, m4.w, v4.w);
        store4(parameters, i, w4);
        store4(m, i, m4);
        store4(v, i, v4);
    }
    GRID_STRIDE(j, n - rest) {
        const int i = rest + j;
        adam_step(s, i < decayed, gradient[i], parameters[i], m[i], v[i]);
    }
}

/** What one step of gradient descent needs to know, the same for all parameters. */
struct Descent {
    float learning_rate, clip_scale, momentum, decay;
};

/** One parameter. g = clipped gradient + decay w; v = momentum v + g; w -= lr v. */
__device__ __forceinline__ void sgd_step(const Descent& s, bool decays, float gradient, float& w, float& v) {
    const float g = clipped(s.clip_scale, gradient) + (decays ? s.decay * w : 0.0f);
    v = s.momentum * v + g;
    w -= s.learning_rate * v;
}

/** Gradient descent with momentum over n parameters; the first `decayed` of them decay. */
extern "C" __global__ void sgd(float* __restrict__ parameters, const float* __restrict__ gradient, float* __restrict__ velocity, float* /*second*/,
                               const StepState* __restrict__ state, float momentum, float /*beta_2*/, float /*epsilon*/, float decay, int decayed, int n) {
    const Descent s = {state->learning_rate, state->clip_scale, momentum, decay};
    const int groups = quads(n, parameters, gradient, velocity), rest = 4 * groups;
    GRID_STRIDE(i, groups) {
        const float4 g4 = load4(gradient, i);
        float4 w4 = load4(parameters, i), v4 = load4(velocity, i);
        sgd_step(s, 4 * i < decayed, g4.x, w4.x, v4.x);
        sgd_step(s, 4 * i + 1 < decayed, g4.y, w4.y, v4.y);
        sgd_step(s, 4 * i + 2 < decayed, g4.z, w4.z, v4.z);
        sgd_step(s, 4 * i + 3 < decayed, g4.w, w4.w, v4.w);
        store4(parameters, i, w4);
        store4(velocity, i, v4);
    }
    GRID_STRIDE(j, n - rest) {
        const int i = rest + j;
        sgd_step(s, i < decayed, gradient[i], parameters[i], velocity[i]);
    }
}

/** What one Lion step needs to know, the same for all parameters. */
struct Lion {
    float learning_rate, clip_scale, beta_1, beta_2, decay;
};

/** 2^-70: added and taken away again, it rounds what would decay into subnormal numbers to multiples of 2^-93, as on the CPU. */
constexpr float FLUSH = 8.4703294725430034e-22f;

/** b x + (1 - b) y with the roundings of the CPU. */
__device__ __forceinline__ float mean_rn(float b, float x, float y) { return __fadd_rn(__fmul_rn(b, x), __fmul_rn(__fsub_rn(1.0f, b), y)); }

/**
 * One parameter. c = b1 m + (1 - b1) g; w -= lr (sign(c) + decay w), sign(0) = 0; m = b2 m + (1 - b2) g. Every operation rounds once, as on the CPU:
 * a sum near 0 that fused operations round to the other side would be a whole step the other way.
 */
__device__ __forceinline__ void lion_step(const Lion& s, bool decays, float gradient, float& w, float& m) {
    const float g = clipped(s.clip_scale, gradient), c = mean_rn(s.beta_1, m, g);
    const float sign = c > 0.0f ? 1.0f : c < 0.0f ? -1.0f : c;  // NaN stays
    w = __fsub_rn(w, __fmul_rn(s.learning_rate, __fadd_rn(sign, __fmul_rn(decays ? s.decay : 0.0f, w))));
    m = __fsub_rn(__fadd_rn(mean_rn(s.beta_2, m, g), FLUSH), FLUSH);
}

/** Lion over n parameters; the first `decayed` of them decay. */
extern "C" __global__ void lion(float* __restrict__ parameters, const float* __restrict__ gradient, float* __restrict__ m, float* /*second*/,
                                const StepState* __restrict__ state, float beta_1, float beta_2, float /*epsilon*/, float decay, int decayed, int n) {
    const Lion s = {state->learning_rate, state->clip_scale, beta_1, beta_2, decay};
    const int groups = quads(n, parameters, gradient, m), rest = 4 * groups;
    GRID_STRIDE(i, groups) {
        const float4 g4 = load4(gradient, i);
        float4 w4 = load4(parameters, i), m4 = load4(m, i);
        lion_step(s, 4 * i < decayed, g4.x, w4.x, m4.x);
        lion_step(s, 4 * i + 1 < decayed, g4.y, w4.y, m4.y);
        lion_step(s, 4 * i + 2 < decayed, g4.z, w4.z, m4.z);
        lion_step(s, 4 * i + 3 < decayed, g4.w, w4.w, m4.w);
        store4(parameters, i, w4);
        store4(m, i, m4);
    }
    GRID_STRIDE(j, n - rest) {
        const int i = rest + j;
        lion_step(s, i < decayed, gradient[i], parameters[i], m[i]);
    }
}

/** Ends a step: step, row and table_row move on; learning rate, KL weight and corrections are read from table [table_rows, 4]. One thread. */
extern "C" __global__ void advance(int rows, int table_rows, const float* __restrict__ table, StepState* __restrict__ state) {
    GRID_STRIDE(only, 1) {
        state->step += 1;
        state->row += rows;
        const int row = min(state->table_row + 1, table_rows - 1);
        state->table_row = row;
        state->learning_rate = table[4 * row];
        state->kl_weight = table[4 * row + 1];
        state->correction_1 = table[4 * row + 2];
        state->correction_2 = table[4 * row + 3];
    }
}
