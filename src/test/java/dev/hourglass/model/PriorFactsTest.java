package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.prior.Prior;
import dev.hourglass.testkit.Infer;
import dev.hourglass.train.TrainingSettings;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the three priors of a conditional model are good for. */
class PriorFactsTest {
    private static final int ROWS = 1000;
    private static final float[] DIRECTION = {1, -1, 0.5f, 0.5f};
    private static final double[] SPREAD = {0.5, 3};
    private static final double NOISE = 0.2;

    private static final TrainingSettings PLAN = Facts.plan(100, 50, 0.02);

    private final Examples examples = spreading();
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

    /** x = spread(c) n w + noise: how far x reaches along w depends on the class, which a linear decoder of N(0, I) cannot say. */
    private static Examples spreading() {
        Random random = new Random(61);
        float[][] rows = new float[ROWS][DIRECTION.length];
        int[] labels = new int[ROWS];
        for (int r = 0; r < ROWS; r++) {
            labels[r] = r % 2;
            double z = SPREAD[labels[r]] * random.nextGaussian();
            for (int j = 0; j < DIRECTION.length; j++) {
                rows[r][j] = (float) (z * DIRECTION[j] + NOISE * random.nextGaussian());
            }
        }
        return Examples.of(Dataset.of(rows).withLabels(labels));
    }

    /** Mean of -log N(x; 0, spread(c)^2 w w' + noise^2 I) over the examples: what the truth itself scores. */
    private double truth() {
        double sum = 0;
        double length = 0;
        for (float w : DIRECTION) {
            length += w * w;
        }
        for (int r = 0; r < ROWS; r++) {
            float[] x = examples.features().row(r);
            double squares = 0;
            double along = 0;
            for (int j = 0; j < x.length; j++) {
                squares += x[j] * x[j];
                along += x[j] * DIRECTION[j];
            }
            double v = NOISE * NOISE;
            double s = Math.pow(SPREAD[examples.features().label(r)], 2);
            double distance = (squares - s * along * along / (v + s * length)) / v;
            sum += 0.5 * (x.length * Math.log(2 * Math.PI * v) + Math.log1p(s * length / v) + distance) / ROWS;
        }
        return sum;
    }

    private static ModelBuilder model(Prior prior) {
        return Hourglass.cvae().hidden(16).decoderHidden().activation(Activation.TANH).code(Code.diagonalGaussian(1)).prior(prior)
                .likelihood(Likelihood.gaussian(NOISE * NOISE));
    }

    /** -log p(x|c) by importance weighting with q(z|x,c). */
    private double conditionalNll(Prior prior) {
        try (Model model = Facts.trained(backend, model(prior), examples, PLAN);
             Model weighted = ModelBuilder.from(model(prior).importanceSamples(100).specification()).scaling("none")
                     .create(backend, examples, 0)) {
            weighted.parameters().values().write(Facts.parameters(model));
            return Facts.terms(weighted, examples, 100, 1).get(Term.BOUND);
        }
    }

    @Test
    void aLearnedPriorDescribesWhatAFixedOneCannot() {
        double truth = truth();
        double learned = conditionalNll(Prior.learned(java.util.List.of()));
        double fixed = conditionalNll(Prior.standardNormal());
        assertEquals(truth, learned, 0.05, () -> "truth " + truth);
        assertTrue(fixed > learned + 0.3, () -> "fixed " + fixed + " learned " + learned);
    }

    @Test
    void withoutPriorTheVarianceCollapses() {
        double with = meanLogVariance(Prior.standardNormal());
        double without = meanLogVariance(Prior.none());
        assertTrue(with > -6, () -> "with a prior " + with);
        assertTrue(without < with - 4, () -> "without " + without + ", with " + with);
    }

    private double meanLogVariance(Prior prior) {
        try (Model model = Facts.trained(backend, model(prior), examples, PLAN)) {
            return Arrays.stream(Facts.heads(model, examples)).mapToDouble(head -> head[1]).average().orElseThrow();
        }
    }

    /** The KL of a learned prior is about q(z|x,c) and p(z|c): a prior that copies the posterior of an encoder blind to x makes it 0. */
    @Test
    void theDivergenceFromALearnedPriorVanishesWhereTheyAgree() {
        try (Model model = model(Prior.learned(java.util.List.of())).hidden().decoderHidden().scaling("none").create(backend, examples,
                2)) {
            Facts.set(model, "encoder.0.weight", new float[2 * DIRECTION.length]);
            Facts.set(model, "encoder.0.condition.weight", model.parameters().get("prior.0.condition.weight").value().read());
            assertEquals(0, Facts.terms(model, examples, 1, 0).get(Term.KL), 1e-12);
        }
    }

    @Test
    void samplesFollowThePriorOfTheirCondition() {
        try (Model model = Facts.trained(backend, model(Prior.learned(java.util.List.of())), examples, PLAN)) {
            for (int label = 0; label < 2; label++) {
                float[][] conditions = new float[4000][2];
                for (float[] row : conditions) {
                    row[label] = 1;
                }
                float[][] samples = Infer.sample(model, conditions.length, 5, conditions);
                double deviation = Math.sqrt(Arrays.stream(samples).mapToDouble(x -> x[0] * x[0]).average().orElseThrow());
                assertEquals(SPREAD[label], deviation, 0.1 * SPREAD[label]);
            }
        }
    }

    @Test
    void realConditionsAreStandardizedForTraining() {
        float[][] conditions = new float[ROWS][1];
        for (int r = 0; r < ROWS; r++) {
            conditions[r][0] = 100 + 10 * examples.features().label(r);
        }
        Examples real = new Examples(examples.features(), Dataset.of(conditions));
        try (Model model = model(Prior.learned(java.util.List.of())).condition(ConditionKind.VALUES).scaling("none").create(backend, real,
                2)) {
            float[] one = {110};
            model.schema().conditionScaling().apply(one, 0, 1, 1);
            assertEquals(1, one[0], 1e-6);
        }
    }
}
