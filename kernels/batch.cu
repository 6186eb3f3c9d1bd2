// Batches: gathering rows of a data set, scaling, binarising and corrupting them; random signs.
// One thread per four consecutive elements of the output, because one Philox call gives four words. Elementwise, every float operation rounded
// on its own: bit-equal to the CPU.
#include "philox.cuh"
#include "vector.cuh"

// Ordinals of dev.hourglass.backend: RandomStream, Binarization, Noise.Kind.
constexpr unsigned STREAM_CORRUPTION = 2u, STREAM_BINARIZATION = 4u, STREAM_PROBES = 5u;
constexpr int BINARIZE_NONE = 0, BINARIZE_FIXED = 1, BINARIZE_DYNAMIC = 2;
constexpr int NOISE_NONE = 0, NOISE_MASKING = 1, NOISE_GAUSSIAN = 3;  // 2: salt and pepper

/** The four words of elements 4 group to 4 group + 3 in a stream. */
__device__ __forceinline__ uint4 draw(const StepState* state, unsigned stream, int group) {
    return philox(state->seed_lo, state->seed_hi, static_cast<unsigned>(group), static_cast<unsigned>(state->step), stream);
}

/** Zero or one from a grey value and its uniform number. */
__device__ __forceinline__ float binarise(int binarization, float v, float u) {
    if (binarization == BINARIZE_FIXED) return v >= 0.5f ? 1.0f : 0.0f;
    return u < v ? 1.0f : 0.0f;
}

__device__ __forceinline__ float4 binarise(int binarization, float4 v, const StepState* state, int group) {
    if (binarization == BINARIZE_NONE) return v;
    const float4 u = binarization == BINARIZE_DYNAMIC ? uniform4(draw(state, STREAM_BINARIZATION, group)) : v;
    return make_float4(binarise(binarization, v.x, u.x), binarise(binarization, v.y, u.y), binarise(binarization, v.z, u.z),
                       binarise(binarization, v.w, u.w));
}

/** Masking: u < p gives 0. Salt and pepper: u < p/2 gives 0, u < p gives 1. */
__device__ __forceinline__ float replace(int kind, float p, float v, float u) {
    if (kind == NOISE_MASKING) return u < p ? 0.0f : v;
    return u < 0.5f * p ? 0.0f : u < p ? 1.0f : v;
}

__device__ __forceinline__ float4 corrupted4(int kind, float amount, float4 v, const StepState* state, unsigned stream, int group) {
    if (kind == NOISE_NONE) return v;
    const uint4 words = draw(state, stream, group);
    if (kind == NOISE_GAUSSIAN) {
        const float4 n = normal4(words);
        return make_float4(__fadd_rn(v.x, __fmul_rn(amount, n.x)), __fadd_rn(v.y, __fmul_rn(amount, n.y)),
                           __fadd_rn(v.z, __fmul_rn(amount, n.z)), __fadd_rn(v.w, __fmul_rn(amount, n.w)));
    }
    const float4 u = uniform4(words);
    return make_float4(replace(kind, amount, v.x, u.x), replace(kind, amount, v.y, u.y), replace(kind, amount, v.z, u.z),
                       replace(kind, amount, v.w, u.w));
}

/** Elements 4 group on of y, as many as there are of n. */
__device__ __forceinline__ void store_group(float* y, int group, int n, bool whole, float4 value) {
    if (whole) {
        store4(y, group, value);
    } else {
        for (int k = 0; k < 4 && 4 * group + k < n; k++) y[4 * group + k] = component(value, k);
    }
}

__device__ __forceinline__ float4 to_float4(uchar4 v) { return make_float4(v.x, v.y, v.z, v.w); }
__device__ __forceinline__ float4 to_float4(float4 v) { return v; }

/** scale * (v - shift), each operation rounded. */
__device__ __forceinline__ float scaled(float v, float shift, float scale) { return __fmul_rn(scale, __fsub_rn(v, shift)); }

/**
 * Elements 4 group on of the scaled batch; `by_four`: a group lies in one row and can be read at once as a T4.
 * T4 is uchar4 or float4, T its component. shift_stride and scale_stride are 0 (one number for all columns) or 1 (one a column).
 */
template <typename T, typename T4>
__device__ __forceinline__ float4 gathered(int group, int n, int columns, bool by_four, const T* data, const int* order, const float* shift,
                                           int shift_stride, const float* scale, int scale_stride) {
    float v[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    int r = 4 * group / columns, c = 4 * group - r * columns;
    if (by_four) {
        const float4 x = to_float4(*reinterpret_cast<const T4*>(data + static_cast<long long>(order[r]) * columns + c));
        for (int k = 0; k < 4; k++) v[k] = scaled(component(x, k), shift[(c + k) * shift_stride], scale[(c + k) * scale_stride]);
    } else {
        for (int k = 0; k < 4 && 4 * group + k < n; k++) {
            v[k] = scaled(data[static_cast<long long>(order[r]) * columns + c], shift[c * shift_stride], scale[c * scale_stride]);
            if (++c == columns) {
                c = 0;
                r++;
            }
        }
    }
    return make_float4(v[0], v[1], v[2], v[3]);
}

template <typename T, typename T4>
__device__ __forceinline__ void gather(int rows, int columns, const T* data, const int* order, const StepState* state, const float* shift,
                                       int shift_stride, const float* scale, int scale_stride, int binarization, int noise, float amount,
                                       float* clean, float* corrupted) {
    const int n = rows * columns;
    const int whole = quads(n, clean, corrupted);
    const bool by_four = columns % 4 == 0 && (reinterpret_cast<unsigned long long>(data) & (sizeof(T4) - 1)) == 0;
    const int* const batch = order + state->row;
    GRID_STRIDE(group, (n + 3) / 4) {
        const float4 v = gathered<T, T4>(group, n, columns, by_four, data, batch, shift, shift_stride, scale, scale_stride);
        const float4 x = binarise(binarization, v, state, group);
        store_group(clean, group, n, group < whole, x);
        if (corrupted != nullptr) store_group(corrupted, group, n, group < whole, corrupted4(noise, amount, x, state, STREAM_CORRUPTION, group));
    }
}

/** v = scale[c] (data[order[row + r], c] - shift[c]); clean = binarised v; corrupted (may be null) = noise(clean). Data of bytes. */
extern "C" __global__ void gather_bytes(int rows, int columns, const unsigned char* __restrict__ data, const int* __restrict__ order,
                                        const StepState* __restrict__ state, const float* __restrict__ shift, int shift_stride,
                                        const float* __restrict__ scale, int scale_stride, int binarization, int noise, float amount,
                                        float* __restrict__ clean, float* __restrict__ corrupted) {
    gather<unsigned char, uchar4>(rows, columns, data, order, state, shift, shift_stride, scale, scale_stride, binarization, noise, amount, clean, corrupted);
}

/** The same for data of floats. */
extern "C" __global__ void gather_floats(int rows, int columns, const float* __restrict__ data, const int* __restrict__ order,
                                         const StepState* __restrict__ state, const float* __restrict__ shift, int shift_stride,
                                         const float* __restrict__ scale, int scale_stride, int binarization, int noise, float amount,
                                         float* __restrict__ clean, float* __restrict__ corrupted) {
    gather<float, float4>(rows, columns, data, order, state, shift, shift_stride, scale, scale_stride, binarization, noise, amount, clean, corrupted);
}

/** target[r, c] = labels[order[row + r]] == c ? 1 : 0; one thread per element. */
extern "C" __global__ void gather_one_hot(int rows, int classes, const int* __restrict__ labels, const int* __restrict__ order,
                                          const StepState* __restrict__ state, float* __restrict__ target) {
    const int* const batch = order + state->row;
    GRID_STRIDE(i, rows * classes) {
        const int r = i / classes;
        target[i] = labels[batch[r]] == i - r * classes ? 1.0f : 0.0f;
    }
}

/** target = noise(source), n elements. */
extern "C" __global__ void corrupt(int n, int noise, float amount, const StepState* __restrict__ state, int stream,
                                   const float* __restrict__ source, float* __restrict__ target) {
    const int whole = quads(n, source, target);
    GRID_STRIDE(group, (n + 3) / 4) {
        float4 v;
        if (group < whole) {
            v = load4(source, group);
        } else {
            const int first = 4 * group;
            v = make_float4(source[first], first + 1 < n ? source[first + 1] : 0.0f, first + 2 < n ? source[first + 2] : 0.0f,
                            first + 3 < n ? source[first + 3] : 0.0f);
        }
        store_group(target, group, n, group < whole, corrupted4(noise, amount, v, state, static_cast<unsigned>(stream), group));
    }
}

__device__ __forceinline__ float sign_of(unsigned word) { return word >> 31 == 0u ? 1.0f : -1.0f; }

/** target[i] = +1 when the top bit of the element's word is 0, -1 otherwise. */
extern "C" __global__ void signs(const StepState* __restrict__ state, float* __restrict__ target, int n) {
    const int whole = quads(n, target);
    GRID_STRIDE(group, (n + 3) / 4) {
        const uint4 words = draw(state, STREAM_PROBES, group);
        store_group(target, group, n, group < whole, make_float4(sign_of(words.x), sign_of(words.y), sign_of(words.z), sign_of(words.w)));
    }
}
