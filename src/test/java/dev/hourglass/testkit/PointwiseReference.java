package dev.hourglass.testkit;

import dev.hourglass.backend.PointwiseLoss;
import java.util.Random;

/**
 * What each {@link PointwiseLoss} is for one element, in double precision, and numbers that suit it. The tests of losses go through all constants
 * and find everything about them here.
 */
public interface PointwiseReference {
    /** Returns the reference of a loss. */
    static PointwiseReference of(PointwiseLoss loss) {
        return switch (loss) {
            case BERNOULLI -> new Bernoulli();
            case SQUARED_ERROR -> new SquaredError();
        };
    }

    /** Adds the value to a result. */
    void value(Terms terms, int index, double parameter, double target);

    /** Adds upstream times the derivative by the parameter to a result. */
    void gradient(Terms terms, int index, double upstream, double parameter, double target);

    /** Returns a target that the loss is made for; among every few consecutive indices one of each sort. */
    float target(Random random, int index);

    /** Returns a parameter for this target, with extreme ones among every few consecutive indices. */
    float parameter(Random random, int index, float target);

    /** Returns the value as one number. */
    default double value(double parameter, double target) {
        Terms one = new Terms(1, 1, 0);
        value(one, 0, parameter, target);
        return one.sum(0);
    }

    /** Returns targets for a matrix of so many elements. */
    default float[] targets(Random random, int length) {
        float[] targets = new float[length];
        for (int i = 0; i < length; i++) {
            targets[i] = target(random, i);
        }
        return targets;
    }

    /** Returns parameters [rows, columns] for targets [rows / samples, columns]. */
    default float[] parameters(Random random, int columns, int samples, float[] targets) {
        float[] parameters = new float[targets.length * samples];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = parameter(random, i, targets[i / columns / samples * columns + i % columns]);
        }
        return parameters;
    }

    /** Logits up to +-100: where e^-|l| vanishes the value stays exact. Grey targets, and zeros and ones. */
    final class Bernoulli implements PointwiseReference {
        @Override
        public void value(Terms terms, int index, double l, double x) {
            terms.add(index, Math.max(l, 0), -l * x, Math.log1p(Math.exp(-Math.abs(l))));
        }

        @Override
        public void gradient(Terms terms, int index, double upstream, double l, double x) {
            terms.add(index, upstream / (1 + Math.exp(-l)), -upstream * x);
        }

        @Override
        public float target(Random random, int index) {
            return index % 3 == 0 ? Math.round(random.nextFloat()) : random.nextFloat();
        }

        @Override
        public float parameter(Random random, int index, float target) {
            return index % 7 == 0 ? 25f * (random.nextInt(9) - 4) : (float) (3 * random.nextGaussian());
        }
    }

    /** Any mean and any target. */
    final class SquaredError implements PointwiseReference {
        @Override
        public void value(Terms terms, int index, double m, double x) {
            terms.add(index, (m - x) * (m - x));
        }

        @Override
        public void gradient(Terms terms, int index, double upstream, double m, double x) {
            terms.add(index, upstream * 2 * (m - x));
        }

        @Override
        public float target(Random random, int index) {
            return (float) random.nextGaussian();
        }

        @Override
        public float parameter(Random random, int index, float target) {
            return (float) (2 * random.nextGaussian());
        }
    }
}
