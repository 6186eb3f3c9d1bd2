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
    /**
     * Parameters between the two halves of Adam: one half waits for memory, the other for divisions and roots, so the memory of the next piece is fetched during
     * the arithmetic of this one. A multiple of any LANES.
     */
    private static final int ADAM_PIECE = 256;

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
                FloatVector.fromArray(SPECIES, a, aOffset + i).mul(FloatVector.fromArray(SPECIES, b, bOffset + i)).intoArray(y, yOffset + i);
            }
        }
        ends.multiply(a, aOffset + bound, b, bOffset + bound, y, yOffset + bound, accumulate, length - bound);
    }

    @Override
    public void difference(float factor, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate, int length) {
        int bound = SPECIES.loopBound(length);
        if (accumulate) {
            for (int i = 0; i < bound; i += LANES) {
                FloatVector d = FloatVector.fromArray(SPECIES, a, aOffset + i).sub(FloatVector.fromArray(SPECIES, b, bOffset + i)).mul(factor);
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

    @Override
    public void adam(AdamStep step, float[] w, int wOffset, float[] gradient, int gradientOffset, float[] m, int mOffset, float[] v, int vOffset,
                     int length) {
        int bound = SPECIES.loopBound(length);
        for (int i = 0; i < bound; i += ADAM_PIECE) {
            int piece = Math.min(ADAM_PIECE, bound - i);
            moments(step, gradient, gradientOffset + i, m, mOffset + i, v, vOffset + i, piece);
            update(step, w, wOffset + i, m, mOffset + i, v, vOffset + i, piece);
        }
        ends.adam(step, w, wOffset + bound, gradient, gradientOffset + bound, m, mOffset + bound, v, vOffset + bound, length - bound);
    }

    private static void moments(AdamStep step, float[] gradient, int gradientOffset, float[] m, int mOffset, float[] v, int vOffset, int bound) {
        float keep1 = 1f - step.beta1();
        float keep2 = 1f - step.beta2();
        for (int i = 0; i < bound; i += LANES) {
            FloatVector g = FloatVector.fromArray(SPECIES, gradient, gradientOffset + i).mul(step.clip());
            FloatVector.fromArray(SPECIES, m, mOffset + i).mul(step.beta1()).add(g.mul(keep1)).add(AdamStep.FLUSH).sub(AdamStep.FLUSH)
                    .intoArray(m, mOffset + i);
            FloatVector.fromArray(SPECIES, v, vOffset + i).mul(step.beta2()).add(g.mul(keep2).mul(g)).add(AdamStep.FLUSH).sub(AdamStep.FLUSH)
                    .intoArray(v, vOffset + i);
        }
    }

    private static void update(AdamStep step, float[] w, int wOffset, float[] m, int mOffset, float[] v, int vOffset, int bound) {
        for (int i = 0; i < bound; i += LANES) {
            FloatVector root = FloatVector.fromArray(SPECIES, v, vOffset + i).mul(step.rate2()).sqrt().add(step.epsilon());
            FloatVector change = FloatVector.fromArray(SPECIES, m, mOffset + i).mul(step.rate1()).div(root);
            FloatVector.fromArray(SPECIES, w, wOffset + i).mul(step.shrink()).sub(change).intoArray(w, wOffset + i);
        }
    }
}
