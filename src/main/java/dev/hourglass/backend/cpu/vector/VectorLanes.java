package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.Lanes;
import dev.hourglass.backend.cpu.ScalarLanes;

/**
 * {@link Lanes} on vectors, block by block so that what stands between two steps of a function stays in the first cache; what is left over at the end
 * of a range goes to the scalar twin, whose elements have the same bits.
 */
final class VectorLanes implements Lanes {
    private static final int LANES = SPECIES.length();
    /** Elements of a block; sums of blocks move on to a double. */
    static final int BLOCK = VectorArithmetic.VECTORS_PER_SUM * LANES;

    private final ScalarLanes ends = new ScalarLanes();
    private final VectorArithmetic arithmetic = new VectorArithmetic();

    @Override
    public void exp(float scale, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = SPECIES.loopBound(length);
        VectorExponential.exp(scale, x, xOffset, y, yOffset, bound);
        ends.exp(scale, x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void activate(Activation activation, float[] a, int aOffset, float[] y, int yOffset, int length) {
        float[] e = new float[BLOCK];
        int bound = SPECIES.loopBound(length);
        for (int i = 0; i < bound; i += BLOCK) {
            VectorActivations.apply(activation, a, aOffset + i, y, yOffset + i, Math.min(BLOCK, bound - i), e);
        }
        ends.activate(activation, a, aOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void slope(Activation activation, float[] saved, int savedOffset, float[] slope, int slopeOffset, int length) {
        float[] e = new float[BLOCK];
        float[] d = new float[BLOCK];
        int bound = SPECIES.loopBound(length);
        for (int i = 0; i < bound; i += BLOCK) {
            VectorDerivatives.slope(activation, saved, savedOffset + i, slope, slopeOffset + i, Math.min(BLOCK, bound - i), e, d);
        }
        ends.slope(activation, saved, savedOffset + bound, slope, slopeOffset + bound, length - bound);
    }

    @Override
    public void curvature(Activation activation, float[] saved, int savedOffset, float[] curvature, int curvatureOffset, int length) {
        float[] e = new float[BLOCK];
        int bound = SPECIES.loopBound(length);
        for (int i = 0; i < bound; i += BLOCK) {
            VectorDerivatives.curvature(activation, saved, savedOffset + i, curvature, curvatureOffset + i, Math.min(BLOCK, bound - i), e);
        }
        ends.curvature(activation, saved, savedOffset + bound, curvature, curvatureOffset + bound, length - bound);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, int length) {
        float[] e = new float[BLOCK];
        float[] lanes = new float[LANES];
        int bound = SPECIES.loopBound(length);
        double sum = 0;
        for (int i = 0; i < bound; i += BLOCK) {
            int block = Math.min(BLOCK, bound - i);
            VectorExponential.decay(logits, logitsOffset + i, e, 0, block);
            VectorLogistic.softplus(logits, logitsOffset + i, e, e, 0, block);
            sum += VectorLogistic.bernoulli(logits, logitsOffset + i, x, xOffset + i, e, lanes, block);
        }
        return sum + ends.bernoulli(logits, logitsOffset + bound, x, xOffset + bound, length - bound);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, float upstream, float[] gradient, int gradientOffset,
                            boolean accumulate, int length) {
        float[] e = new float[BLOCK];
        float[] sigmoid = new float[BLOCK];
        float[] lanes = new float[LANES];
        int bound = SPECIES.loopBound(length);
        double sum = 0;
        for (int i = 0; i < bound; i += BLOCK) {
            int block = Math.min(BLOCK, bound - i);
            VectorExponential.decay(logits, logitsOffset + i, e, 0, block);
            VectorLogistic.sigmoid(logits, logitsOffset + i, e, sigmoid, 0, block);
            arithmetic.difference(upstream, sigmoid, 0, x, xOffset + i, gradient, gradientOffset + i, accumulate, block);
            VectorLogistic.softplus(logits, logitsOffset + i, e, e, 0, block);
            sum += VectorLogistic.bernoulli(logits, logitsOffset + i, x, xOffset + i, e, lanes, block);
        }
        return sum + ends.bernoulli(logits, logitsOffset + bound, x, xOffset + bound, upstream, gradient, gradientOffset + bound, accumulate,
                length - bound);
    }

    @Override
    public void uniforms(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        int bound = VectorRandom.uniforms(seed, step, stream, first, target, offset, length);
        ends.uniforms(seed, step, stream, first + bound, target, offset + bound, length - bound);
    }

    @Override
    public void normals(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        int bound = VectorRandom.normals(seed, step, stream, first, target, offset, length);
        ends.normals(seed, step, stream, first + bound, target, offset + bound, length - bound);
    }
}
