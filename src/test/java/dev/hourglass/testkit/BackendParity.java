package dev.hourglass.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.hourglass.backend.Backend;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs primitives with the same inputs on the CPU and on every other enabled backend, and compares what they write. On the emulated driver each
 * case runs in three orders of threads and blocks. Every case runs twice: on buffers that are aligned and on buffers that are not.
 */
public final class BackendParity implements AutoCloseable {
    /** Rows and columns that meet the edges of warps, blocks and vectors. */
    public static final int[][] RAGGED = {{1, 1}, {1, 784}, {31, 33}, {32, 32}, {33, 257}, {257, 31}, {784, 1}, {5, 784}};

    private static final int SEED = 20240607;

    private final Backend reference = Backends.open(Backends.Kind.CPU);
    private final Map<Backends.Kind, Backend> others = new EnumMap<>(Backends.Kind.class);

    /** Opens every enabled backend. */
    public BackendParity() {
        for (Backends.Kind kind : Backends.compared()) {
            others.put(kind, Backends.open(kind));
        }
    }

    /**
     * Runs a case everywhere.
     *
     * @param name of the primitive and variant, for the failure
     * @param body takes its inputs and results from the bench, in the same order each time, and calls the primitive
     */
    public void check(String name, Consumer<Bench> body) {
        for (int offset = 0; offset < 2; offset++) {
            int start = offset;
            List<double[]> expected = new ArrayList<>();
            run(reference, name, start, body, bench -> bench.outputs().forEach(output -> expected.add(bench.values(output))));
            others.forEach((kind, backend) -> {
                for (EmulatedDriver.Order order : orders(kind)) {
                    if (kind == Backends.Kind.CUDA_EMULATED) {
                        EmulatedDriver.setOrder(order, SEED);
                    }
                    String where = kind == Backends.Kind.CUDA_EMULATED ? "cuda " + order.name().toLowerCase(Locale.ROOT) : kind.label();
                    run(backend, name, start, body, bench -> compare(name, where, bench, expected));
                }
            });
        }
    }

    private static EmulatedDriver.Order[] orders(Backends.Kind kind) {
        return kind == Backends.Kind.CUDA_EMULATED ? EmulatedDriver.Order.values()
                : new EmulatedDriver.Order[] {EmulatedDriver.Order.FORWARD};
    }

    private static void run(Backend backend, String name, int offset, Consumer<Bench> body, Consumer<Bench> then) {
        Bench bench = new Bench(backend, name.hashCode(), offset);
        try {
            body.accept(bench);
            then.accept(bench);
            if (!bench.inputsUnchanged()) {
                fail(name + ": an input was modified: backend=" + backend.description());
            }
        } finally {
            bench.release();
        }
    }

    private static void compare(String name, String where, Bench bench, List<double[]> expected) {
        assertEquals(expected.size(), bench.outputs().size(), name + ": results");
        for (int i = 0; i < expected.size(); i++) {
            Bench.Output output = bench.outputs().get(i);
            compare(name, where, output, expected.get(i), bench.values(output));
        }
    }

    private static void compare(String name, String where, Bench.Output output, double[] expected, double[] actual) {
        int wrong = 0;
        int worst = 0;
        double most = 0;
        for (int i = 0; i < expected.length; i++) {
            double excess = excess(expected[i], actual[i], output.bound().allowed(i, expected[i]));
            wrong += excess > 1 ? 1 : 0;
            if (excess > most) {
                most = excess;
                worst = i;
            }
        }
        if (wrong > 0) {
            fail(String.format(Locale.ROOT, "%s %s [%d, %d]: %d of %d differ, worst at (%d, %d): cpu=%.9g %s=%.9g |d|=%.2g allowed=%.2g",
                    name, output.name(), output.rows(), output.columns(), wrong, expected.length, worst / output.columns(),
                    worst % output.columns(),
                    expected[worst], where, actual[worst], Math.abs(expected[worst] - actual[worst]),
                    output.bound().allowed(worst, expected[worst])));
        }
    }

    /** Returns the difference in units of what is allowed; NaN on either side is not allowed: it is the poison of what was never written. */
    private static double excess(double expected, double actual, double allowed) {
        if (Double.doubleToLongBits(expected) == Double.doubleToLongBits(actual) && !Double.isNaN(expected)) {
            return 0;
        }
        double ratio = Math.abs(expected - actual) / allowed;
        return Double.isNaN(ratio) ? Double.POSITIVE_INFINITY : ratio;
    }

    /** Closes the backends; a buffer that is still live fails. */
    @Override
    public void close() {
        others.put(Backends.Kind.CPU, reference);
        if (others.containsKey(Backends.Kind.CUDA_EMULATED)) {
            EmulatedDriver.setOrder(EmulatedDriver.Order.FORWARD, 0);
        }
        others.forEach((kind, backend) -> {
            assertEquals(0, backend.liveBytes(), "live bytes of " + kind.label());
            backend.close();
        });
    }
}
