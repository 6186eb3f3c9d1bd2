package dev.hourglass.batch;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.StepTable;
import dev.hourglass.tensor.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * The one loop over batches: takes the rows of an order through a program that is recorded once for the full batch size and once for the rest. A program
 * gathers its rows, does what the {@link Stage} wrote, and moves on to the next batch, all on the device.
 */
public final class BatchLoop implements AutoCloseable {
    private final DeviceData data;
    private final String name;
    private final int batch;
    private final boolean corrupt;
    private final Stage stage;
    private final Scope scope;
    private final Buffer table;
    private final int tableRows;
    private final Map<Integer, Part> parts = new LinkedHashMap<>();

    /** Writes on a tape what is done with a batch; called once for each batch size. */
    @FunctionalInterface
    public interface Stage {
        /** Returns what runs on the device in place of the tape's forward pass alone, and what the host does after each batch. */
        Step open(Tape tape, Batch batch);
    }

    /**
     * What is done with each batch of a size.
     *
     * @param device calls primitives only: the forward pass of the tape among them
     * @param host is told the position in the order at which the batch that has just been launched began
     */
    public record Step(Runnable device, IntConsumer host) {
        /** The forward pass of a tape, then the host. */
        public static Step forward(Tape tape, IntConsumer host) {
            return new Step(tape::forward, host);
        }
    }

    private record Part(Scope scope, Program program, IntConsumer host) {
    }

    /**
     * Prepares a loop; programs are recorded when their size is first met, or by {@link #record}.
     *
     * @param name of what the loop is for, in messages about memory
     * @param batch rows of a full batch
     * @param steps rows of the step tables it will be given
     * @param corrupt whether inputs are corrupted as in training
     */
    public BatchLoop(DeviceData data, String name, int batch, int steps, boolean corrupt, Stage stage) {
        this.data = data;
        this.name = name;
        this.batch = batch;
        this.corrupt = corrupt;
        this.stage = stage;
        this.tableRows = steps;
        this.scope = new Scope(data.backend(), name);
        this.table = scope.buffer(ElementType.FLOAT32, (long) steps * StepTable.COLUMNS);
    }

    /** Records the programs for so many rows before they are needed, so that what is wrong is found at once; returns this. */
    public BatchLoop record(int rows) {
        if (rows >= batch) {
            part(batch);
        }
        if (rows % batch != 0) {
            part(rows % batch);
        }
        return this;
    }

    private Part part(int rows) {
        return parts.computeIfAbsent(rows, this::open);
    }

    private Part open(int rows) {
        Backend backend = data.backend();
        Scope memory = new Scope(backend, name + ", " + rows + " rows");
        Tape tape = new Tape(memory);
        Step step = stage.open(tape, data.batch(tape, rows, corrupt));
        Program program = backend.record(() -> {
            step.device().run();
            backend.advance(rows, tableRows, table, data.state());
        });
        return new Part(memory, program, step.host());
    }

    /** Visits every row of the order once. */
    public void run(int[] order, long seed, int firstStep, StepTable steps) {
        run(order, seed, firstStep, steps, done -> true);
    }

    /**
     * Visits the rows of the order batch by batch.
     *
     * @param seed of the draws; the batch at position p draws with step {@code firstStep + p / batch}
     * @param steps what each step is told
     * @param goOn is told after every batch how many are done; false ends the loop
     * @return whether all rows were visited
     */
    public boolean run(int[] order, long seed, int firstStep, StepTable steps, IntPredicate goOn) {
        data.backend().write(table, steps.values(), 0, steps.values().length);
        data.begin(order, seed, firstStep, steps);
        int done = 0;
        for (int position = 0; position < order.length; position += batch) {
            int rows = Math.min(batch, order.length - position);
            Part part = part(rows);
            data.prepare(position, rows);
            part.program.run();
            part.host.accept(position);
            if (!goOn.test(++done) && position + rows < order.length) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        parts.values().forEach(part -> {
            part.program.close();
            part.scope.close();
        });
        scope.close();
    }

    /** Returns what it is for and the sizes of batches it has programs of, in one line. */
    @Override
    public String toString() {
        return "BatchLoop[" + name + ", batches of " + batch + ", recorded " + parts.keySet() + "]";
    }
}
