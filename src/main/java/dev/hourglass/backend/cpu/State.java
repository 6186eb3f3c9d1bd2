package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;

/** The words of a step state ({@link StepState}) where they lie, and the random numbers they stand for. */
record State(int[] words, int offset) {
    static State of(Buffer buffer) {
        return new State(CpuBuffer.ints(buffer), CpuBuffer.offset(buffer));
    }

    int integer(int word) {
        return words[offset + word];
    }

    float real(int word) {
        return Float.intBitsToFloat(integer(word));
    }

    void set(int word, int value) {
        words[offset + word] = value;
    }

    void set(int word, float value) {
        set(word, Float.floatToRawIntBits(value));
    }

    long seed() {
        return (integer(StepState.SEED_LOW) & 0xFFFFFFFFL) | (long) integer(StepState.SEED_HIGH) << 32;
    }

    /**
     * Uniforms of elements {@code [first, first + length)}; draws start at multiples of four, so they begin inside {@code target}.
     *
     * @param target at least {@code length + 3} floats; Modified
     * @return index in {@code target} of element {@code first}
     */
    int uniforms(Lanes lanes, RandomStream stream, int first, int length, float[] target) {
        int skip = first & 3;
        lanes.uniforms(seed(), integer(StepState.STEP), stream.ordinal(), first - skip, target, 0, length + skip);
        return skip;
    }

    /** The same for normals. */
    int normals(Lanes lanes, RandomStream stream, int first, int length, float[] target, int offset) {
        int skip = first & 3;
        lanes.normals(seed(), integer(StepState.STEP), stream.ordinal(), first - skip, target, offset, length + skip);
        return offset + skip;
    }
}
