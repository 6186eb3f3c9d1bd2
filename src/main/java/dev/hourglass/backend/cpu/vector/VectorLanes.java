package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.Lanes;
import dev.hourglass.backend.cpu.ScalarLanes;
import dev.hourglass.backend.cpu.vector.VectorBlock.Loop;
import jdk.incubator.vector.FloatVector;

/** {@link Lanes} on vectors; what is left over at the end of a range goes to the scalar twin, whose elements have the same bits. */
final class VectorLanes implements Lanes {
    private static final Loop[] EXP = {VectorExponential::argument, VectorExponential::exp, VectorExponential::store};

    private final ScalarLanes ends = new ScalarLanes();

    @Override
    public void exp(float scale, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = SPECIES.loopBound(length);
        new VectorBlock(x, xOffset, y, yOffset, scale, bound).run(EXP);
        ends.exp(scale, x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void activate(Activation activation, float[] a, int aOffset, float[] y, int yOffset, int length) {
        int bound = SPECIES.loopBound(length);
        new VectorBlock(a, aOffset, y, yOffset, VectorActivations.factor(activation), bound).run(VectorActivations.of(activation));
        ends.activate(activation, a, aOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void slope(Activation activation, float[] saved, int savedOffset, float[] slope, int slopeOffset, int length) {
        int bound = SPECIES.loopBound(length);
        new VectorBlock(saved, savedOffset, slope, slopeOffset, VectorDerivatives.slopeFactor(activation), bound)
                .run(VectorDerivatives.slope(activation));
        ends.slope(activation, saved, savedOffset + bound, slope, slopeOffset + bound, length - bound);
    }

    @Override
    public void curvature(Activation activation, float[] saved, int savedOffset, float[] curvature, int curvatureOffset, int length) {
        int bound = SPECIES.loopBound(length);
        new VectorBlock(saved, savedOffset, curvature, curvatureOffset, VectorDerivatives.curvatureFactor(activation), bound)
                .run(VectorDerivatives.curvature(activation));
        ends.curvature(activation, saved, savedOffset + bound, curvature, curvatureOffset + bound, length - bound);
    }

    /** The loops of one call of a Bernoulli loss: logits are the input of the block, the gradient is its output. */
    private static final class Bernoulli {
        private final VectorArithmetic arithmetic = new VectorArithmetic();
        private final float[] lanes = new float[VectorBlock.LANES];
        private final float[] target;
        private final int shift;
        private final float upstream;
        private final boolean accumulate;
        private double sum;

        /** @param shift how much further the target begins than the logits */
        Bernoulli(float[] target, int shift, float upstream, boolean accumulate) {
            this.target = target;
            this.shift = shift;
            this.upstream = upstream;
            this.accumulate = accumulate;
        }

        void gradient(VectorBlock block) {
            arithmetic.difference(upstream, block.d, 0, target, block.xOffset + shift, block.y, block.yOffset, accumulate, block.length);
        }

        void add(VectorBlock block) {
            FloatVector part = VectorBlock.constant(0f);
            for (int i = 0; i < block.length; i += VectorBlock.LANES) {
                FloatVector l = FloatVector.fromArray(SPECIES, block.x, block.xOffset + i);
                FloatVector product = l.mul(FloatVector.fromArray(SPECIES, target, block.xOffset + shift + i));
                part = FloatVector.fromArray(SPECIES, block.e, i).sub(product).add(part);
            }
            sum += VectorArithmetic.total(part, lanes);
        }
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, int length) {
        int bound = SPECIES.loopBound(length);
        Bernoulli loss = new Bernoulli(x, xOffset - logitsOffset, 0f, false);
        new VectorBlock(logits, logitsOffset, null, 0, 1f, bound).run(new Loop[] {VectorExponential::decayArgument, VectorExponential::exp,
            VectorLogistic::softplus, loss::add});
        return loss.sum + ends.bernoulli(logits, logitsOffset + bound, x, xOffset + bound, length - bound);
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, float upstream, float[] gradient, int gradientOffset,
            boolean accumulate, int length) {
        int bound = SPECIES.loopBound(length);
        Bernoulli loss = new Bernoulli(x, xOffset - logitsOffset, upstream, accumulate);
        new VectorBlock(logits, logitsOffset, gradient, gradientOffset, 1f, bound).run(new Loop[] {VectorExponential::decayArgument,
            VectorExponential::exp, VectorLogistic::sigmoidBeside, loss::gradient, VectorLogistic::softplus, loss::add});
        return loss.sum
                + ends.bernoulli(logits, logitsOffset + bound, x, xOffset + bound, upstream, gradient, gradientOffset + bound, accumulate,
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
