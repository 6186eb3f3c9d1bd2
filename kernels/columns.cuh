// Sums that many blocks share: down the columns of a matrix (every gradient that all rows share), or over a whole grid.
//
// Blocks have 256 threads. A tile is 32 packs of columns, one per lane (Width 4 where rows are aligned and wide, else 1); a job is a tile and a
// range of rows (a chunk). The eight warps of a block take every eighth row of the chunk and are added in order. With several chunks the block
// that finishes last adds the sums of a tile, in the order of the chunks, so the result depends on their number and on nothing else.
#pragma once
#include "reduce.cuh"
#include "rows.cuh"

constexpr int TILE_WARPS = 8;

/** Whether columns are visited four at a time: narrow matrices use their lanes better one by one. */
__device__ __forceinline__ bool packs_columns(int columns) { return columns >= 128 && columns % 4 == 0; }

/** First row of a chunk: rows split as evenly as they go. */
__device__ __forceinline__ long long chunk_begin(long long rows, long long chunk, long long chunks) { return rows * chunk / chunks; }

/**
 * The jobs of this block. visit(Width<W>(), chunk, c, warp) returns one warp's Pack<W> for columns c on, done(Width<W>(), chunk, first column of
 * the tile, pack) takes it; every thread calls done, with zeros in lanes past the last column.
 */
template <int W, class Visit, class Done>
__device__ __forceinline__ void for_each_tile(int columns, long long chunks, Visit visit, Done done) {
    const int tiles = (columns + 32 * W - 1) / (32 * W), lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    for (long long job = blockIdx.x; job < tiles * chunks; job += gridDim.x) {
        const int first = static_cast<int>(job % tiles) * 32 * W, c = first + lane * W;
        Pack<W> pack = {};
        if (c < columns) pack = visit(Width<W>(), job / tiles, c, warp);
        done(Width<W>(), job / tiles, first, pack);
    }
}

/** The same with the width chosen at run time. */
template <class Visit, class Done>
__device__ __forceinline__ void for_each_tile(int columns, long long chunks, bool packed, Visit visit, Done done) {
    if (packed) {
        for_each_tile<4>(columns, chunks, visit, done);
    } else {
        for_each_tile<1>(columns, chunks, visit, done);
    }
}

/** The total of this thread's column of the tile over the eight warps, in their order; threads past the tile's 32 W columns get 0. */
template <int W>
__device__ __forceinline__ float add_warps(Pack<W> part) {
    __shared__ float parts[TILE_WARPS][32 * W];
    const int thread = static_cast<int>(threadIdx.x), lane = thread % 32, warp = thread / 32;
    __syncthreads();  // the job before may still be read
    for (int k = 0; k < W; k++) parts[warp][lane * W + k] = part.at[k];
    __syncthreads();
    if (thread >= 32 * W) return 0.0f;
    float total = parts[0][thread];
    for (int w = 1; w < TILE_WARPS; w++) total += parts[w][thread];
    return total;
}

/** Sums of each chunk by itself: part(Width<W>(), chunk, c, warp) is one warp's share, result(chunk, column, total) gets each total once. */
template <class Part, class Result>
__device__ __forceinline__ void chunk_sums(int columns, long long chunks, bool packed, Part part, Result result) {
    for_each_tile(columns, chunks, packed, part, [&](auto width, long long chunk, int first, auto pack) {
        const float total = add_warps(pack);
        const int t = static_cast<int>(threadIdx.x);
        if (t < 32 * decltype(width)::value && first + t < columns) result(chunk, first + t, total);
    });
}

/**
 * Sums over all rows: part as in chunk_sums, result(column, total). With several chunks partial has room for [chunks, columns] and counters for
 * one per 32 columns, zero before and after.
 */
template <class Part, class Result>
__device__ __forceinline__ void column_sums(int columns, int chunks, bool packed, float* partial, unsigned* counters, Part part, Result result) {
    for_each_tile(columns, chunks, packed, part, [&](auto width, long long chunk, int first, auto pack) {
        float total = add_warps(pack);
        const int tile = 32 * decltype(width)::value, c = first + static_cast<int>(threadIdx.x);
        const bool mine = static_cast<int>(threadIdx.x) < tile && c < columns;
        if (chunks > 1) {
            if (mine) partial[chunk * columns + c] = total;
            if (!finishes_last(counters + first / tile, static_cast<unsigned>(chunks))) return;
            total = 0.0f;
            for (int k = 0; mine && k < chunks; k++) {
                total += static_cast<volatile const float*>(partial)[static_cast<long long>(k) * columns + c];
            }
        }
        if (mine) result(c, total);
    });
}

/** Sum over the whole grid: every thread brings a part, result(total) is called by one thread. partial [grid] floats, counter zero before and after. */
template <class Result>
__device__ __forceinline__ void grid_sum(float part, float* partial, unsigned* counter, Result result) {
    part = block_reduce_sum(part);
    if (threadIdx.x == 0) partial[blockIdx.x] = part;
    if (!finishes_last(counter, gridDim.x)) return;
    part = 0.0f;
    for (unsigned k = threadIdx.x; k < gridDim.x; k += blockDim.x) part += static_cast<volatile const float*>(partial)[k];
    part = block_reduce_sum(part);
    if (threadIdx.x == 0) result(part);
}
