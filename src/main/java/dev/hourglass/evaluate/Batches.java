package dev.hourglass.evaluate;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepState;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Batch;
import dev.hourglass.model.Examples;
import dev.hourglass.model.Feed;
import dev.hourglass.tensor.Scope;
import java.util.Arrays;
import java.util.List;

/**
 * Takes examples through the encoder batch by batch. A batch starting at position p of an order, under the same seed and first step, is binarised
 * the same way every time, so that passes over the same examples see the same x.
 */
final class Batches implements AutoCloseable {
    private final Autoencoder model;
    private final Feed feed;
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

    Batches(Autoencoder model, Examples examples, int batch) {
        this.model = model;
        this.batch = Math.min(batch, examples.rows());
        this.feed = new Feed(model.backend(), model.specification(), model.domain(), examples, examples.rows(), this.batch);
    }

    /** Returns the examples of a full batch. */
    int batch() {
        return batch;
    }

    /** Returns 0, 1, ... rows - 1. */
    static int[] inOrder(int rows) {
        int[] order = new int[rows];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /** Visits every batch of {@code order}; the batch at position p draws with step {@code firstStep + p / batch}. */
    void forEach(int[] order, long seed, int firstStep, Visitor visitor) {
        feed.begin(order, seed, firstStep, new float[StepState.TABLE_COLUMNS]);
        int full = order.length / batch;
        int rest = order.length % batch;
        if (full > 0) {
            visit(0, batch, full, visitor);
        }
        if (rest > 0) {
            visit(full * batch, rest, 1, visitor);
        }
    }

    private void visit(int start, int rows, int count, Visitor visitor) {
        Backend backend = model.backend();
        try (Scope scope = new Scope(backend, "evaluation batch")) {
            Tape tape = new Tape(scope);
            Batch gathered = feed.batch(tape, rows, false);
            List<Activated> layers = model.encode(tape, gathered.input(), gathered.condition());
            PriorHead prior = model.prior(tape, gathered.condition());
            Buffer table = scope.buffer(ElementType.FLOAT32, StepState.TABLE_COLUMNS);
            backend.fill(table, 0);
            Visit visit = visitor.open(new Encoded(scope, gathered, layers, prior));
            for (int i = 0; i < count; i++) {
                feed.prepare(start + i * rows, rows);
                tape.forward();
                visit.run(start + i * rows);
                backend.advance(rows, 1, table, feed.state());
            }
        }
    }

    @Override
    public void close() {
        feed.close();
    }
}
