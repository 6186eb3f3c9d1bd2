package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.Lanes;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** {@link Lanes} in plain numbers at first, in vectors as soon as those are compiled, operation by operation. */
final class GradualLanes implements Lanes {
    private static final int LANES = VectorBlock.LANES;

    private final PlainLanes plain = new PlainLanes();
    private final VectorLanes vector = new VectorLanes();
    private final Gradual<Lanes> exp;
    private final Map<Activation, Gradual<Lanes>> activate;
    private final Map<Activation, Gradual<Lanes>> slope;
    private final Map<Activation, Gradual<Lanes>> curvature;
    private final Gradual<Lanes> bernoulli;
    private final Gradual<Lanes> bernoulliGradient;
    private final Gradual<Lanes> uniforms;
    private final Gradual<Lanes> normals;

    GradualLanes() {
        float[] x = memory();
        float[] y = memory();
        exp = gradual((form, at, vectors) -> form.exp(1f, x, at, y, at, vectors * LANES));
        activate = each(activation -> (form, at, vectors) -> form.activate(activation, x, at, y, at, vectors * LANES));
        slope = each(activation -> (form, at, vectors) -> form.slope(activation, x, at, y, at, vectors * LANES));
        curvature = each(activation -> (form, at, vectors) -> form.curvature(activation, x, at, y, at, vectors * LANES));
        bernoulli = gradual((form, at, vectors) -> form.bernoulli(x, at, x, at, vectors * LANES));
        bernoulliGradient = gradual((form, at, vectors) -> {
            form.bernoulli(x, at, x, at, 1f, y, at, false, vectors * LANES);
            form.bernoulli(x, at, x, at, 1f, y, at, true, vectors * LANES);
        });
        uniforms = gradual((form, at, vectors) -> form.uniforms(0, 0, 0, 0, y, at, vectors * LANES));
        normals = gradual((form, at, vectors) -> form.normals(0, 0, 0, 0, y, at, vectors * LANES));
    }

    /** Memory for trials. */
    static float[] memory() {
        return new float[Gradual.OFFSET + Gradual.SIZE * LANES];
    }

    private Gradual<Lanes> gradual(Gradual.Trial<Lanes> trial) {
        return new Gradual<>(plain, vector, trial);
    }

    private Map<Activation, Gradual<Lanes>> each(Function<Activation, Gradual.Trial<Lanes>> trial) {
        Map<Activation, Gradual<Lanes>> all = new EnumMap<>(Activation.class);
        for (Activation activation : Activation.values()) {
            all.put(activation, gradual(trial.apply(activation)));
        }
        return all;
    }

    @Override
    public void exp(float scale, float[] x, int xOffset, float[] y, int yOffset, int length) {
        exp.best().exp(scale, x, xOffset, y, yOffset, length);
    }

    @Override
    public void activate(Activation activation, float[] a, int aOffset, float[] y, int yOffset, int length) {
        activate.get(activation).best().activate(activation, a, aOffset, y, yOffset, length);
    }

    @Override
    public void slope(Activation activation, float[] saved, int savedOffset, float[] slopes, int slopeOffset, int length) {
        slope.get(activation).best().slope(activation, saved, savedOffset, slopes, slopeOffset, length);
    }

    @Override
    public void curvature(Activation activation, float[] saved, int savedOffset, float[] curvatures, int curvatureOffset, int length) {
        curvature.get(activation).best().curvature(activation, saved, savedOffset, curvatures, curvatureOffset, length);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, int length) {
        return bernoulli.best().bernoulli(logits, logitsOffset, x, xOffset, length);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, float upstream, float[] gradient, int gradientOffset,
            boolean accumulate, int length) {
        return bernoulliGradient.best().bernoulli(logits, logitsOffset, x, xOffset, upstream, gradient, gradientOffset, accumulate, length);
    }

    @Override
    public void uniforms(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        uniforms.best().uniforms(seed, step, stream, first, target, offset, length);
    }

    @Override
    public void normals(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        normals.best().normals(seed, step, stream, first, target, offset, length);
    }
}
