package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.Lanes;
import dev.hourglass.backend.cpu.ScalarLanes;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Lanes} on vectors; what is left over at the end of a range goes to the scalar twin, whose elements have the same bits. Sums add at most
 * {@value #VECTORS_PER_SUM} floats in each lane before they move on to a double.
 */
final class VectorLanes implements Lanes {
    private static final int LANES = SPECIES.length();
    private static final int VECTORS_PER_SUM = 16;

    private final ScalarLanes ends = new ScalarLanes();

    @Override
    public void exp(float scale, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = SPECIES.loopBound(length);
        for (int i = 0; i < bound; i += LANES) {
            VectorMath.exp(FloatVector.fromArray(SPECIES, x, xOffset + i).mul(scale)).intoArray(y, yOffset + i);
        }
        ends.exp(scale, x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void activate(Activation activation, float[] a, int aOffset, float[] y, int yOffset, int length) {
        int bound = SPECIES.loopBound(length);
        VectorActivations.apply(activation, a, aOffset, y, yOffset, bound);
        ends.activate(activation, a, aOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void slope(Activation activation, float[] saved, int savedOffset, float[] slope, int slopeOffset, int length) {
        int bound = SPECIES.loopBound(length);
        VectorSlopes.apply(activation, saved, savedOffset, slope, slopeOffset, bound);
        ends.slope(activation, saved, savedOffset + bound, slope, slopeOffset + bound, length - bound);
    }

    @Override
    public void curvature(Activation activation, float[] saved, int savedOffset, float[] curvature, int curvatureOffset, int length) {
        int bound = SPECIES.loopBound(length);
        VectorCurvatures.apply(activation, saved, savedOffset, curvature, curvatureOffset, bound);
        ends.curvature(activation, saved, savedOffset + bound, curvature, curvatureOffset + bound, length - bound);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, int length) {
        float[] lanes = new float[LANES];
        int bound = SPECIES.loopBound(length);
        double sum = 0;
        for (int i = 0; i < bound;) {
            int end = Math.min(bound, i + VECTORS_PER_SUM * LANES);
            FloatVector part = FloatVector.zero(SPECIES);
            for (; i < end; i += LANES) {
                FloatVector l = FloatVector.fromArray(SPECIES, logits, logitsOffset + i);
                FloatVector target = FloatVector.fromArray(SPECIES, x, xOffset + i);
                part = VectorMath.softplus(l, VectorMath.decay(l)).sub(l.mul(target)).add(part);
            }
            sum += total(part, lanes);
        }
        return sum + ends.bernoulli(logits, logitsOffset + bound, x, xOffset + bound, length - bound);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, float upstream, float[] gradient, int gradientOffset,
                            boolean accumulate, int length) {
        float[] lanes = new float[LANES];
        int bound = SPECIES.loopBound(length);
        double sum = 0;
        for (int i = 0; i < bound;) {
            int end = Math.min(bound, i + VECTORS_PER_SUM * LANES);
            FloatVector part = FloatVector.zero(SPECIES);
            for (; i < end; i += LANES) {
                FloatVector l = FloatVector.fromArray(SPECIES, logits, logitsOffset + i);
                FloatVector target = FloatVector.fromArray(SPECIES, x, xOffset + i);
                FloatVector e = VectorMath.decay(l);
                FloatVector d = VectorMath.sigmoid(l, e).sub(target).mul(upstream);
                if (accumulate) {
                    d = FloatVector.fromArray(SPECIES, gradient, gradientOffset + i).add(d);
                }
                d.intoArray(gradient, gradientOffset + i);
                part = VectorMath.softplus(l, e).sub(l.mul(target)).add(part);
            }
            sum += total(part, lanes);
        }
        return sum + ends.bernoulli(logits, logitsOffset + bound, x, xOffset + bound, upstream, gradient, gradientOffset + bound, accumulate,
                length - bound);
    }

    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float[] lanes = new float[LANES];
        int bound = SPECIES.loopBound(length);
        double sum = 0;
        for (int i = 0; i < bound;) {
            int end = Math.min(bound, i + VECTORS_PER_SUM * LANES);
            FloatVector part = FloatVector.zero(SPECIES);
            for (; i < end; i += LANES) {
                part = FloatVector.fromArray(SPECIES, a, aOffset + i).mul(FloatVector.fromArray(SPECIES, b, bOffset + i)).add(part);
            }
            sum += total(part, lanes);
        }
        return sum + ends.dot(a, aOffset + bound, b, bOffset + bound, length - bound);
    }

    @Override
    public double squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float[] lanes = new float[LANES];
        int bound = SPECIES.loopBound(length);
        double sum = 0;
        for (int i = 0; i < bound;) {
            int end = Math.min(bound, i + VECTORS_PER_SUM * LANES);
            FloatVector part = FloatVector.zero(SPECIES);
            for (; i < end; i += LANES) {
                FloatVector d = FloatVector.fromArray(SPECIES, a, aOffset + i).sub(FloatVector.fromArray(SPECIES, b, bOffset + i));
                part = d.mul(d).add(part);
            }
            sum += total(part, lanes);
        }
        return sum + ends.squaredDistance(a, aOffset + bound, b, bOffset + bound, length - bound);
    }

    /** Adds the lanes in order, in double. The multiplication tells C2 the exact class of the vector, as in {@link Tile}. */
    private static double total(FloatVector part, float[] lanes) {
        part.mul(1f).intoArray(lanes, 0);
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
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
