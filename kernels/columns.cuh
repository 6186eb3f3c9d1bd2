// Sums down the columns of a matrix: the mapping of every gradient that all rows share.
//
// Blocks have 256 threads. A tile is 32 packs of columns, one per lane (Width 4 where rows are aligned and wide, else 1); a job is a tile and a
// range of rows (a chunk). The eight warps of a block take every eighth row of the chunk and are added in order, so the result depends on the
// number of chunks and on nothing else. With several chunks a second launch (sum_chunks) adds their sums in order: no float atomics.
#pragma once
#include "rows.cuh"

constexpr int TILE_WARPS = 8;

/** Whether columns are visited four at a time: narrow matrices use their lanes better one by one. */
__device__ __forceinline__ bool packs_columns(int columns) { return columns >= 128 && columns % 4 == 0; }

/** One warp's part in each job of this block: calls visit(Width<W>(), job, c, warp) once for each job, then done(Width<W>(), job, first column of the tile, result). */
template <int W, class Visit, class Done>
__device__ __forceinline__ void for_each_tile(int columns, long long chunks, Visit visit, Done done) {
    const int tiles = (columns + 32 * W - 1) / (32 * W), lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    for (long long job = blockIdx.x; job < tiles * chunks; job += gridDim.x) {
        const int first = static_cast<int>(job % tiles) * 32 * W, c = first + lane * W;
        Pack<W> sum = {};
        if (c < columns) sum = visit(Width<W>(), job / tiles, c, warp);
        done(Width<W>(), job / tiles, first, sum);
    }
}

/**
 * Adds what the eight warps found: sum(Width<W>(), chunk, c, warp) gives a Pack<W>, one warp's part of W columns from c on;
 * result(chunk, column, total) receives each total once.
 */
template <class Sum, class Result>
__device__ __forceinline__ void column_sums(int columns, long long chunks, bool packed, Sum sum, Result result) {
    const auto combine = [&](auto width, long long chunk, int first, auto part) {
        constexpr int W = decltype(width)::value;
        __shared__ float parts[TILE_WARPS][32 * W];
        const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
        __syncthreads();  // the job before may still be read
        for (int k = 0; k < W; k++) parts[warp][lane * W + k] = part.at[k];
        __syncthreads();
        const int t = static_cast<int>(threadIdx.x);
        if (t < 32 * W && first + t < columns) {
            float total = parts[0][t];
            for (int w = 1; w < TILE_WARPS; w++) total += parts[w][t];
            result(chunk, first + t, total);
        }
    };
    if (packed) {
        for_each_tile<4>(columns, chunks, sum, combine);
    } else {
        for_each_tile<1>(columns, chunks, sum, combine);
    }
}

/** First row of a chunk: rows split as evenly as they go. */
__device__ __forceinline__ long long chunk_begin(long long rows, long long chunk, long long chunks) { return rows * chunk / chunks; }

/** The usual result of a column sum: into the target when there is one chunk, else into the partial sums [chunks, columns]. */
__device__ __forceinline__ void store_column(float* target, float* partial, long long chunks, long long chunk, int columns, int column,
                                             float sum, bool accumulate) {
    if (chunks > 1) {
        partial[chunk * columns + column] = sum;
    } else {
        target[column] = accumulate ? target[column] + sum : sum;
    }
}
