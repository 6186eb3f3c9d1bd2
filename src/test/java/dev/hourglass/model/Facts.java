package dev.hourglass.model;

import dev.hourglass.ModelBuilder;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepTable;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.batch.Batch;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.loss.Term;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the facts about models share: data, training and measuring in a line each. */
final class Facts {
    private Facts() {
    }

    /** The CPU with one thread: these models are too small for more, and results do not depend on it. */
    static Backend open() {
        return new CpuBackend(1);
    }

    /** A mean and the standard error of it. */
    record Estimate(double mean, double error) {
        static Estimate of(double[] values) {
            double mean = Arrays.stream(values).average().orElseThrow();
            double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            return new Estimate(mean, Math.sqrt(squares / (values.length - 1) / values.length));
        }
    }

    /** A plan whose learning rate falls to 0 along half a cosine. */
    static TrainingSettings plan(int epochs, int batch, double learningRate) {
        return TrainingSettings.defaults().withEpochs(epochs).withBatch(batch).withLearningRate(LearningRate.cosine(learningRate));
    }

    /** A model trained on data as they are; the caller closes it. */
    static Model trained(Backend backend, ModelBuilder builder, Examples examples, TrainingSettings plan) {
        return trained(builder.scaling("none").create(backend, examples, plan.seed()), examples, plan);
    }

    /** The model after training. */
    static Model trained(Model model, Examples examples, TrainingSettings plan) {
        try (Trainer trainer = new Trainer(model, plan, examples, null, List.of())) {
            trainer.run();
        }
        return model;
    }

    /** All terms over the examples as one batch, the KL with its full weight. */
    static Map<Term, Double> terms(Model model, Examples examples, int samples, long seed) {
        try (LossTerms terms = new LossTerms(model, examples, examples.rows(), samples)) {
            return terms.evaluate(seed, model.specification().prior().weight().beta());
        }
    }

    /** One term over the examples, estimated with several seeds. */
    static Estimate estimate(Model model, Examples examples, Term term, int samples, int seeds) {
        try (LossTerms terms = new LossTerms(model, examples, examples.rows(), samples)) {
            double[] values = new double[seeds];
            Arrays.setAll(values, seed -> terms.evaluate(seed, model.specification().prior().weight().beta()).get(term));
            return Estimate.of(values);
        }
    }

    /** Leaves the gradient of the loss over the examples, as one batch, in the parameters. */
    static void differentiate(Model model, Examples examples, long seed) {
        Backend backend = model.backend();
        int rows = examples.rows();
        try (DeviceData feed = model.load(examples, rows); Scope scope = new Scope(backend, "facts")) {
            Buffer metrics = scope.buffer(ElementType.FLOAT64, Term.values().length);
            Tape tape = new Tape(scope);
            model.parameters().watch(tape);
            model.objective(tape, feed.batch(tape, rows, true), feed.state(), metrics, model.specification().importanceSamples());
            tape.differentiate();
            feed.begin(inOrder(rows), seed, 0, StepTable.constant(model.specification().prior().weight().beta()));
            tape.forward();
            tape.backward();
        }
    }

    /** h, or the head of q(z|x), of every example: [rows][head width]. */
    static float[][] heads(Model model, Examples examples) {
        Backend backend = model.backend();
        int rows = examples.rows();
        try (DeviceData feed = model.load(examples, rows); Scope scope = new Scope(backend, "facts")) {
            Tape tape = new Tape(scope);
            Batch batch = feed.batch(tape, rows, false);
            Tensor head = model.encode(tape, batch.input(), batch.condition()).last().output();
            feed.begin(inOrder(rows), 0, 0, StepTable.constant(0));
            tape.forward();
            return unflatten(head.read(), head.columns());
        }
    }

    /** The bytes of all parameters, as floats. */
    static float[] parameters(Model model) {
        return model.parameters().values().read();
    }

    /** Writes one parameter. */
    static void set(Model model, String name, float[] values) {
        model.parameters().get(name).value().write(values);
    }

    /** Gives every parameter a random value, so that nothing is zero by its start. */
    static void scatter(Model model, double deviation, long seed) {
        Random random = new Random(seed);
        float[] values = parameters(model);
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (deviation * random.nextGaussian());
        }
        model.parameters().values().write(values);
    }

    static int[] inOrder(int rows) {
        int[] order = new int[rows];
        Arrays.setAll(order, i -> i);
        return order;
    }

    static float[][] unflatten(float[] values, int columns) {
        float[][] rows = new float[values.length / columns][];
        Arrays.setAll(rows, r -> Arrays.copyOfRange(values, r * columns, (r + 1) * columns));
        return rows;
    }

    /** Standard normal rows. */
    static float[][] normal(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int c = 0; c < columns; c++) {
                row[c] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    /** Rows in (0, 1) near a curved surface of {@code latent} dimensions: sigmoid(A tanh(2 z)). */
    static float[][] curved(int rows, int columns, int latent, long seed) {
        float[][] z = normal(rows, latent, seed);
        float[][] a = normal(columns, latent, seed + 1);
        float[][] values = new float[rows][columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                double sum = 0;
                for (int k = 0; k < latent; k++) {
                    sum += a[c][k] * Math.tanh(2 * z[r][k]);
                }
                values[r][c] = (float) (1 / (1 + Math.exp(-2 * sum)));
            }
        }
        return values;
    }

    static Examples examples(float[][] rows) {
        return Examples.of(Dataset.of(rows));
    }
}
