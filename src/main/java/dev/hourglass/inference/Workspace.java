package dev.hourglass.inference;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.StepState;
import dev.hourglass.batch.Batch;
import dev.hourglass.model.Encoded;
import dev.hourglass.model.ForwardPass;
import dev.hourglass.model.Model;
import dev.hourglass.model.Schema;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.code.GaussianCode;
import dev.hourglass.model.network.AppliedNetwork;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * What one call at a time needs to run a model: a device, and programs over the shared parameters, recorded when they are first asked for, with their
 * memory. Lent by {@link Inference}.
 */
final class Workspace implements AutoCloseable {
    private final Model model;
    private final Backend backend;
    private final boolean ownsBackend;
    private final Scope scope;
    private final Map<Task, Recording> passes = new HashMap<>();

    /** What a program computes. */
    enum Kind {
        /** x to h, or to the mean of q(z|x). */
        ENCODE,
        /** x to a sample of q(z|x). */
        SAMPLE,
        /** x to the decoder's outputs at the code or its mean. */
        RECONSTRUCT,
        /** z to the decoder's outputs. */
        DECODE,
        /** c to the head of p(z|c). */
        PRIOR,
        /** x to KL(q(z|x)||p(z)). */
        DIVERGENCE,
        /** x to samples of q(z|x), what the decoder makes of them, -log p(x|z) and log q(z|x) - log p(z). */
        DRAW
    }

    /**
     * A program.
     *
     * @param rows it takes at once
     * @param samples codes of each row, for the kinds that draw
     */
    record Task(Kind kind, int rows, int samples) {
    }

    /** For a model on a device; {@code ownsBackend} closes that with the workspace. */
    Workspace(Model model, Backend backend, boolean ownsBackend) {
        this.model = model;
        this.backend = backend;
        this.ownsBackend = ownsBackend;
        this.scope = new Scope(backend, "workspace");
    }

    Recording pass(Kind kind, int rows, int samples) {
        return passes.computeIfAbsent(new Task(kind, rows, samples), task -> new Recording(model, scope, task));
    }

    @Override
    public void close() {
        passes.values().forEach(pass -> pass.program.close());
        scope.close();
        if (ownsBackend) {
            backend.close();
        }
    }

    /** A recorded program and its places: write what it reads, {@link #run}, read what it wrote. Places that a task does not have are null. */
    static final class Recording {
        final float[] target;
        final float[] input;
        final float[] condition;
        final int[] keys;
        private final Task task;
        private final Backend backend;
        private final Buffer targetBuffer;
        private final Buffer inputBuffer;
        private final Buffer conditionBuffer;
        private final Buffer keyBuffer;
        private final Buffer state;
        private final Tensor result;
        private final Tensor reconstruction;
        private final Tensor cost;
        private final Program program;

        private Recording(Model model, Scope scope, Task task) {
            this.task = task;
            this.backend = scope.backend();
            Schema schema = model.schema();
            int width = task.kind == Kind.DECODE ? model.specification().code().latent() : schema.features();
            boolean split = task.kind != Kind.DECODE && !schema.inputScaling().equals(schema.scaling());
            Tensor x = task.kind == Kind.PRIOR ? null : scope.tensor("x", task.rows, width);
            Tensor seen = split ? scope.tensor("input x", task.rows, width) : x;
            Tensor c = schema.conditions() == 0 ? null : scope.tensor("c", task.rows, schema.conditions());
            target = x == null ? null : new float[x.size()];
            input = split ? new float[x.size()] : target;
            condition = c == null ? null : new float[c.size()];
            keys = new int[2 * task.rows];
            targetBuffer = x == null ? null : x.buffer();
            inputBuffer = split ? seen.buffer() : null;
            conditionBuffer = c == null ? null : c.buffer();
            boolean draws = task.kind == Kind.SAMPLE || task.kind == Kind.DRAW;
            keyBuffer = draws ? scope.buffer(ElementType.INT32, keys.length) : null;
            state = draws ? scope.buffer(ElementType.INT32, StepState.WORDS) : null;
            Tape tape = new Tape(scope);
            Written written = write(model, tape, new Batch(x, seen, c), new CodeOps(tape, state, keyBuffer));
            result = written.result;
            reconstruction = written.reconstruction;
            cost = written.cost;
            program = backend.record(tape::forward);
        }

        private record Written(Tensor result, Tensor reconstruction, Tensor cost) {
            Written(Tensor result) {
                this(result, null, null);
            }
        }

        private Written write(Model model, Tape tape, Batch batch, CodeOps codes) {
            Code code = model.specification().code();
            return switch (task.kind) {
                case DECODE -> new Written(model.decode(tape, batch.target(), batch.condition()));
                case PRIOR -> new Written(model.prior(tape, batch.condition()).head());
                case ENCODE -> new Written(mean(model, tape, batch));
                case RECONSTRUCT -> new Written(model.decode(tape, mean(model, tape, batch), batch.condition()));
                case SAMPLE -> new Written(code.sample(codes, encoder(model, tape, batch).last().output(), task.samples));
                case DIVERGENCE -> new Written(divergence(codes, Code.gaussian(code, "KL(q(z|x)||p(z))"), model.encode(tape, batch)));
                case DRAW -> {
                    ForwardPass pass = model.decode(tape, model.encode(tape, batch), codes, task.samples);
                    yield new Written(pass.outputs(), model.reconstruction(tape, pass, null), model.sampledKl(codes, pass, null));
                }
            };
        }

        private static AppliedNetwork encoder(Model model, Tape tape, Batch batch) {
            return model.encode(tape, batch.input(), batch.condition());
        }

        private static Tensor mean(Model model, Tape tape, Batch batch) {
            return encoder(model, tape, batch).first(model.specification().code().latent()).output();
        }

        private static Tensor divergence(CodeOps codes, GaussianCode code, Encoded encoded) {
            return codes.kl(code.posterior(), encoded.head(), code.latent(), encoded.prior(), null, null);
        }

        /** Sends the first {@code rows} rows of every place to the device and runs; draws with step word {@code step}. */
        void run(int rows, int step) {
            if (target != null) {
                backend.write(targetBuffer, target, 0, target.length);
            }
            if (inputBuffer != null) {
                backend.write(inputBuffer, input, 0, input.length);
            }
            if (conditionBuffer != null) {
                backend.write(conditionBuffer, condition, 0, condition.length);
            }
            if (state != null) {
                backend.write(state, StepState.words(0, step), 0, StepState.WORDS);
                backend.write(keyBuffer, keys, 0, keys.length);
            }
            program.run();
        }

        /** Returns the columns of {@link #read}. */
        int width() {
            return result.columns();
        }

        /** Reads the result, all rows: codes, decoder outputs or values. */
        void read(float[] to) {
            backend.read(result.buffer(), to, 0);
        }

        /** Reads -log p(x|z) of every sample. */
        void readReconstruction(float[] to) {
            backend.read(reconstruction.buffer(), to, 0);
        }

        /** Reads log q(z|x) - log p(z) of every sample; returns whether there is such a thing. */
        boolean readCost(float[] to) {
            if (cost == null) {
                return false;
            }
            backend.read(cost.buffer(), to, 0);
            return true;
        }
    }
}
