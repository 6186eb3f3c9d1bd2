package dev.hourglass.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.nn.Parameter;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import dev.hourglass.testkit.UpdateReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an optimizer makes of its settings: the corrections, the rates that it hands to the device, and which parameters decay. */
class OptimizerTest {
    private static final double LEARNING_RATE = 0.05;

    static Stream<Optimizer> rules() {
        return Stream.of(new Adam(0.8, 0.95, 1e-3, 0.3), new Lion(0.8, 0.95, 0.3), new Sgd(0.7, 0.3), new Sgd(0, 0.3));
    }

    /** 1 - beta^t by multiplication; Adam's second rate close to 1 leaves few digits to a difference in 32 bits. */
    @Test
    void correctionsOfAdamAreOneMinusThePowers() {
        Optimizer adam = new Adam(0.9, 0.999, 1e-8, 0);
        double first = 1;
        double second = 1;
        for (int t = 1; t <= 400; t++) {
            first *= 0.9;
            second *= 0.999;
            float[] corrections = adam.corrections(t);
            assertEquals(1 - first, corrections[0], 1e-7 * (1 - first), "t=" + t);
            assertEquals(1 - second, corrections[1], 1e-7 * (1 - second), "t=" + t);
        }
        assertArrayEquals(new float[] {1, 1}, adam.corrections(1_000_000_000_000L));
        assertArrayEquals(new float[] {1, 1}, new Adam(0, 0, 1e-8, 0).corrections(1));
    }

    @Test
    void theOthersHaveNone() {
        for (Optimizer rule : List.of(Optimizer.sgd(0.9), Optimizer.lion())) {
            assertArrayEquals(new float[] {1, 1}, rule.corrections(1));
            assertArrayEquals(new float[] {1, 1}, rule.corrections(1000));
        }
    }

    @Test
    void theUsualRatesAreThoseOfThePapers() {
        assertEquals(new Adam(0.9, 0.999, 1e-8, 0), Optimizer.adam());
        assertEquals(new Adam(0.9, 0.999, 1e-8, 0.25), Optimizer.adamW(0.25));
        assertEquals(new Lion(0.9, 0.99, 0), Optimizer.lion());
        assertEquals(new Sgd(0.4, 0), Optimizer.sgd(0.4));
        assertEquals(List.of(Optimizer.adam(), Optimizer.sgd(0.9), Optimizer.lion()), Optimizer.all());
    }

    @Test
    void oneRateChangesAlone() {
        assertEquals(List.of(new Adam(0.8, 0.95, 1e-3, 0.1), new Lion(0.8, 0.95, 0.1), new Sgd(0.7, 0.1), new Sgd(0, 0.1)),
                rules().map(rule -> rule.withWeightDecay(0.1)).toList());
        assertEquals(List.of(new Adam(0.5, 0.95, 1e-3, 0.3), new Lion(0.5, 0.95, 0.3), new Sgd(0.5, 0.3), new Sgd(0.5, 0.3)),
                rules().map(rule -> rule.withMomentum(0.5)).toList());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 1, 1.5, Double.NaN})
    void ratesAreBelowOne(double rate) {
        assertThrows(IllegalArgumentException.class, () -> new Adam(rate, 0.9, 1e-8, 0));
        assertThrows(IllegalArgumentException.class, () -> new Adam(0.9, rate, 1e-8, 0));
        assertThrows(IllegalArgumentException.class, () -> new Lion(rate, 0.9, 0));
        assertThrows(IllegalArgumentException.class, () -> new Lion(0.9, rate, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sgd(rate, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, Double.NaN, Double.POSITIVE_INFINITY})
    void decayAndEpsilonAreFinite(double value) {
        assertThrows(IllegalArgumentException.class, () -> new Adam(0.9, 0.9, 1e-8, value));
        assertThrows(IllegalArgumentException.class, () -> new Lion(0.9, 0.9, value));
        assertThrows(IllegalArgumentException.class, () -> new Sgd(0.9, value));
        assertThrows(IllegalArgumentException.class, () -> new Adam(0.9, 0.9, value, 0));
        assertThrows(IllegalArgumentException.class, () -> new Adam(0.9, 0.9, 0, 0));
    }

    private static final String[] NAMES = {"encoder.0.weight", "encoder.0.bias", "encoder.1.weight", "encoder.1.bias",
        "likelihood.log_variance",
        "decoder.0.weight"};
    private static final int[][] SHAPES = {{3, 5}, {1, 3}, {2, 3}, {1, 2}, {1, 1}, {5, 2}};

    /** Three steps of a rule over matrices and vectors, each element followed by its definition in 64 bits: decay for every weight of every matrix, none beside. */
    @ParameterizedTest
    @MethodSource("rules")
    void everyWeightDecaysAndNothingElse(Optimizer rule) {
        try (Backend backend = new CpuBackend(1); Scope scope = new Scope(backend, "test")) {
            Parameters parameters = parameters(scope);
            List<Tensor> memory = rule.allocate(scope, parameters);
            Random random = new Random(9);
            List<double[][]> elements = new ArrayList<>();
            parameters.all().forEach(parameter -> elements.add(start(parameter)));
            for (int t = 1; t <= 3; t++) {
                for (Parameter parameter : parameters.all()) {
                    parameter.gradient().write(normal(random, parameter.gradient().size()));
                }
                Buffer state = state(backend, rule.corrections(t));
                rule.update(backend, parameters, memory, state);
                backend.release(state);
                follow(rule, t, parameters, elements);
            }
            int at = 0;
            for (Parameter parameter : parameters.all()) {
                compare(parameter, elements.get(at++));
            }
        }
    }

    private static Parameters parameters(Scope scope) {
        Parameters parameters = new Parameters();
        Random random = new Random(4);
        for (int i = 0; i < NAMES.length; i++) {
            int size = SHAPES[i][0] * SHAPES[i][1];
            parameters.declare(NAMES[i], SHAPES[i][0], SHAPES[i][1], () -> normal(random, size));
        }
        parameters.seal(scope);
        return parameters;
    }

    private static float[] normal(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[][] start(Parameter parameter) {
        float[] values = parameter.value().read();
        double[][] elements = new double[values.length][];
        for (int i = 0; i < values.length; i++) {
            elements[i] = new double[] {values[i], 0, 0};
        }
        return elements;
    }

    private static Buffer state(Backend backend, float[] corrections) {
        Buffer state = backend.allocate(ElementType.INT32, StepState.WORDS);
        backend.write(state, StepState.words(1, 0, 10, new StepTable(1).set(0, LEARNING_RATE, 1, corrections[0], corrections[1])), 0,
                StepState.WORDS);
        return state;
    }

    private static void follow(Optimizer rule, int t, Parameters parameters, List<double[][]> elements) {
        UpdateReference reference = UpdateReference
                .of(UpdateRule.valueOf(rule.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT)));
        double beta1 = rule instanceof Sgd sgd ? sgd.momentum() : 0.8;
        UpdateReference.Numbers numbers = new UpdateReference.Numbers(LEARNING_RATE, 1, 1 - Math.pow(beta1, t), 1 - Math.pow(0.95, t),
                beta1, 0.95,
                1e-3);
        int at = 0;
        for (Parameter parameter : parameters.all()) {
            float[] gradient = parameter.gradient().read();
            double decay = parameter.name().endsWith("weight") ? 0.3 : 0;
            double[][] own = elements.get(at++);
            for (int i = 0; i < own.length; i++) {
                reference.step(numbers, decay, gradient[i], own[i]);
            }
        }
    }

    private static void compare(Parameter parameter, double[][] elements) {
        float[] values = parameter.value().read();
        for (int i = 0; i < values.length; i++) {
            assertEquals(elements[i][0], values[i], 2e-6 * (1 + Math.abs(elements[i][0])), parameter.name() + "[" + i + "]");
        }
    }
}
