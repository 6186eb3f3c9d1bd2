package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;

/** Where eps of the rows of z comes from: the seed of the state, or a key for each example when {@code keys} is there (see {@code Backend.sample}). */
record Draws(State state, int[] keys, int keysAt, int samples, int latent) {
    static Draws of(Buffer state, Buffer keys, int samples, int latent) {
        return new Draws(State.of(state), keys == null ? null : CpuBuffer.ints(keys), keys == null ? 0 : CpuBuffer.offset(keys), samples,
                latent);
    }

    /** Floats that {@link #rows} needs for so many rows: draws start at multiples of four elements. */
    int room(int rows) {
        return rows * latent + 3;
    }

    /**
     * Draws eps of rows {@code [from, to)}, one row after another.
     *
     * @param memory Modified from {@code offset} on, {@link #room} floats at most
     * @return index in {@code memory} of the first
     */
    int rows(Lanes lanes, int from, int to, float[] memory, int offset) {
        if (keys == null) {
            return state.normals(lanes, RandomStream.SAMPLING, from * latent, (to - from) * latent, memory, offset);
        }
        int at = offset;
        for (int r = from; r < to;) {
            int example = r / samples;
            int end = Math.min(to, (example + 1) * samples);
            int first = r % samples * latent;
            int length = (first & 3) + (end - r) * latent; // every example but the first of these begins at its element 0
            lanes.normals(key(example), state.integer(StepState.STEP), RandomStream.SAMPLING.ordinal(), first & ~3, memory, at, length);
            at += length;
            r = end;
        }
        return offset + (from % samples * latent & 3);
    }

    private long key(int example) {
        return (keys[keysAt + 2 * example] & 0xFFFFFFFFL) | (long) keys[keysAt + 2 * example + 1] << 32;
    }
}
