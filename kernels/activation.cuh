// Activations y = f(a) and their first two derivatives, for every kernel that needs them. The numbers are the ordinals of
// dev.hourglass.backend.Activation. Derivatives are functions of the value the layer saved: the output y where that suffices, the input a for
// GELU and SILU. Use the templates where the kind is known when the kernel is compiled and the functions of `kind` where a launch chooses:
// every thread of a launch takes the same branch, so that costs a few instructions next to the memory traffic.
#pragma once
#include "common.cuh"

constexpr int IDENTITY = 0, RELU = 1, LEAKY_RELU = 2, ELU = 3, GELU = 4, SILU = 5, SOFTPLUS = 6, SIGMOID = 7, TANH = 8;

/** Slope of LEAKY_RELU below zero. */
constexpr float LEAK = 0.01f;

/** 1 / (1 + e^-a); a below -88 gives 0. */
__device__ __forceinline__ float sigmoid(float a) { return 1.0f / (1.0f + expf(-a)); }

/** Phi(a), the distribution function of the standard normal; erfc keeps the digits of the lower tail. */
__device__ __forceinline__ float normal_distribution(float a) { return 0.5f * erfcf(-0.70710678f * a); }

/** phi(a), the density of the standard normal. */
__device__ __forceinline__ float normal_density(float a) { return 0.39894228f * expf(-0.5f * a * a); }

/** y = f(a). */
template <int A>
__device__ __forceinline__ float activate(float a) {
    if (A == RELU) return a <= 0.0f ? 0.0f : a;  // written so that NaN stays NaN
    if (A == LEAKY_RELU) return a > 0.0f ? a : LEAK * a;
    if (A == ELU) return a > 0.0f ? a : expm1f(a);
    if (A == GELU) return a * normal_distribution(a);
    if (A == SILU) return a * sigmoid(a);
    if (A == SOFTPLUS) return fmaxf(a, 0.0f) + log1pf(expf(-fabsf(a)));
    if (A == SIGMOID) return sigmoid(a);
    if (A == TANH) return tanhf(a);
    return a;
}

/** f'(a) from the saved value v: a for GELU and SILU, y = f(a) otherwise. */
template <int A>
__device__ __forceinline__ float derivative(float v) {
    if (A == RELU) return v > 0.0f ? 1.0f : 0.0f;
    if (A == LEAKY_RELU) return v > 0.0f ? 1.0f : LEAK;
    if (A == ELU) return v > 0.0f ? 1.0f : v + 1.0f;
    if (A == GELU) return normal_distribution(v) + v * normal_density(v);
    if (A == SILU) {
        const float s = sigmoid(v);
        return s * (1.0f + v * (1.0f - s));
    }
    if (A == SOFTPLUS) return -expm1f(-v);  // sigmoid(a) = 1 - e^-y
    if (A == SIGMOID) return v * (1.0f - v);
    if (A == TANH) return 1.0f - v * v;
    return 1.0f;
}

/** f''(a) from the saved value v, as in derivative. */
template <int A>
__device__ __forceinline__ float second_derivative(float v) {
    if (A == ELU) return v > 0.0f ? 0.0f : v + 1.0f;
    if (A == GELU) return normal_density(v) * (2.0f - v * v);
    if (A == SILU) {
        const float s = sigmoid(v);
        return s * (1.0f - s) * (2.0f + v * (1.0f - 2.0f * s));
    }
    if (A == SOFTPLUS) return -expm1f(-v) * expf(-v);  // s (1 - s), s = sigmoid(a)
    if (A == SIGMOID) return v * (1.0f - v) * (1.0f - 2.0f * v);
    if (A == TANH) return -2.0f * v * (1.0f - v * v);
    return 0.0f;
}

/** Four at a time. */
template <int A>
__device__ __forceinline__ float4 activate(float4 a) {
    return make_float4(activate<A>(a.x), activate<A>(a.y), activate<A>(a.z), activate<A>(a.w));
}
template <int A>
__device__ __forceinline__ float4 derivative(float4 v) {
    return make_float4(derivative<A>(v.x), derivative<A>(v.y), derivative<A>(v.z), derivative<A>(v.w));
}

// The same with the kind chosen at launch.
#define SWITCH_ACTIVATION(function, kind, value)                 \
    switch (kind) {                                              \
        case RELU: return function<RELU>(value);                 \
        case LEAKY_RELU: return function<LEAKY_RELU>(value);     \
        case ELU: return function<ELU>(value);                   \
        case GELU: return function<GELU>(value);                 \
        case SILU: return function<SILU>(value);                 \
        case SOFTPLUS: return function<SOFTPLUS>(value);         \
        case SIGMOID: return function<SIGMOID>(value);           \
        case TANH: return function<TANH>(value);                 \
        default: return function<IDENTITY>(value);               \
    }
__device__ __forceinline__ float activate(int kind, float a) { SWITCH_ACTIVATION(activate, kind, a) }
__device__ __forceinline__ float4 activate(int kind, float4 a) { SWITCH_ACTIVATION(activate, kind, a) }
__device__ __forceinline__ float derivative(int kind, float saved) { SWITCH_ACTIVATION(derivative, kind, saved) }
__device__ __forceinline__ float4 derivative(int kind, float4 saved) { SWITCH_ACTIVATION(derivative, kind, saved) }
__device__ __forceinline__ float second_derivative(int kind, float saved) { SWITCH_ACTIVATION(second_derivative, kind, saved) }
#undef SWITCH_ACTIVATION
