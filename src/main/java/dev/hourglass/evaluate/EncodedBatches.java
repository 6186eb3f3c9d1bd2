package dev.hourglass.evaluate;

import dev.hourglass.backend.StepTable;
import dev.hourglass.batch.BatchLoop;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Encoded;
import dev.hourglass.model.Model;

/**
 * Takes examples through the encoder batch by batch. A batch starting at position p of an order, under the same seed and first step, is binarised
 * the same way every time, so that passes over the same examples see the same x.
 */
final class EncodedBatches implements AutoCloseable {
    private final Model model;
    private final DeviceData data;
    private final int batch;

    /** Is opened for a batch size. Allocates in {@code encoded.scope()} what it needs beside the batch. */
    @FunctionalInterface
    interface Visitor {
        Visit open(Encoded encoded);
    }

    /** Runs after the batch that starts at {@code position} of the order was encoded. */
    @FunctionalInterface
    interface Visit {
        void run(int position);
    }

    EncodedBatches(Model model, Examples examples, int batch) {
        this.model = model;
        this.batch = Math.min(batch, examples.rows());
        this.data = model.load(examples, this.batch);
    }

    /** Returns the examples of a full batch. */
    int batch() {
        return batch;
    }

    /** Visits every batch of {@code order}; the batch at position p draws with step {@code firstStep + p / batch}. */
    void forEach(int[] order, long seed, int firstStep, Visitor visitor) {
        try (BatchLoop loop = new BatchLoop(data, "evaluation", batch, 1, false, (tape, gathered) -> {
            Visit visit = visitor.open(model.encode(tape, gathered));
            return BatchLoop.Step.forward(tape, visit::run);
        })) {
            loop.run(order, seed, firstStep, StepTable.constant(0));
        }
    }

    @Override
    public void close() {
        data.close();
    }
}
