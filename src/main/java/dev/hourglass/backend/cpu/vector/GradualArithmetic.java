package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Arithmetic;

/** {@link Arithmetic} in plain numbers at first, in vectors as soon as those are compiled, operation by operation. */
final class GradualArithmetic implements Arithmetic {
    private static final int LANES = VectorBlock.LANES;
    private static final AdamStep STEP = new AdamStep(1f, 0.9f, 0.999f, 1e-8f, 1f, 1e-3f, 1f);

    private final PlainArithmetic plain = new PlainArithmetic();
    private final VectorArithmetic vector = new VectorArithmetic();
    private final Gradual<Arithmetic> scale;
    private final Gradual<Arithmetic> multiply;
    private final Gradual<Arithmetic> difference;
    private final Gradual<Arithmetic> dot;
    private final Gradual<Arithmetic> squaredDistance;
    private final Gradual<Arithmetic> adam;

    GradualArithmetic() {
        float[] x = GradualLanes.memory();
        float[] y = GradualLanes.memory();
        float[] m = GradualLanes.memory();
        float[] v = GradualLanes.memory();
        scale = gradual((form, at, vectors) -> {
            form.scale(1f, x, at, y, at, false, vectors * LANES);
            form.scale(1f, x, at, y, at, true, vectors * LANES);
        });
        multiply = gradual((form, at, vectors) -> {
            form.multiply(x, at, m, at, y, at, false, vectors * LANES);
            form.multiply(x, at, m, at, y, at, true, vectors * LANES);
        });
        difference = gradual((form, at, vectors) -> {
            form.difference(1f, x, at, m, at, y, at, false, vectors * LANES);
            form.difference(1f, x, at, m, at, y, at, true, vectors * LANES);
        });
        dot = gradual((form, at, vectors) -> form.dot(x, at, y, at, vectors * LANES));
        squaredDistance = gradual((form, at, vectors) -> form.squaredDistance(x, at, y, at, vectors * LANES));
        adam = gradual((form, at, vectors) -> form.adam(STEP, y, at, x, at, m, at, v, at, vectors * LANES));
    }

    private Gradual<Arithmetic> gradual(Gradual.Trial<Arithmetic> trial) {
        return new Gradual<>(plain, vector, trial);
    }

    @Override
    public void scale(float factor, float[] x, int xOffset, float[] y, int yOffset, boolean accumulate, int length) {
        scale.best().scale(factor, x, xOffset, y, yOffset, accumulate, length);
    }

    @Override
    public void multiply(float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate, int length) {
        multiply.best().multiply(a, aOffset, b, bOffset, y, yOffset, accumulate, length);
    }

    @Override
    public void difference(float factor, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate,
            int length) {
        difference.best().difference(factor, a, aOffset, b, bOffset, y, yOffset, accumulate, length);
    }

    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        return dot.best().dot(a, aOffset, b, bOffset, length);
    }

    @Override
    public double squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
        return squaredDistance.best().squaredDistance(a, aOffset, b, bOffset, length);
    }

    @Override
    public void adam(AdamStep step, float[] w, int wOffset, float[] gradient, int gradientOffset, float[] m, int mOffset, float[] v,
            int vOffset,
            int length) {
        adam.best().adam(step, w, wOffset, gradient, gradientOffset, m, mOffset, v, vOffset, length);
    }
}
