// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) with our own float32 normals.
//
// Bit-equal to dev.hourglass.backend.Philox on the CPU: every float operation is a single rounded multiply, add or square root in the
// written order, hence __fmul_rn and __fadd_rn, which the compiler may not contract to FMA. The counter is
// (element / 4, step, stream, 0), the key is the seed: no state to keep, any element can be drawn in any order by any thread.
#pragma once
#include "common.cuh"

/** The four random words of one counter under one key. */
__device__ __forceinline__ uint4 philox(unsigned seed_lo, unsigned seed_hi, unsigned c0, unsigned c1, unsigned c2, unsigned c3 = 0u) {
    for (int round = 0; round < 10; round++) {
        const unsigned hi0 = __umulhi(0xD2511F53u, c0), lo0 = 0xD2511F53u * c0;
        const unsigned hi1 = __umulhi(0xCD9E8D57u, c2), lo1 = 0xCD9E8D57u * c2;
        c0 = hi1 ^ c1 ^ seed_lo;
        c1 = lo1;
        c2 = hi0 ^ c3 ^ seed_hi;
        c3 = lo0;
        seed_lo += 0x9E3779B9u;
        seed_hi += 0xBB67AE85u;
    }
    return make_uint4(c0, c1, c2, c3);
}

/** ((bits + 0.5) * 2^-23 for 23 bits: in the open interval (0, 1), exact in float. */
__device__ __forceinline__ float unit_interval(unsigned bits) {
    return __fmul_rn(__fadd_rn(static_cast<float>(bits), 0.5f), 1.1920928955078125e-7f);
}

/** A uniform number in (0, 1) from one random word. */
__device__ __forceinline__ float uniform(unsigned word) { return unit_interval(word >> 9); }

/** Four uniform numbers in (0, 1). */
__device__ __forceinline__ float4 uniform4(uint4 words) {
    return make_float4(uniform(words.x), uniform(words.y), uniform(words.z), uniform(words.w));
}

/** y * x + k with two roundings. */
__device__ __forceinline__ float multiply_add(float y, float x, float k) { return __fadd_rn(__fmul_rn(y, x), k); }

/** Natural logarithm of u in (0, 1): the Cephes polynomial in a fixed order. */
__device__ __forceinline__ float fixed_log(float u) {
    const unsigned bits = __float_as_uint(u);
    int exponent = static_cast<int>(bits >> 23) - 126;
    const float mantissa = __uint_as_float((bits & 0x007FFFFFu) | 0x3F000000u);  // in [0.5, 1)
    float x = __fsub_rn(mantissa, 1.0f);
    if (mantissa < 0.70710678f) {
        exponent--;
        x = __fsub_rn(__fadd_rn(mantissa, mantissa), 1.0f);
    }
    const float z = __fmul_rn(x, x), e = static_cast<float>(exponent);
    float y = 7.0376836292E-2f;
    y = multiply_add(y, x, -1.1514610310E-1f);
    y = multiply_add(y, x, 1.1676998740E-1f);
    y = multiply_add(y, x, -1.2420140846E-1f);
    y = multiply_add(y, x, 1.4249322787E-1f);
    y = multiply_add(y, x, -1.6668057665E-1f);
    y = multiply_add(y, x, 2.0000714765E-1f);
    y = multiply_add(y, x, -2.4999993993E-1f);
    y = multiply_add(y, x, 3.3333331174E-1f);
    y = __fmul_rn(__fmul_rn(y, x), z);
    y = __fadd_rn(y, __fmul_rn(e, -2.12194440e-4f));
    y = __fsub_rn(y, __fmul_rn(0.5f, z));
    return __fadd_rn(__fadd_rn(x, y), __fmul_rn(e, 0.693359375f));
}

/** Two independent standard normals by Box and Muller: the radius from word a, the angle from word b. */
__device__ __forceinline__ float2 normal2(unsigned a, unsigned b) {
    const float radius = __fsqrt_rn(__fmul_rn(-2.0f, fixed_log(uniform(a))));
    const unsigned quadrant = b >> 30;
    const float t = unit_interval((b >> 7) & 0x7FFFFFu);
    const bool swapped = t > 0.5f;  // keeps the polynomials within an eighth of a turn
    const float angle = __fmul_rn(swapped ? __fsub_rn(1.0f, t) : t, 1.5707964f);
    const float z = __fmul_rn(angle, angle);
    float s = multiply_add(-1.9515295891E-4f, z, 8.3321608736E-3f);
    s = multiply_add(s, z, -1.6666654611E-1f);
    s = multiply_add(__fmul_rn(s, z), angle, angle);
    float c = multiply_add(2.443315711809948E-5f, z, -1.388731625493765E-3f);
    c = multiply_add(c, z, 4.166664568298827E-2f);
    c = __fmul_rn(__fmul_rn(c, z), z);
    c = __fadd_rn(__fsub_rn(c, __fmul_rn(0.5f, z)), 1.0f);
    const float cosine = swapped ? s : c, sine = swapped ? c : s;
    const bool crossed = (quadrant & 1u) != 0u;
    float first = crossed ? -sine : cosine, second = crossed ? cosine : sine;
    if (quadrant >= 2u) {
        first = -first;
        second = -second;
    }
    return make_float2(__fmul_rn(radius, first), __fmul_rn(radius, second));
}

/** Four independent standard normals. */
__device__ __forceinline__ float4 normal4(uint4 words) {
    const float2 low = normal2(words.x, words.y), high = normal2(words.z, words.w);
    return make_float4(low.x, low.y, high.x, high.y);
}

/** Component 0 to 3 of four numbers: the draw of an element is component(normal4(philox(.., element / 4, ..)), element % 4). */
__device__ __forceinline__ float component(float4 four, int index) {
    return index == 0 ? four.x : index == 1 ? four.y : index == 2 ? four.z : four.w;
}
