package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.FloatMath;
import dev.hourglass.backend.cpu.ScalarLanes;

/** The scalar twin with the sums of {@link VectorLanes}, bit by bit: it serves while that is not compiled yet. */
final class PlainLanes extends ScalarLanes {
    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, int length) {
        int bound = SPECIES.loopBound(length);
        double sum = LaneSum.of(bound, i -> FloatMath.softplus(logits[logitsOffset + i]) - logits[logitsOffset + i] * x[xOffset + i]);
        return sum + super.bernoulli(logits, logitsOffset + bound, x, xOffset + bound, length - bound);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, float upstream, float[] gradient, int gradientOffset,
            boolean accumulate, int length) {
        double sum = bernoulli(logits, logitsOffset, x, xOffset, length);
        super.bernoulli(logits, logitsOffset, x, xOffset, upstream, gradient, gradientOffset, accumulate, length);
        return sum;
    }
}
