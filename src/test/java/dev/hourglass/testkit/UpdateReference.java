package dev.hourglass.testkit;

import dev.hourglass.backend.UpdateRule;

/**
 * What each {@link UpdateRule} does to one parameter, in double precision, and how far rounding may take float from it. The tests of rules go
 * through all constants and find everything about them here.
 */
public interface UpdateReference {
    /** Returns the reference of a rule. */
    static UpdateReference of(UpdateRule rule) {
        return switch (rule) {
            case ADAM -> new Adam();
            case SGD -> new Sgd();
            case LION -> new Lion();
        };
    }

    /** The numbers of a step that all parameters share; {@code clip} is the factor on gradients. */
    record Numbers(double rate, double clip, double correction1, double correction2, double beta1, double beta2, double epsilon) {
    }

    /** Does one step to {@code element} = {parameter, first, second}; {@code decay} is that of this parameter, 0 for those that do not decay. */
    void step(Numbers numbers, double decay, double gradient, double[] element);

    /** Returns how far parameter, first and second may be from those on another device after one step from normal numbers. */
    Bench.Bound[] bounds();

    /** Returns how far parameter, first and second may be from this formula after three steps on the CPU, as shares of 1 + the expected value. */
    double[] tolerances();

    /** Moments: two products and a sum each, fused or not. The parameter: a step of about lr m / sqrt(v), some operations in a row. */
    final class Adam implements UpdateReference {
        @Override
        public void step(Numbers n, double decay, double gradient, double[] element) {
            double g = n.clip * gradient;
            element[1] = n.beta1 * element[1] + (1 - n.beta1) * g;
            element[2] = n.beta2 * element[2] + (1 - n.beta2) * g * g;
            element[0] -= n.rate * decay * element[0];
            element[0] -= n.rate * element[1] / n.correction1 / (Math.sqrt(element[2] / n.correction2) + n.epsilon);
        }

        @Override
        public Bench.Bound[] bounds() {
            return new Bench.Bound[] {(index, expected) -> 8 * 0x1p-23 * (Math.abs(expected) + 1), (index, expected) -> 4 * 0x1p-23 * 5,
                Bench.ulps(4, 0)};
        }

        @Override
        public double[] tolerances() {
            return new double[] {1e-6, 1e-7, 1e-8};
        }
    }

    /** A few products and sums. */
    final class Sgd implements UpdateReference {
        @Override
        public void step(Numbers n, double decay, double gradient, double[] element) {
            element[1] = n.beta1 * element[1] + n.clip * gradient + decay * element[0];
            element[0] -= n.rate * element[1];
        }

        @Override
        public Bench.Bound[] bounds() {
            return new Bench.Bound[] {(index, expected) -> 4 * 0x1p-23 * (Math.abs(expected) + 1), (index, expected) -> 4 * 0x1p-23 * 5,
                Bench.EQUAL};
        }

        @Override
        public double[] tolerances() {
            return new double[] {1e-6, 1e-6, 0};
        }
    }

    /** The same bits on every device; from the formula a few roundings, as long as none turns a sign. */
    final class Lion implements UpdateReference {
        @Override
        public void step(Numbers n, double decay, double gradient, double[] element) {
            double g = n.clip * gradient;
            double c = n.beta1 * element[1] + (1 - n.beta1) * g;
            element[0] -= n.rate * (Math.signum(c) + decay * element[0]);
            element[1] = n.beta2 * element[1] + (1 - n.beta2) * g;
        }

        @Override
        public Bench.Bound[] bounds() {
            return new Bench.Bound[] {Bench.EQUAL, Bench.EQUAL, Bench.EQUAL};
        }

        @Override
        public double[] tolerances() {
            return new double[] {1e-6, 1e-7, 0};
        }
    }
}
