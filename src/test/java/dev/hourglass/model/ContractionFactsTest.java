package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Hessian;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import dev.hourglass.testkit.Infer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contractive terms against Jacobians by finite differences of {@link Inference#encode}. */
class ContractionFactsTest {
    private static final int ROWS = 5;
    private static final int FEATURES = 6;
    private static final int CONDITIONS = 2;
    private static final float STEP = 0.03125f;

    private final Dataset features = Dataset.of(Facts.normal(ROWS, FEATURES, 21));
    private final Dataset conditions = Dataset.of(Facts.normal(ROWS, CONDITIONS, 22));
    private final Examples examples = new Examples(features, conditions);
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Facts.open();
    }

    @AfterEach
    void close() {
        assertEquals(0, backend.liveBytes(), "leaked bytes");
        backend.close();
    }

    static Stream<String> models() {
        return variants().keySet().stream();
    }

    private static Map<String, ModelBuilder> variants() {
        Map<String, ModelBuilder> all = new LinkedHashMap<>();
        for (Activation activation : Activation.values()) {
            if (activation != Activation.RELU && activation != Activation.LEAKY_RELU && activation != Activation.ELU) {
                all.put("one layer, " + activation.label(), deterministic(activation).hidden());
                all.put("three layers, " + activation.label(), deterministic(activation).hidden(5, 4));
            }
        }
        all.put("one layer, tied", deterministic(Activation.SIGMOID).hidden().tied(true));
        all.put("three layers, tied", deterministic(Activation.TANH).hidden(5, 4).tied(true));
        all.put("one layer, conditions", deterministic(Activation.SIGMOID).hidden().condition(ConditionKind.VALUES));
        all.put("three layers, conditions", deterministic(Activation.SILU).hidden(5, 4).condition(ConditionKind.VALUES));
        all.put("mean of a linear Gaussian code", gaussian(Code.diagonalGaussian(3)).hidden());
        all.put("mean of a Gaussian code", gaussian(Code.diagonalGaussian(3)).hidden(5, 4));
        all.put("mean of a full Gaussian code, conditions", gaussian(Code.fullGaussian(3)).hidden(5).condition(ConditionKind.VALUES));
        return all;
    }

    private static ModelBuilder deterministic(Activation activation) {
        return Hourglass.undercomplete().code(Code.deterministic(3, activation)).activation(activation).contraction(0.7);
    }

    private static ModelBuilder gaussian(Code code) {
        return Hourglass.vae().code(code).activation(Activation.TANH).likelihood(Likelihood.gaussian(1)).contraction(0.7);
    }

    @ParameterizedTest
    @MethodSource("models")
    void exactIsTheSquaredNormOfTheJacobian(String name) {
        try (Model model = create(variants().get(name))) {
            double[][][] jacobians = jacobians(model, features);
            double expected = Arrays.stream(jacobians).mapToDouble(ContractionFactsTest::squaredNorm).average().orElseThrow();
            Map<Term, Double> terms = Facts.terms(model, examples, 1, 3);
            assertEquals(expected, terms.get(Term.CONTRACTION), 1e-4 * expected);
            double rest = terms.get(Term.RECONSTRUCTION) + terms.getOrDefault(Term.KL, 0.0);
            assertEquals(rest + 0.7 * terms.get(Term.CONTRACTION), terms.get(Term.LOSS), 1e-5 * terms.get(Term.LOSS));
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void closedFormIsTheAccumulatedJacobian(Activation activation) {
        try (Model model = create(deterministic(activation).hidden()); Scope scope = new Scope(backend, "facts")) {
            Tape tape = new Tape(scope);
            Tensor x = scope.tensor("x", ROWS, FEATURES);
            float[] flat = new float[ROWS * FEATURES];
            features.copyRows(0, ROWS, flat, 0);
            x.write(flat);
            Activated code = model.encode(tape, x, null).last();
            Tensor w = model.parameters().get("encoder.0.weight").value();
            PenaltyOps ops = new PenaltyOps(tape);
            LossWeights one = LossWeights.constant(tape, ROWS, 1);
            Tensor closed = ops.contraction(code, ops.rowSquaredNorms(w), one);
            Tensor accumulated = ops.squaredNorm(ops.scaleRows(code, w), ROWS, 1, one);
            tape.forward();
            float[] expected = accumulated.read();
            float[] actual = closed.read();
            for (int r = 0; r < ROWS; r++) {
                assertEquals(expected[r], actual[r], 1e-6 * Math.max(1, expected[r]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void hutchinsonIsUnbiased(String name) {
        ModelBuilder exact = variants().get(name);
        ModelBuilder probing = variants().get(name)
                .penalty(new Contraction(0.7, Contraction.Method.HUTCHINSON, 200));
        try (Model model = create(exact); Model estimator = create(probing)) {
            double expected = Facts.terms(model, examples, 1, 0).get(Term.CONTRACTION);
            Facts.Estimate estimate = Facts.estimate(estimator, examples, Term.CONTRACTION, 1, 25);
            assertTrue(estimate.error() < 0.015 * expected, () -> "standard error " + estimate.error() + " of " + expected);
            assertEquals(expected, estimate.mean(), 3 * estimate.error() + 1e-6 * expected);
        }
    }

    /** With one code unit |v J|^2 = |J|^2 for either sign: every probe is exact. */
    @Test
    void hutchinsonOfOneUnitIsExact() {
        ModelBuilder builder = Hourglass.undercomplete().code(Code.deterministic(1, Activation.TANH)).activation(Activation.TANH).hidden(5);
        try (Model exact = create(builder.contraction(1)); Model probing = create(builder
                .penalty(new Contraction(1, Contraction.Method.HUTCHINSON, 1)))) {
            double expected = Facts.terms(exact, examples, 1, 0).get(Term.CONTRACTION);
            assertEquals(expected, Facts.terms(probing, examples, 1, 0).get(Term.CONTRACTION), 1e-5 * expected);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, names = {"SIGMOID", "TANH", "SOFTPLUS", "GELU", "SILU"})
    void hessianTermIsTheSquaredChangeOfTheJacobian(Activation activation) {
        double deviation = 0.5;
        long seed = 17;
        ModelBuilder builder = deterministic(activation).hidden()
                .penalty(new Contraction(0.7, Contraction.Method.EXACT, 1)).penalty(new Hessian(0.3, deviation));
        try (Model model = create(builder)) {
            double[][][] here = jacobians(model, features);
            double[][][] there = jacobians(model, neighbours(seed, deviation));
            double expected = 0;
            for (int r = 0; r < ROWS; r++) {
                for (int i = 0; i < here[r].length; i++) {
                    for (int j = 0; j < FEATURES; j++) {
                        expected += Math.pow(here[r][i][j] - there[r][i][j], 2) / ROWS;
                    }
                }
            }
            Map<Term, Double> terms = Facts.terms(model, examples, 1, seed);
            assertEquals(expected, terms.get(Term.HESSIAN), 2e-4 * expected);
            double loss = terms.get(Term.RECONSTRUCTION) + 0.7 * terms.get(Term.CONTRACTION) + 0.3 * terms.get(Term.HESSIAN);
            assertEquals(loss, terms.get(Term.LOSS), 1e-5 * loss);
        }
    }

    private Model create(ModelBuilder builder) {
        Model model = builder.scaling("none").create(backend, examples, 4);
        Facts.scatter(model, 0.2, 6);
        return model;
    }

    /** x + e with the e of the first step, from its definition. */
    private Dataset neighbours(long seed, double deviation) {
        float[][] moved = new float[ROWS][];
        float[] normals = new float[4];
        for (int r = 0; r < ROWS; r++) {
            moved[r] = features.row(r);
            for (int c = 0; c < FEATURES; c++) {
                int element = r * FEATURES + c;
                Philox.normals(seed, element / 4, 0, RandomStream.NEIGHBOURS.ordinal(), normals);
                moved[r][c] += (float) deviation * normals[element % 4];
            }
        }
        return Dataset.of(moved);
    }

    /** dh_i/dx_j of every row by the five-point rule: [rows][latent][features]. */
    private double[][][] jacobians(Model model, Dataset at) {
        int latent = model.specification().code().latent();
        double[][][] jacobians = new double[ROWS][latent][FEATURES];
        float[] offsets = {-2 * STEP, -STEP, STEP, 2 * STEP};
        double[] weights = {1 / 12.0, -8 / 12.0, 8 / 12.0, -1 / 12.0};
        for (int j = 0; j < FEATURES; j++) {
            for (int k = 0; k < offsets.length; k++) {
                float[][] moved = new float[ROWS][];
                for (int r = 0; r < ROWS; r++) {
                    moved[r] = at.row(r);
                    moved[r][j] += offsets[k];
                }
                float[][] codes = Infer.encode(model, new Examples(Dataset.of(moved), conditions));
                for (int r = 0; r < ROWS; r++) {
                    for (int i = 0; i < latent; i++) {
                        jacobians[r][i][j] += weights[k] * codes[r][i] / STEP;
                    }
                }
            }
        }
        return jacobians;
    }

    private static double squaredNorm(double[][] jacobian) {
        return Arrays.stream(jacobian).flatMapToDouble(Arrays::stream).map(v -> v * v).sum();
    }
}
