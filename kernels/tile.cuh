// A tile of a matrix product C = op(A) op(B), row-major, op(A) [m, k], op(B) [k, n]: what the kernels that multiply share.
//
// Both operands look alike: an index along the outside (row of C for A, column of C for B) and one along K, contiguous along one of them, which
// is all that transposition changes. In shared memory both are stored [k][outside].
//
// sliced_product is for products that are small: a training step's, where the time is the way of the operands from memory and not the arithmetic.
// Warps of a block share K: of eight, warp w takes the steps of 16 w, w + 8, w + 16, ..., each with a tile of its own in shared memory and no
// barrier but its own, so that eight loads are on their way at once. Then the eight sums are added in the order of the warps. Where K is short
// fewer warps share it and the block does several tiles. Deterministic: the order of every sum is fixed by the shape.
#pragma once
#include "vector.cuh"

constexpr int KT = 16;
constexpr int SLICED_COLUMNS = 32;

/** op(A) or op(B) seen from a tile. */
struct Operand {
    const float* data;
    int stride;           // floats from one row as stored to the next
    int outside;          // extent along rows or columns of C
    bool contiguous_k;    // neighbours in memory differ in k, otherwise along the outside
    bool vectorised;      // rows start at multiples of 16 bytes
};

/** A, stored [m, k], or [k, m] when transposed. */
__device__ __forceinline__ Operand left_operand(const float* a, bool transposed, int m, int k) {
    const int stride = transposed ? m : k;
    return {a, stride, m, !transposed, quads(stride % 4 == 0 ? 4 : 0, a) != 0};
}

/** B, stored [k, n], or [n, k] when transposed. */
__device__ __forceinline__ Operand right_operand(const float* b, bool transposed, int n, int k) {
    const int stride = transposed ? k : n;
    return {b, stride, n, transposed, quads(stride % 4 == 0 ? 4 : 0, b) != 0};
}

/** Quad q of the tile that starts at (outside, k): four neighbours in memory, zeros beyond the edges (outside limit, k_end). */
template <int OUTSIDE>
__device__ __forceinline__ float4 load_quad(const Operand& x, int q, int outside, int k, int k_end) {
    const int o = outside + (x.contiguous_k ? q / (KT / 4) : 4 * (q % (OUTSIDE / 4)));
    const int d = k + (x.contiguous_k ? 4 * (q % (KT / 4)) : q / (OUTSIDE / 4));
    const int row = x.contiguous_k ? o : d, column = x.contiguous_k ? d : o;
    const int rows = x.contiguous_k ? x.outside : k_end, columns = x.contiguous_k ? k_end : x.outside;
    const float* const p = x.data + static_cast<long long>(row) * x.stride + column;
    if (row >= rows) return make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (x.vectorised && column + 3 < columns) return load4(p, 0);
    return make_float4(column < columns ? p[0] : 0.0f, column + 1 < columns ? p[1] : 0.0f, column + 2 < columns ? p[2] : 0.0f,
                       column + 3 < columns ? p[3] : 0.0f);
}

/** Puts quad q at its place in shared memory [KT][OUTSIDE + 4]. */
template <int OUTSIDE>
__device__ __forceinline__ void store_quad(float* tile, const Operand& x, int q, float4 v) {
    constexpr int WIDTH = OUTSIDE + 4;  // the padding spreads a transposing store over the banks
    if (x.contiguous_k) {
        float* const p = tile + 4 * (q % (KT / 4)) * WIDTH + q / (KT / 4);
        p[0] = v.x;
        p[WIDTH] = v.y;
        p[2 * WIDTH] = v.z;
        p[3 * WIDTH] = v.w;
    } else {
        store4(tile + q / (OUTSIDE / 4) * WIDTH, q % (OUTSIDE / 4), v);
    }
}

__device__ __forceinline__ void add_products(float left, float4 right, float (&sum)[4]) {
    sum[0] += left * right.x;
    sum[1] += left * right.y;
    sum[2] += left * right.z;
    sum[3] += left * right.w;
}

/** Multiplies the tiles [KT][TM + 4] and [KT][TN + 4] in shared memory: sum[i][j] += sum_d a[d][row + i] b[d][column + j], unrolled by STEPS of d: more steps, more registers. */
template <int STEPS, int TM, int TN, int RM>
__device__ __forceinline__ void multiply(const float* tile_a, const float* tile_b, int row, int column, float (&sum)[RM][4]) {
    UNROLL(STEPS)
    for (int d = 0; d < KT; d++) {
        const float4 right = load4(tile_b + d * (TN + 4) + column, 0);
        for (int i = 0; i < RM; i += 4) {
            const float4 left = load4(tile_a + d * (TM + 4) + row + i, 0);
            add_products(left.x, right, sum[i]);
            add_products(left.y, right, sum[i + 1]);
            add_products(left.z, right, sum[i + 2]);
            add_products(left.w, right, sum[i + 3]);
        }
    }
}

/** Whether rows of n floats from p on can be moved four at a time. */
__device__ __forceinline__ bool by_four(int n, const float* p) { return quads(n % 4 == 0 ? 4 : 0, p) != 0; }

/** The first `count` of four neighbours, zeros for the others. */
__device__ __forceinline__ float4 load_some(const float* p, int count, bool vectorised) {
    if (vectorised) return load4(p, 0);
    return make_float4(p[0], count > 1 ? p[1] : 0.0f, count > 2 ? p[2] : 0.0f, count > 3 ? p[3] : 0.0f);
}

/** Stores the first `count` of four neighbours. */
__device__ __forceinline__ void store_some(float* p, int count, bool vectorised, float4 v) {
    if (vectorised) {
        store4(p, 0, v);
    } else {
        p[0] = v.x;
        if (count > 1) p[1] = v.y;
        if (count > 2) p[2] = v.z;
        if (count > 3) p[3] = v.w;
    }
}

/**
 * The quads lane, lane + 32, ... of the tile [KT][OUTSIDE] that starts at (outside, k), by one warp: as load_quad, with one address for all of them,
 * since they lie a fixed number of rows apart.
 */
template <int OUTSIDE, int N>
__device__ __forceinline__ void load_tile(const Operand& x, int lane, int outside, int k, int k_end, float4 (&to)[N]) {
    constexpr int ALONG_K = KT / 4, ALONG_OUTSIDE = OUTSIDE / 4;
    const int row = x.contiguous_k ? outside + lane / ALONG_K : k + lane / ALONG_OUTSIDE, rows = x.contiguous_k ? x.outside : k_end;
    const int column = x.contiguous_k ? k + 4 * (lane % ALONG_K) : outside + 4 * (lane % ALONG_OUTSIDE);
    const int count = (x.contiguous_k ? k_end : x.outside) - column, step = x.contiguous_k ? 32 / ALONG_K : 32 / ALONG_OUTSIDE;
    const bool four = x.vectorised && count >= 4;
    const float* const p = x.data + static_cast<long long>(row) * x.stride + column;
    for (int i = 0; i < N; i++) {
        to[i] = count > 0 && row + i * step < rows ? load_some(p + static_cast<long long>(i * step) * x.stride, count, four)
                                                   : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    }
}

/** Which operand's sums along K sliced_product gives as well. */
enum Summed { NEITHER, LEFT, RIGHT };

/** Floats of shared memory that a block of 256 threads needs for tiles of TM x 32. */
template <int TM>
constexpr int SLICED_FLOATS = 8 * KT * (TM + SLICED_COLUMNS + 8);

/**
 * The tile TM x 32 of C at (first_m, first_n), K from k_begin to k_end, TM 16 or 32, by SLICES warps that follow each other in a block of 256 threads,
 * which calls it as a whole: 8 / SLICES tiles at once. A tile outside of C is no tile.
 * result(row, column, four neighbours of C, how many of them exist) is called for every four of them by one thread; outside_sum(index, sum) for
 * sum_k of the operand `summed` at each index along its outside within the tile (TM 32 only).
 */
template <int TM, int SLICES, class Result, class OutsideSum>
__device__ __forceinline__ void sliced_product(float* memory, const Operand& a, const Operand& b, int first_m, int first_n, int k_begin, int k_end,
                                               Summed summed, Result result, OutsideSum outside_sum) {
    constexpr int TN = SLICED_COLUMNS, RM = TM / 4, QUADS_A = TM * KT / 4 / 32, QUADS_B = TN * KT / 4 / 32;
    constexpr int TILE_A = KT * (TM + 4), TILES = TILE_A + KT * (TN + 4);
    __shared__ float outside[8][TN];
    const int thread = static_cast<int>(threadIdx.x), lane = thread % 32, warp = thread / 32, slice = warp % SLICES, row = lane / 8 * RM, column = lane % 8 * 4;
    float* const tile_a = memory + warp * TILES;
    float* const tile_b = tile_a + TILE_A;
    const float* const to_sum = summed == LEFT ? tile_a : tile_b;
    float sum[RM][4] = {}, along_k = 0.0f;
    float4 next_a[QUADS_A], next_b[QUADS_B];
    int k = k_begin + slice * KT;
    load_tile<TM>(a, lane, first_m, k, k_end, next_a);
    load_tile<TN>(b, lane, first_n, k, k_end, next_b);
    while (k < k_end) {
        for (int i = 0; i < QUADS_A; i++) store_quad<TM>(tile_a, a, lane + i * 32, next_a[i]);
        for (int i = 0; i < QUADS_B; i++) store_quad<TN>(tile_b, b, lane + i * 32, next_b[i]);
        __syncwarp();
        k += SLICES * KT;
        if (k < k_end) {
            load_tile<TM>(a, lane, first_m, k, k_end, next_a);
            load_tile<TN>(b, lane, first_n, k, k_end, next_b);
        }
        multiply<TM == 16 ? 16 : 2, TM, TN>(tile_a, tile_b, row, column, sum);
        if (summed != NEITHER) {
            for (int d = 0; d < KT; d++) along_k += to_sum[d * (TN + 4) + lane];
        }
        __syncwarp();
    }

    __syncthreads();  // the tiles make room for the sums [warp][row][column]
    for (int i = 0; i < RM; i++) store4(memory + (warp * TM + row + i) * TN + column, 0, make_float4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]));
    outside[warp][lane] = along_k;
    __syncthreads();
    const int first = warp - slice;
    for (int q = thread - 32 * first; q < TM * TN / 4; q += 32 * SLICES) {
        const int r = q / (TN / 4), c = q % (TN / 4);
        float4 total = load4(memory + (first * TM + r) * TN, c);
        for (int s = 1; s < SLICES; s++) total = total + load4(memory + ((first + s) * TM + r) * TN, c);
        if (first_m + r < a.outside && first_n + 4 * c < b.outside) result(first_m + r, first_n + 4 * c, total, min(4, b.outside - first_n - 4 * c));
    }
    if (summed != NEITHER && slice == 0) {
        float total = outside[first][lane];
        for (int s = 1; s < SLICES; s++) total += outside[first + s][lane];
        const int index = (summed == LEFT ? first_m : first_n) + lane;
        if (index < (summed == LEFT ? a.outside : b.outside)) outside_sum(index, total);
    }
}
