package dev.hourglass.benchmark;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.backend.Posterior;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import dev.hourglass.backend.UpdateRule;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The memory-bound primitives; each is checked at a few elements against its formula in double precision. */
public enum Primitive {
    /** target = source: the ceiling. */
    COPY {
        @Override
        Case prepare(Backend backend, int elements) {
            Buffer source = input(backend, elements);
            Buffer target = Target.filled(backend, elements, Float.NaN);
            return new Case(() -> backend.copy(source, target), () -> expect(backend, target, x -> x, 0), 8.0 * elements,
                    List.of(source, target));
        }
    },
    /** y = max(a, 0), no bias. */
    RELU {
        @Override
        Case prepare(Backend backend, int elements) {
            return activation(backend, elements, Activation.RELU, x -> Math.max(0, x));
        }
    },
    /** y = a Phi(a) in the tanh form or the exact one: checked loosely enough for both. */
    GELU {
        @Override
        Case prepare(Backend backend, int elements) {
            return activation(backend, elements, Activation.GELU, x -> x * phi(x));
        }
    },
    /** dPre = dOutput (y > 0), no bias. */
    RELU_BACKWARD {
        @Override
        Case prepare(Backend backend, int elements) {
            Buffer saved = input(backend, elements);
            Buffer upstream = Target.filled(backend, elements, 3);
            Buffer gradient = Target.filled(backend, elements, Float.NaN);
            return new Case(
                    () -> backend.biasActivationBackward(elements / WIDTH, WIDTH, Activation.RELU, saved, upstream, gradient, false, null,
                            false),
                    () -> expect(backend, gradient, x -> x > 0 ? 3 : 0, 0), 12.0 * elements, List.of(saved, upstream, gradient));
        }
    },
    /** -log p and its gradient by the logits in one pass. */
    BERNOULLI {
        @Override
        Case prepare(Backend backend, int elements) {
            int rows = elements / WIDTH;
            Buffer logits = input(backend, elements);
            Buffer target = Target.filled(backend, elements, 0.25f);
            Buffer upstream = Target.filled(backend, rows, 2);
            Buffer value = Target.filled(backend, rows, Float.NaN);
            Buffer gradient = Target.filled(backend, elements, Float.NaN);
            return new Case(
                    () -> backend.pointwiseLoss(PointwiseLoss.BERNOULLI, rows, WIDTH, 1, logits, target, upstream, value, gradient, false),
                    () -> expect(backend, gradient, x -> 2 * (1 / (1 + Math.exp(-x)) - 0.25), 1e-5), 12.0 * elements + 8.0 * rows,
                    List.of(logits, target, upstream, value, gradient));
        }
    },
    /** z = mu + e^(s/2) eps; elements counts the head [rows, 2 latent], which is twice z. */
    SAMPLE {
        @Override
        Case prepare(Backend backend, int elements) {
            int rows = elements / (2 * LATENT);
            Buffer head = Target.filled(backend, elements, 0);
            Buffer z = Target.filled(backend, elements / 2, Float.NaN);
            Buffer state = state(backend);
            return new Case(() -> backend.sample(Posterior.DIAGONAL, rows, 1, LATENT, head, state, null, z), () -> {
                float[] normals = new float[elements / 2];
                backend.read(z, normals, 0);
                double sum = 0;
                double squares = 0;
                for (float normal : normals) {
                    sum += normal;
                    squares += (double) normal * normal;
                }
                double tolerance = 10 / Math.sqrt(normals.length);
                Target.check("mean of standard normals", 0, sum / normals.length, tolerance);
                Target.check("variance of standard normals", 1, squares / normals.length, tolerance);
            }, 6.0 * elements, List.of(head, z, state));
        }
    },
    /** One Adam update: reads parameter, gradient and both moments, writes all but the gradient. */
    ADAM {
        @Override
        Case prepare(Backend backend, int elements) {
            Buffer parameters = input(backend, elements);
            Buffer gradient = Target.filled(backend, elements, 0.5f);
            Buffer m = Target.filled(backend, elements, 0);
            Buffer v = Target.filled(backend, elements, 0);
            Buffer state = state(backend);
            return new Case(() -> backend.update(UpdateRule.ADAM, parameters, gradient, m, v, state, 0.9f, 0.999f, 1e-8f, 0, 0),
                    () -> expect(backend, parameters, x -> x - RATE, 1e-5), 28.0 * elements, List.of(parameters, gradient, m, v, state));
        }
    };

    private static final int WIDTH = 1024;
    private static final int LATENT = 32;
    private static final float RATE = 1e-3f;
    private static final int BLOCK = 1 << 20;
    private static final int CHECKED = 257;

    /** Something to time: what runs, what checks its result, the bytes it must move, and what to release. */
    record Case(Runnable step, Runnable check, double bytes, List<Buffer> buffers) {
    }

    abstract Case prepare(Backend backend, int elements);

    private static Case activation(Backend backend, int elements, Activation function, DoubleUnaryOperator formula) {
        Buffer product = input(backend, elements);
        // As the layers do it: in place unless the activation needs its input again.
        Buffer output = function.savesInput() ? Target.filled(backend, elements, Float.NaN) : product;
        List<Buffer> buffers = output == product ? List.of(product) : List.of(product, output);
        return new Case(() -> backend.biasActivation(elements / WIDTH, WIDTH, function, product, null, output),
                () -> expect(backend, output, formula, 1e-3), 8.0 * elements, buffers);
    }

    /** The same block of numbers again and again: drawing 2^26 of them would take longer than the benchmark. */
    private static Buffer input(Backend backend, int elements) {
        Buffer buffer = backend.allocate(ElementType.FLOAT32, elements);
        float[] block = block(elements);
        for (int at = 0; at < elements; at += block.length) {
            backend.write(buffer.slice(at, block.length), block, 0, block.length);
        }
        return buffer;
    }

    private static float[] block(int elements) {
        return Target.uniform(Math.min(elements, BLOCK), -4, 4, 1);
    }

    private static Buffer state(Backend backend) {
        Buffer state = backend.allocate(ElementType.INT32, StepState.WORDS);
        backend.write(state, StepState.words(7, 0, 1, new StepTable(1).set(0, RATE, 1, 0.1f, 0.001f)), 0, StepState.WORDS);
        return state;
    }

    /** Compares elements spread over the whole result with the formula of the input at the same place. */
    private static void expect(Backend backend, Buffer result, DoubleUnaryOperator formula, double tolerance) {
        int elements = Math.toIntExact(result.length());
        float[] block = block(elements);
        float[] one = new float[1];
        for (int i = 0; i < CHECKED; i++) {
            int at = (int) (i * (elements - 1L) / (CHECKED - 1));
            backend.read(result.slice(at, 1), one, 0);
            Target.check("element " + at, formula.applyAsDouble(block[at % block.length]), one[0], tolerance);
        }
    }

    private static double phi(double a) {
        return 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a * a * a)));
    }
}
