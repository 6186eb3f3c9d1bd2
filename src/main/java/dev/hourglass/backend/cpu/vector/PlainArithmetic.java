package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.ScalarArithmetic;

/** The scalar twin with the sums of {@link VectorArithmetic}, bit by bit: it serves while that is not compiled yet. */
final class PlainArithmetic extends ScalarArithmetic {
    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        int bound = SPECIES.loopBound(length);
        double sum = LaneSum.of(bound, i -> a[aOffset + i] * b[bOffset + i]);
        return sum + super.dot(a, aOffset + bound, b, bOffset + bound, length - bound);
    }

    @Override
    public double squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
        int bound = SPECIES.loopBound(length);
        double sum = LaneSum.of(bound, i -> square(a[aOffset + i] - b[bOffset + i]));
        return sum + super.squaredDistance(a, aOffset + bound, b, bOffset + bound, length - bound);
    }

    private static float square(float x) {
        return x * x;
    }
}
