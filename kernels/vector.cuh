// Four floats at a time: 16-byte loads and stores are what keeps enough bytes in flight to fill the memory bus.
#pragma once
#include "common.cuh"

/** How many groups of four of n floats may be moved as float4 at all these addresses: n / 4, or 0 when one is not 16-byte aligned; null is. */
template <typename... Pointer>
__device__ __forceinline__ int quads(int n, Pointer... pointers) {
    return ((reinterpret_cast<unsigned long long>(pointers) | ...) & 15ull) == 0ull ? n / 4 : 0;
}

/** Floats 4 i to 4 i + 3 of p. */
__device__ __forceinline__ float4 load4(const float* p, int i) { return reinterpret_cast<const float4*>(p)[i]; }
__device__ __forceinline__ void store4(float* p, int i, float4 value) { reinterpret_cast<float4*>(p)[i] = value; }

__device__ __forceinline__ float4 operator+(float4 a, float4 b) { return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w); }
__device__ __forceinline__ float4 operator*(float4 a, float4 b) { return make_float4(a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w); }
__device__ __forceinline__ float4 operator*(float a, float4 b) { return make_float4(a * b.x, a * b.y, a * b.z, a * b.w); }
