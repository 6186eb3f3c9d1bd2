// Matrix product for machines without cuBLAS: C = alpha op(A) op(B) + beta C, row-major, op(A) [m, k], op(B) [k, n], C [m, n].
//
// A block computes a TM x TN tile of C; its threads stand in a (TM / RM) x (TN / RN) grid, each with RM x RN sums in registers. K is walked in
// steps of 16: while a tile of A and one of B are multiplied out of shared memory, the next ones are already on their way into registers.
// Both operands look alike: an index along the outside (row of C for A, column of C for B) and one along K, contiguous along one of them, which
// is all that transposition changes. In shared memory both are stored [k][outside].
// Two tile sizes: 128 x 64 for large products, 32 x 32 where the large ones would leave most of the machine idle.
// The grid is (tiles of m, tiles of n times parts of K): with several parts, part p goes to partial[p, m, n] and gemm_sum adds them in order.
// Deterministic: the order of every sum is fixed by the shape and the grid.
#include "vector.cuh"

constexpr int KT = 16;

/** op(A) or op(B) seen from a tile. */
struct Operand {
    const float* data;
    int stride;           // floats from one row as stored to the next
    int outside;          // extent along rows or columns of C
    bool contiguous_k;    // neighbours in memory differ in k, otherwise along the outside
    bool vectorised;      // rows start at multiples of 16 bytes
};

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

/** Reads N (4 or 8) neighbours. */
template <int N>
__device__ __forceinline__ void read(const float* p, float (&to)[N]) {
    for (int i = 0; i < N / 4; i++) {
        const float4 v = load4(p, i);
        to[4 * i] = v.x;
        to[4 * i + 1] = v.y;
        to[4 * i + 2] = v.z;
        to[4 * i + 3] = v.w;
    }
}

template <int TM, int TN, int RM, int RN>
__device__ __forceinline__ void product(const Operand& a, const Operand& b, int tile_n, int k_begin, int k_end, float (&sum)[RM][RN],
                                        int row, int column) {
    constexpr int THREADS = (TM / RM) * (TN / RN), QUADS_A = TM * KT / 4 / THREADS, QUADS_B = TN * KT / 4 / THREADS;
    __shared__ __align__(16) float tile_a[KT * (TM + 4)];
    __shared__ __align__(16) float tile_b[KT * (TN + 4)];
    const int thread = static_cast<int>(threadIdx.x), first_m = static_cast<int>(blockIdx.x) * TM, first_n = tile_n * TN;
    float4 next_a[QUADS_A], next_b[QUADS_B];
    for (int i = 0; i < QUADS_A; i++) next_a[i] = load_quad<TM>(a, thread + i * THREADS, first_m, k_begin, k_end);
    for (int i = 0; i < QUADS_B; i++) next_b[i] = load_quad<TN>(b, thread + i * THREADS, first_n, k_begin, k_end);
    for (int k = k_begin; k < k_end; k += KT) {
        for (int i = 0; i < QUADS_A; i++) store_quad<TM>(tile_a, a, thread + i * THREADS, next_a[i]);
        for (int i = 0; i < QUADS_B; i++) store_quad<TN>(tile_b, b, thread + i * THREADS, next_b[i]);
        __syncthreads();
        if (k + KT < k_end) {
            for (int i = 0; i < QUADS_A; i++) next_a[i] = load_quad<TM>(a, thread + i * THREADS, first_m, k + KT, k_end);
            for (int i = 0; i < QUADS_B; i++) next_b[i] = load_quad<TN>(b, thread + i * THREADS, first_n, k + KT, k_end);
        }
        UNROLL(16)
        for (int d = 0; d < KT; d++) {
            float left[RM], right[RN];
            read(tile_a + d * (TM + 4) + row, left);
            read(tile_b + d * (TN + 4) + column, right);
            for (int i = 0; i < RM; i++)
                for (int j = 0; j < RN; j++) sum[i][j] += left[i] * right[j];
        }
        __syncthreads();
    }
}

/** c[j] = alpha sum[j] + beta c[j] for the first `count` of four neighbours; beta = 0 ignores c. */
__device__ __forceinline__ void store_sums(float* c, int count, bool by_four, float alpha, const float (&sum)[4], float beta) {
    if (by_four) {
        const float4 v = alpha * make_float4(sum[0], sum[1], sum[2], sum[3]);
        store4(c, 0, beta != 0.0f ? v + beta * load4(c, 0) : v);
    } else {
        for (int j = 0; j < 4; j++) {
            if (j < count) c[j] = alpha * sum[j] + (beta != 0.0f ? beta * c[j] : 0.0f);
        }
    }
}

template <int TM, int TN, int RM, int RN>
__device__ __forceinline__ void gemm(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* a, const float* b, float beta,
                                     float* c, float* partial, int k_part) {
    const int across = TN / RN, row = static_cast<int>(threadIdx.x) / across * RM, column = static_cast<int>(threadIdx.x) % across * RN;
    const int stride_a = transpose_a ? m : k, stride_b = transpose_b ? k : n;
    const Operand left = {a, stride_a, m, transpose_a == 0, quads(stride_a % 4 == 0 ? 4 : 0, a) != 0};
    const Operand right = {b, stride_b, n, transpose_b != 0, quads(stride_b % 4 == 0 ? 4 : 0, b) != 0};
    const int tiles_n = (n + TN - 1) / TN, tile_n = static_cast<int>(blockIdx.y) % tiles_n, part = static_cast<int>(blockIdx.y) / tiles_n;
    const int k_begin = part * k_part, k_end = min(k, k_begin + k_part);
    float sum[RM][RN] = {};
    product<TM, TN, RM, RN>(left, right, tile_n, k_begin, k_end, sum, row, column);

    const bool whole = k_part >= k;
    float* const to = whole ? c : partial + static_cast<long long>(part) * m * n;
    if (!whole) {
        alpha = 1.0f;
        beta = 0.0f;
    }
    const int first = tile_n * TN + column;
    const bool by_four = quads(n % 4 == 0 ? 4 : 0, to) != 0;
    for (int i = 0; i < RM; i++) {
        const int r = static_cast<int>(blockIdx.x) * TM + row + i;
        if (r < m && first < n) store_sums(to + static_cast<long long>(r) * n + first, min(4, n - first), by_four, alpha, sum[i], beta);
    }
}

/** Tile 128 x 64, 256 threads with 8 x 4 sums each; grid (m / 128, n / 64 times k / k_part), each rounded up; k_part is a multiple of 16 or all of k. */
extern "C" __global__ void __launch_bounds__(256)
gemm_large(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* __restrict__ a, const float* __restrict__ b, float beta,
           float* __restrict__ c, float* __restrict__ partial, int k_part) {
    gemm<128, 64, 8, 4>(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, c, partial, k_part);
}

/** Tile 32 x 32, 64 threads with 4 x 4 sums each. */
extern "C" __global__ void __launch_bounds__(64)
gemm_small(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* __restrict__ a, const float* __restrict__ b, float beta,
           float* __restrict__ c, float* __restrict__ partial, int k_part) {
    gemm<32, 32, 4, 4>(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, c, partial, k_part);
}

/** c[i] = alpha sum_p partial[p, i] + beta c[i], 0 <= i < n; beta = 0 ignores c. One thread per element. */
extern "C" __global__ void gemm_sum(int n, int parts, float alpha, const float* __restrict__ partial, float beta, float* __restrict__ c) {
    GRID_STRIDE(i, n) {
        float sum = 0.0f;
        for (int p = 0; p < parts; p++) sum += partial[static_cast<long long>(p) * n + i];
        c[i] = alpha * sum + (beta != 0.0f ? beta * c[i] : 0.0f);
    }
}
