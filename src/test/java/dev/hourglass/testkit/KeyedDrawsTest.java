package dev.hourglass.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Posterior;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an example draws under its key: the same bits wherever it stands, with whom it stands, and on every device. */
class KeyedDrawsTest {
    /** Posterior, examples, samples, latent. */
    private static final String SHAPES = """
        DIAGONAL, 1, 1, 1
        DIAGONAL, 33, 1, 2
        DIAGONAL, 5, 3, 3
        DIAGONAL, 7, 5, 20
        DIAGONAL, 300, 2, 33
        FULL, 1, 1, 1
        FULL, 33, 3, 2
        FULL, 7, 5, 20
        FULL, 3, 2, 33
        """;

    /** Samples and sampled KL of some examples. */
    private record Drawn(float[] z, float[] kl) {
    }

    /** Heads, a learned prior and keys of some examples. */
    private record Batch(Posterior posterior, int samples, int latent, List<float[]> heads, List<float[]> priors, List<int[]> keys) {
        static Batch random(Posterior posterior, int examples, int samples, int latent) {
            Random random = new Random(examples + latent);
            return new Batch(posterior, samples, latent, rows(random, examples, posterior.headWidth(latent)),
                    rows(random, examples, 2 * latent),
                    IntStream.range(0, examples).mapToObj(b -> random.ints(2).toArray()).toList());
        }

        private static List<float[]> rows(Random random, int count, int width) {
            List<float[]> rows = new ArrayList<>();
            for (int b = 0; b < count; b++) {
                float[] row = new float[width];
                for (int i = 0; i < width; i++) {
                    row[i] = 0.5f * (float) random.nextGaussian();
                }
                rows.add(row);
            }
            return rows;
        }

        Batch of(List<Integer> order) {
            return new Batch(posterior, samples, latent, order.stream().map(heads::get).toList(), order.stream().map(priors::get).toList(),
                    order.stream().map(keys::get).toList());
        }

        Drawn draw(Backend backend) {
            int rows = heads.size() * samples;
            Buffer head = floats(backend, heads);
            Buffer prior = floats(backend, priors);
            Buffer key = integers(backend, keys.stream().flatMapToInt(IntStream::of).toArray());
            Buffer state = integers(backend, StepState.words(3, 11, 1, new StepTable(1)));
            Buffer z = backend.allocate(ElementType.FLOAT32, (long) rows * latent);
            Buffer kl = backend.allocate(ElementType.FLOAT32, rows);
            backend.sample(posterior, rows, samples, latent, head, state, key, z);
            backend.sampledKl(posterior, rows, samples, latent, head, prior, -1, state, key, z, kl);
            Drawn drawn = new Drawn(new float[rows * latent], new float[rows]);
            backend.read(z, drawn.z, 0);
            backend.read(kl, drawn.kl, 0);
            List.of(head, prior, key, state, z, kl).forEach(backend::release);
            return drawn;
        }
    }

    private static Buffer floats(Backend backend, List<float[]> rows) {
        int width = rows.get(0).length;
        Buffer buffer = backend.allocate(ElementType.FLOAT32, (long) rows.size() * width);
        for (int r = 0; r < rows.size(); r++) {
            backend.write(buffer.slice((long) r * width, width), rows.get(r), 0, width);
        }
        return buffer;
    }

    private static Buffer integers(Backend backend, int[] values) {
        Buffer buffer = backend.allocate(ElementType.INT32, values.length);
        backend.write(buffer, values, 0, values.length);
        return buffer;
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void neitherPlaceNorCompanyMatters(Posterior posterior, int examples, int samples, int latent) {
        Batch batch = Batch.random(posterior, examples, samples, latent);
        List<Integer> shuffled = new ArrayList<>(IntStream.range(0, examples).boxed().toList());
        Collections.shuffle(shuffled, new Random(1));
        for (Backends.Kind kind : Backends.enabled()) {
            Backends.inEveryOrder(kind, () -> {
                try (Backend backend = Backends.open(kind)) {
                    Drawn together = batch.draw(backend);
                    check(together, batch.of(shuffled).draw(backend), shuffled, samples, latent, kind.label() + " shuffled");
                    List<Integer> last = List.of(examples - 1);
                    check(together, batch.of(last).draw(backend), last, samples, latent, kind.label() + " alone");
                }
            });
        }
    }

    /** Example i of {@code others} is example order[i] of {@code all}. */
    private static void check(Drawn all, Drawn others, List<Integer> order, int samples, int latent, String where) {
        for (int i = 0; i < order.size(); i++) {
            assertArrayEquals(row(all.z, order.get(i), samples * latent), row(others.z, i, samples * latent),
                    where + ": z of example " + order.get(i));
            assertArrayEquals(row(all.kl, order.get(i), samples), row(others.kl, i, samples), where + ": KL of example " + order.get(i));
        }
    }

    private static float[] row(float[] values, int row, int width) {
        return java.util.Arrays.copyOfRange(values, row * width, (row + 1) * width);
    }

    /** A head of zeros gives eps itself. */
    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void everyDeviceDrawsTheSameBits(Posterior posterior, int examples, int samples, int latent) {
        try (BackendParity parity = new BackendParity()) {
            parity.check("keyed draws " + posterior, bench -> {
                Buffer head = bench.floats(new float[examples * posterior.headWidth(latent)]);
                Buffer keys = bench.ints(bench.integers(2 * examples, Integer.MAX_VALUE));
                Buffer z = bench.output("z", examples * samples, latent, Bench.EQUAL);
                bench.backend().sample(posterior, examples * samples, samples, latent, head, bench.state(0), keys, z);
            });
        }
    }
}
