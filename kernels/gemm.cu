// Matrix product for machines without cuBLAS: C = alpha op(A) op(B) + beta C, row-major, op(A) [m, k], op(B) [k, n], C [m, n].
//
// gemm_large: a block computes 128 x 64 of C; its threads stand in a 16 x 16 grid, each with 8 x 4 sums in registers. K is walked in steps of 16:
// while a tile of A and one of B are multiplied out of shared memory, the next ones are already on their way into registers.
// gemm_small: 32 x 32 of C by sliced_product of tile.cuh, where the large tile would leave most of the machine idle.
// The grid is (tiles of m, tiles of n times parts of K): with several parts, part p goes to partial[p, m, n] and gemm_sum adds them in order.
// Deterministic: the order of every sum is fixed by the shape and the grid.
#include "tile.cuh"

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
        multiply<16, TM, TN>(tile_a, tile_b, row, column, sum);
        __syncthreads();
    }
}

/** c[j] = alpha sum[j] + beta c[j] for the first `count` of four neighbours; beta = 0 ignores c. */
__device__ __forceinline__ void store_sums(float* c, int count, bool vectorised, float alpha, float4 sum, float beta) {
    const bool four = vectorised && count == 4;
    store_some(c, count, four, beta != 0.0f ? alpha * sum + beta * load_some(c, count, four) : alpha * sum);
}

/** Where the sums of a block go: C, or with several parts of K the scratch memory of this part. */
struct Result {
    float* to;
    float alpha, beta;
    bool vectorised;
};

__device__ __forceinline__ Result result_of(int m, int n, int k, float alpha, float beta, float* c, float* partial, int k_part, int part) {
    if (k_part >= k) return {c, alpha, beta, by_four(n, c)};
    float* const to = partial + static_cast<long long>(part) * m * n;
    return {to, 1.0f, 0.0f, by_four(n, to)};
}

/** Tile 128 x 64, 256 threads with 8 x 4 sums each; grid (m / 128, n / 64 times k / k_part), each rounded up; k_part is a multiple of 16 or all of k. */
extern "C" __global__ void __launch_bounds__(256)
gemm_large(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* __restrict__ a, const float* __restrict__ b, float beta,
           float* __restrict__ c, float* __restrict__ partial, int k_part) {
    constexpr int TM = 128, TN = 64, RM = 8, RN = 4, ACROSS = TN / RN;
    const int row = static_cast<int>(threadIdx.x) / ACROSS * RM, column = static_cast<int>(threadIdx.x) % ACROSS * RN;
    const int tiles_n = (n + TN - 1) / TN, tile_n = static_cast<int>(blockIdx.y) % tiles_n, part = static_cast<int>(blockIdx.y) / tiles_n;
    const int k_begin = part * k_part, k_end = min(k, k_begin + k_part);
    float sum[RM][RN] = {};
    product<TM, TN, RM, RN>(left_operand(a, transpose_a != 0, m, k), right_operand(b, transpose_b != 0, n, k), tile_n, k_begin, k_end, sum, row, column);
    const Result result = result_of(m, n, k, alpha, beta, c, partial, k_part, part);
    const int first = tile_n * TN + column;
    for (int i = 0; i < RM; i++) {
        const int r = static_cast<int>(blockIdx.x) * TM + row + i;
        if (r < m && first < n) {
            store_sums(result.to + static_cast<long long>(r) * n + first, min(4, n - first), result.vectorised, result.alpha,
                       make_float4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]), result.beta);
        }
    }
}

/** Tile 32 x 32, 256 threads; grid (m / 32, n / 32 times k / k_part), each rounded up; k_part is a multiple of 16 or all of k. */
extern "C" __global__ void __launch_bounds__(256, 2)
gemm_small(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* __restrict__ a, const float* __restrict__ b, float beta,
           float* __restrict__ c, float* __restrict__ partial, int k_part) {
    const int tiles_n = (n + SLICED_COLUMNS - 1) / SLICED_COLUMNS, tile_n = static_cast<int>(blockIdx.y) % tiles_n;
    const int part = static_cast<int>(blockIdx.y) / tiles_n, k_begin = part * k_part;
    const Result result = result_of(m, n, k, alpha, beta, c, partial, k_part, part);
    __shared__ __align__(16) float memory[SLICED_FLOATS<32>];
    sliced_product<32, 8>(
        memory, left_operand(a, transpose_a != 0, m, k), right_operand(b, transpose_b != 0, n, k), static_cast<int>(blockIdx.x) * 32, tile_n * SLICED_COLUMNS,
        k_begin, min(k, k_begin + k_part), NEITHER,
        [&](int row, int column, float4 sum, int count) {
            store_sums(result.to + static_cast<long long>(row) * n + column, count, result.vectorised, result.alpha, sum, result.beta);
        },
        [](int, float) {});
}

/** c[i] = alpha sum_p partial[p, i] + beta c[i], 0 <= i < n; beta = 0 ignores c. One thread per element. */
extern "C" __global__ void gemm_sum(int n, int parts, float alpha, const float* __restrict__ partial, float beta, float* __restrict__ c) {
    GRID_STRIDE(i, n) {
        float sum = 0.0f;
        for (int p = 0; p < parts; p++) sum += partial[static_cast<long long>(p) * n + i];
        c[i] = alpha * sum + (beta != 0.0f ? beta * c[i] : 0.0f);
    }
}
