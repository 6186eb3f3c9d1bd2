package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.Arithmetic;
import dev.hourglass.backend.cpu.ScalarArithmetic;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Arithmetic} on vectors; what is left over at the end of a range goes to the scalar twin, whose elements have the same bits. Sums add at most
 * {@link VectorBlock#VECTORS} floats in each lane before they move on to a double.
 */
final class VectorArithmetic implements Arithmetic {
    private static final int LANES = SPECIES.length();

    private final ScalarArithmetic ends = new ScalarArithmetic();

    @Override
    public void scale(float factor, float[] x, int xOffset, float[] y, int yOffset, boolean accumulate, int length) {
        int bound = SPECIES.loopBound(length);
        if (accumulate) {
            for (int i = 0; i < bound; i += LANES) {
                FloatVector product = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor);
                product.add(FloatVector.fromArray(SPECIES, y, yOffset + i)).intoArray(y, yOffset + i);
            }
        } else {
            for (int i = 0; i < bound; i += LANES) {
                FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor).intoArray(y, yOffset + i);
            }
        }
        ends.scale(factor, x, xOffset + bound, y, yOffset + bound, accumulate, length - bound);
    }

    @Override
    public void multiply(float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate, int length) {
        int bound = SPECIES.loopBound(length);
        if (accumulate) {
            for (int i = 0; i < bound; i += LANES) {
                FloatVector product = FloatVector.fromArray(SPECIES, a, aOffset + i).mul(FloatVector.fromArray(SPECIES, b, bOffset + i));
                product.add(FloatVector.fromArray(SPECIES, y, yOffset + i)).intoArray(y, yOffset + i);
            }
        } else {
            for (int i = 0; i < bound; i += LANES) {
                FloatVector.fromArray(SPECIES, a, aOffset + i).mul(FloatVector.fromArray(SPECIES, b, bOffset + i)).intoArray(y,
                        yOffset + i);
            }
        }
        ends.multiply(a, aOffset + bound, b, bOffset + bound, y, yOffset + bound, accumulate, length - bound);
    }

    @Override
    public void difference(float factor, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate,
            int length) {
        int bound = SPECIES.loopBound(length);
        if (accumulate) {
            for (int i = 0; i < bound; i += LANES) {
                FloatVector d = FloatVector.fromArray(SPECIES, a, aOffset + i).sub(FloatVector.fromArray(SPECIES, b, bOffset + i))
                        .mul(factor);
                d.add(FloatVector.fromArray(SPECIES, y, yOffset + i)).intoArray(y, yOffset + i);
            }
        } else {
            for (int i = 0; i < bound; i += LANES) {
                FloatVector.fromArray(SPECIES, a, aOffset + i).sub(FloatVector.fromArray(SPECIES, b, bOffset + i)).mul(factor)
                        .intoArray(y, yOffset + i);
            }
        }
        ends.difference(factor, a, aOffset + bound, b, bOffset + bound, y, yOffset + bound, accumulate, length - bound);
    }

    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float[] lanes = new float[LANES];
        int bound = SPECIES.loopBound(length);
        double sum = 0;
        for (int i = 0; i < bound;) {
            int end = Math.min(bound, i + VectorBlock.CAPACITY);
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
            int end = Math.min(bound, i + VectorBlock.CAPACITY);
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
    static double total(FloatVector part, float[] lanes) {
        part.mul(1f).intoArray(lanes, 0);
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    /** One loop on purpose: divisions and roots then fill the time in which memory answers. */
    @Override
    public void adam(AdamStep step, float[] w, int wOffset, float[] gradient, int gradientOffset, float[] m, int mOffset, float[] v,
            int vOffset,
            int length) {
        FloatVector clip = VectorBlock.constant(step.clip());
        FloatVector beta1 = VectorBlock.constant(step.beta1());
        FloatVector beta2 = VectorBlock.constant(step.beta2());
        FloatVector keep1 = VectorBlock.constant(1f - step.beta1());
        FloatVector keep2 = VectorBlock.constant(1f - step.beta2());
        FloatVector rate1 = VectorBlock.constant(step.rate1());
        FloatVector rate2 = VectorBlock.constant(step.rate2());
        FloatVector epsilon = VectorBlock.constant(step.epsilon());
        FloatVector shrink = VectorBlock.constant(step.shrink());
        FloatVector flush = VectorBlock.constant(AdamStep.FLUSH);
        int bound = SPECIES.loopBound(length);
        for (int i = 0; i < bound; i += LANES) {
            FloatVector g = clip.mul(FloatVector.fromArray(SPECIES, gradient, gradientOffset + i));
            FloatVector mean = beta1.mul(FloatVector.fromArray(SPECIES, m, mOffset + i)).add(keep1.mul(g)).add(flush).sub(flush);
            FloatVector square = beta2.mul(FloatVector.fromArray(SPECIES, v, vOffset + i)).add(keep2.mul(g).mul(g)).add(flush).sub(flush);
            mean.intoArray(m, mOffset + i);
            square.intoArray(v, vOffset + i);
            FloatVector change = rate1.mul(mean).div(rate2.mul(square).sqrt().add(epsilon));
            shrink.mul(FloatVector.fromArray(SPECIES, w, wOffset + i)).sub(change).intoArray(w, wOffset + i);
        }
        ends.adam(step, w, wOffset + bound, gradient, gradientOffset + bound, m, mOffset + bound, v, vOffset + bound, length - bound);
    }
}
