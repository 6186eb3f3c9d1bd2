// Sums over a whole grid in one launch and in a fixed order.
//
// Every block stores its partial result in scratch memory; the block that happens to finish last adds all of them in the order of their
// index. Which block that is changes from run to run, the order of the additions does not: the same bits every time.
#pragma once
#include "common.cuh"

/**
 * True, in all its threads, for the one block that finishes last of the `blocks` that share this counter; what every block wrote before is
 * then visible to volatile loads. All threads call it once. The counter is 0 before the launch and again afterwards, ready for a replay.
 */
__device__ __forceinline__ bool finishes_last(unsigned* counter, unsigned blocks) {
    __shared__ unsigned finished;
    __threadfence();
    __syncthreads();
    if (thread_in_block() == 0) {
        finished = atomicAdd(counter, 1u) + 1u;
        if (finished == blocks) *counter = 0u;
    }
    __syncthreads();
    __threadfence();
    return finished == blocks;
}
