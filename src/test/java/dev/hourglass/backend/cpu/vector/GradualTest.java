package dev.hourglass.backend.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.Arithmetic;
import dev.hourglass.backend.cpu.Arithmetic.AdamStep;
import dev.hourglass.backend.cpu.Lanes;
import java.time.Duration;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The plain and the vector form of every operation, which may stand in for each other at any moment. */
class GradualTest {
    private static final int[] LENGTHS = {0, 1, 15, 16, 17, 255, 256, 257, 784, 1000};
    private static final Lanes[] LANES = {new PlainLanes(), new VectorLanes()};
    private static final Arithmetic[] ARITHMETIC = {new PlainArithmetic(), new VectorArithmetic()};

    private final Random random = new Random(3);
    private final float[] a = numbers();
    private final float[] b = numbers();
    private final float[] target = numbers();

    private float[] numbers() {
        float[] numbers = new float[1010];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(4) - 2));
        }
        return numbers;
    }

    /** An operation that sets {@code y} and returns a number, 0 where it has none. */
    private interface Operation<T> {
        double run(T form, float[] y);
    }

    private <T> void check(String name, T[] forms, Operation<T> operation) {
        float[] expected = target.clone();
        float[] actual = target.clone();
        assertEquals(operation.run(forms[0], expected), operation.run(forms[1], actual), name);
        assertArrayEquals(expected, actual, name);
    }

    private <T> void checkSum(String name, T[] forms, ToDoubleFunction<T> sum) {
        check(name, forms, (form, y) -> sum.applyAsDouble(form));
    }

    @Test
    void lanes() {
        for (int length : LENGTHS) {
            check("exp", LANES, (form, y) -> {
                form.exp(0.5f, a, 1, y, 3, length);
                return 0;
            });
            for (Activation activation : Activation.values()) {
                check(activation.label(), LANES, (form, y) -> {
                    form.activate(activation, a, 1, y, 3, length);
                    return 0;
                });
                check(activation.label() + " slope", LANES, (form, y) -> {
                    form.slope(activation, a, 1, y, 3, length);
                    return 0;
                });
                check(activation.label() + " curvature", LANES, (form, y) -> {
                    form.curvature(activation, a, 1, y, 3, length);
                    return 0;
                });
            }
            check("normals", LANES, (form, y) -> {
                form.normals(7, 1, 2, 8, y, 3, length);
                return 0;
            });
            check("uniforms", LANES, (form, y) -> {
                form.uniforms(7, 1, 2, 8, y, 3, length);
                return 0;
            });
        }
    }

    @Test
    void bernoulli() {
        for (int length : LENGTHS) {
            checkSum("bernoulli", LANES, form -> form.bernoulli(a, 1, b, 2, length));
            for (boolean accumulate : new boolean[] {false, true}) {
                check("bernoulli gradient", LANES, (form, y) -> form.bernoulli(a, 1, b, 2, 0.7f, y, 3, accumulate, length));
            }
        }
    }

    @Test
    void arithmetic() {
        for (int length : LENGTHS) {
            for (boolean accumulate : new boolean[] {false, true}) {
                check("scale", ARITHMETIC, (form, y) -> {
                    form.scale(0.7f, a, 1, y, 3, accumulate, length);
                    return 0;
                });
                check("multiply", ARITHMETIC, (form, y) -> {
                    form.multiply(a, 1, b, 2, y, 3, accumulate, length);
                    return 0;
                });
                check("difference", ARITHMETIC, (form, y) -> {
                    form.difference(0.7f, a, 1, b, 2, y, 3, accumulate, length);
                    return 0;
                });
            }
            checkSum("dot", ARITHMETIC, form -> form.dot(a, 1, b, 2, length));
            checkSum("squared distance", ARITHMETIC, form -> form.squaredDistance(a, 1, b, 2, length));
        }
    }

    @Test
    void adam() {
        AdamStep step = new AdamStep(0.9f, 0.8f, 0.99f, 1e-8f, 0.999f, 0.01f, 1.5f);
        for (int length : LENGTHS) {
            for (int moment = 0; moment < 3; moment++) {
                int shown = moment;
                check("adam", ARITHMETIC, (form, y) -> {
                    float[] squares = new float[1010];
                    form.multiply(b, 0, b, 0, squares, 0, false, squares.length);
                    float[][] state = {a.clone(), b.clone(), squares};
                    form.adam(step, state[0], 1, a, 2, state[1], 3, state[2], 4, length);
                    System.arraycopy(state[shown], 0, y, 0, y.length);
                    return 0;
                });
            }
        }
    }

    /** No claim on speed: only that vectors serve in the end, and plain numbers until then. */
    @Test
    void vectorsTakeOverWhatIsWanted() {
        float[] memory = GradualLanes.memory();
        Gradual<Arithmetic> operation = new Gradual<>(ARITHMETIC[0], ARITHMETIC[1],
                (form, at, vectors) -> form.dot(memory, at, memory, at, vectors * VectorBlock.LANES));
        assertSame(ARITHMETIC[0], operation.best());
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            while (operation.best() != ARITHMETIC[1]) {
                Thread.sleep(10);
            }
        });
    }
}
