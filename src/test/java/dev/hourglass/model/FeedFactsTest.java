package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepTable;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.loss.Term;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import dev.hourglass.testkit.Infer;
import dev.hourglass.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Examples pass through a window of the device without a trace; ragged and oversized batches count every example once. */
class FeedFactsTest {
    private static final int ROWS = 53;
    private static final int FEATURES = 7;
    private static final int BATCH = 8;

    private final Examples examples = examples(false);
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

    private static Examples examples(boolean bytes) {
        float[][] rows = Facts.curved(ROWS, FEATURES, 2, 71);
        int[] labels = IntStream.range(0, ROWS).map(i -> i % 3).toArray();
        byte[] pixels = new byte[ROWS * FEATURES];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (255 * rows[i / FEATURES][i % FEATURES]);
        }
        Dataset features = bytes ? Dataset.of(FEATURES, pixels) : Dataset.of(rows);
        return new Examples(features.withLabels(labels), Dataset.of(Facts.normal(ROWS, 2, 72)));
    }

    private static ModelBuilder model(ConditionKind condition) {
        return Hourglass.denoisingVae().hidden(5).latent(2).activation(Activation.TANH).condition(condition);
    }

    @Test
    void aWindowTrainsToTheSameBits() {
        for (boolean bytes : new boolean[] {false, true}) {
            for (ConditionKind condition : ConditionKind.values()) {
                float[] resident = train(examples(bytes), condition, Long.MAX_VALUE);
                assertArrayEquals(resident, train(examples(bytes), condition, 1), "one batch at a time, " + condition);
                assertArrayEquals(resident, train(examples(bytes), condition, 3L * BATCH * FEATURES * (bytes ? 1 : 4)),
                        "three batches, " + condition);
            }
        }
    }

    /** Three epochs in random order, batch by batch, with a feed that keeps at most {@code residentBytes} on the device. */
    private float[] train(Examples data, ConditionKind condition, long residentBytes) {
        try (Model model = model(condition).create(backend, data, 3);
             DeviceData feed = new DeviceData(backend, model.schema().encoding(model.specification()), data, ROWS, BATCH, residentBytes);
             Scope scope = new Scope(backend, "facts")) {
            assertTrue(residentBytes == Long.MAX_VALUE ? feed.window() == ROWS : feed.window() < ROWS && feed.window() % BATCH == 0);
            Buffer columns = scope.buffer(ElementType.FLOAT32, StepTable.COLUMNS);
            StepTable table = new StepTable(1).set(0, 0.01, 1, 0.1f, 0.01f);
            backend.write(columns, table.values(), 0, StepTable.COLUMNS);
            List<Tensor> memory = Optimizer.adam().allocate(scope, model.parameters());
            Runnable full = step(model, feed, scope, columns, memory, BATCH);
            Runnable rest = step(model, feed, scope, columns, memory, ROWS % BATCH);
            for (int epoch = 0; epoch < 3; epoch++) {
                feed.begin(shuffled(epoch), 5, 100 * epoch, table);
                for (int start = 0; start < ROWS; start += BATCH) {
                    feed.prepare(start, Math.min(BATCH, ROWS - start));
                    (start + BATCH <= ROWS ? full : rest).run();
                }
            }
            return Facts.parameters(model);
        }
    }

    private Runnable step(Model model, DeviceData feed, Scope scope, Buffer table, List<Tensor> memory, int rows) {
        Tape tape = new Tape(scope);
        model.parameters().watch(tape);
        model.objective(tape, feed.batch(tape, rows, true), feed.state(), scope.buffer(ElementType.FLOAT64, Term.values().length), 1);
        tape.differentiate();
        return () -> {
            tape.forward();
            tape.backward();
            Optimizer.adam().update(backend, model.parameters(), memory, feed.state());
            backend.advance(rows, 1, table, feed.state());
        };
    }

    private static int[] shuffled(long seed) {
        List<Integer> order = new java.util.ArrayList<>(IntStream.range(0, ROWS).boxed().toList());
        java.util.Collections.shuffle(order, new Random(seed));
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void termsAreMeansOverExamplesWhateverTheBatch() {
        try (Model model = Hourglass.undercomplete().hidden(5).latent(2).create(backend, examples, 3)) {
            double whole = loss(model, ROWS);
            for (int batch : new int[] {1, 7, BATCH, 52, 1000}) {
                assertEquals(whole, loss(model, batch), 1e-5 * whole, "batch " + batch);
            }
        }
    }

    private double loss(Model model, int batch) {
        try (LossTerms terms = new LossTerms(model, examples, batch, 1)) {
            return terms.evaluate(0, 1).get(Term.LOSS);
        }
    }

    @Test
    void aBatchLargerThanTheDataIsTheData() {
        float[][] after = new float[2][];
        int[] batches = {ROWS, 10 * ROWS};
        for (int i = 0; i < 2; i++) {
            try (Model model = model(ConditionKind.NONE).create(backend, examples, 3);
                 Trainer trainer = new Trainer(model, Facts.plan(3, batches[i], 0.01), examples, null, List.of())) {
                assertEquals(1, trainer.stepsPerEpoch());
                trainer.run();
                after[i] = Facts.parameters(model);
            }
        }
        assertArrayEquals(after[0], after[1]);
    }

    @Test
    void inferenceGivesEveryRowItsOwnResult() {
        float[][] many = Facts.curved(1100, FEATURES, 2, 73);
        try (Model model = Hourglass.undercomplete().hidden(5).latent(2).create(backend, examples, 3)) {
            float[][] codes = Infer.encode(model, Facts.examples(many));
            for (int row : new int[] {0, 511, 512, 1023, 1024, 1099}) {
                float[] alone = Infer.encode(model, Facts.examples(new float[][] {many[row]}))[0];
                assertArrayEquals(alone, codes[row], 1e-6f, "row " + row);
            }
        }
    }

    /** A set that holds only some classes still means the same classes. */
    @Test
    void labelsKeepTheirMeaningInOtherData() {
        try (Model model = model(ConditionKind.LABELS).create(backend, examples, 3)) {
            int[] third = IntStream.range(0, ROWS).filter(i -> i % 3 == 2).toArray();
            float[][] rows = Arrays.stream(third).mapToObj(i -> examples.features().row(i)).toArray(float[][]::new);
            int[] labels = new int[third.length];
            Arrays.fill(labels, 2);
            float[][] expected = Infer.encode(model, examples.select(third));
            float[][] actual = Infer.encode(model, Examples.of(Dataset.of(rows).withLabels(labels)));
            for (int r = 0; r < third.length; r++) {
                assertArrayEquals(expected[r], actual[r]);
            }
            Arrays.fill(labels, 7);
            Exception refused = assertThrows(DataException.class,
                    () -> Infer.encode(model, Examples.of(Dataset.of(rows).withLabels(labels))));
            assertEquals("data set: row 1 has label '7', expected one of [0, 1, 2]; use data with the labels of the training set",
                    refused.getMessage());
        }
    }
}
