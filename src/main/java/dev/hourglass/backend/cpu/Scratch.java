package dev.hourglass.backend.cpu;

/** Memory that each worker keeps for itself between loops; grows to the largest piece ever asked for. Contents are undefined. */
final class Scratch {
    private final float[][] arrays;

    Scratch(int workers) {
        arrays = new float[workers][0];
    }

    /** At least {@code length} floats of that worker, until it asks again. */
    float[] of(int worker, int length) {
        if (arrays[worker].length < length) {
            arrays[worker] = new float[length + length / 4];
        }
        return arrays[worker];
    }
}
