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
            case POISSON -> new Poisson();
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

    /**
     * Counts on both sides of 16, and a million now and then; log rates about as far from the best as those that drew the counts, some at the best,
     * some far below, now and then one at or beyond the bound. The value counts as one piece: that its terms cancel is no excuse. Three roundings of
     * the log rate itself, each worth |r - x|, come besides.
     */
    final class Poisson implements PointwiseReference {
        @Override
        public void value(Terms terms, int index, double a, double x) {
            double b = Math.min(a, 30);
            double r = Math.exp(b);
            double logX = x == 0 ? 0 : Math.log(x);
            terms.add(index, r - x * b + logFactorial((int) x)).blur(index, (r - x) * (Math.abs(b) + logX) / 16);
        }

        private static double logFactorial(int n) {
            if (n > 1000) {
                return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12.0 * n);
            }
            double sum = 0;
            for (int i = 2; i <= n; i++) {
                sum += Math.log(i);
            }
            return sum;
        }

        @Override
        public void gradient(Terms terms, int index, double upstream, double a, double x) {
            terms.add(index, a > 30 ? 0 : upstream * Math.exp(a), a > 30 ? 0 : -upstream * x);
        }

        @Override
        public float target(Random random, int index) {
            return index % 40 == 39 ? 1e6f : random.nextInt(index % 8 == 7 ? 2000 : index % 3 == 0 ? 3 : 25);
        }

        @Override
        public float parameter(Random random, int index, float target) {
            if (index % 90 == 50) {
                return new float[] {30, 30.5f, 1000}[random.nextInt(3)];
            }
            double best = Math.log(Math.max(target, 0.5));
            return index % 11 == 3 ? -100 : (float) (index % 7 == 1 ? best : best + random.nextGaussian() / Math.sqrt(target + 1));
        }
    }
}
