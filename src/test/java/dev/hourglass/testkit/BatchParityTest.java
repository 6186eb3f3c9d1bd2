package dev.hourglass.testkit;

import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.RandomStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gathered and corrupted batches on every backend: nothing here may differ in a single bit. */
class BatchParityTest {
    private static final int ROW = 2;
    private static final Noise[] NOISES = {Noise.NONE, new Noise(Noise.Kind.MASKING, 0.3f), new Noise(Noise.Kind.SALT_AND_PEPPER, 0.4f),
        new Noise(Noise.Kind.GAUSSIAN, 0.7f)};

    private static BackendParity parity;

    @BeforeAll
    static void open() {
        parity = new BackendParity();
    }

    @AfterAll
    static void close() {
        parity.close();
    }

    @Test
    void gathers() {
        for (int[] shape : BackendParity.RAGGED) {
            for (Binarization binarization : Binarization.values()) {
                for (Noise noise : NOISES) {
                    gather(shape[0], shape[1], true, binarization, noise);
                }
            }
            gather(shape[0], shape[1], false, Binarization.NONE, NOISES[3]);
            gather(shape[0], shape[1], false, Binarization.DYNAMIC, NOISES[1]);
        }
    }

    private static void gather(int rows, int columns, boolean bytes, Binarization binarization, Noise noise) {
        parity.check("gather " + (bytes ? "bytes " : "floats ") + binarization + " " + noise.kind(), bench -> {
            int examples = rows + 3;
            // One factor for all columns of bytes, one for each column of floats.
            Buffer data = bytes ? bench.bytes(pixels(bench.integers(examples * columns, 256)))
                    : bench.floats(bench.normal(examples * columns));
            Buffer shift = bench.floats(bytes ? new float[] {3} : bench.normal(columns));
            Buffer scale = bench.floats(bytes ? new float[] {1 / 255f} : bench.uniform(columns, 0.1f, 2));
            Buffer order = bench.ints(bench.integers(rows + ROW, examples));
            Buffer state = bench.state(ROW);
            Buffer clean = bench.output("clean", rows, columns, Bench.EQUAL);
            Buffer corrupted = noise == Noise.NONE ? null : bench.output("corrupted", rows, columns, Bench.EQUAL);
            bench.backend().gather(rows, columns, data, order, state, shift, scale, binarization, noise, clean, corrupted);
        });
    }

    private static byte[] pixels(int[] values) {
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) values[i];
        }
        return pixels;
    }

    @Test
    void gathersOneHot() {
        for (int[] shape : BackendParity.RAGGED) {
            parity.check("gather one-hot", bench -> {
                Buffer labels = bench.ints(bench.integers(shape[0] + 5, shape[1]));
                Buffer order = bench.ints(bench.integers(shape[0] + ROW, shape[0] + 5));
                Buffer target = bench.output("target", shape[0], shape[1], Bench.EQUAL);
                bench.backend().gatherOneHot(shape[0], shape[1], labels, order, bench.state(ROW), target);
            });
        }
    }

    @Test
    void corrupts() {
        for (int[] shape : BackendParity.RAGGED) {
            for (Noise noise : NOISES) {
                parity.check("corrupt " + noise.kind(), bench -> {
                    Buffer source = bench.floats(bench.normal(shape[0] * shape[1]));
                    Buffer target = bench.output("target", shape[0], shape[1], Bench.EQUAL);
                    bench.backend().corrupt(shape[0], shape[1], noise, bench.state(0), RandomStream.NEIGHBOURS, source, target);
                });
            }
        }
    }

    @Test
    void drawsSigns() {
        for (int[] shape : BackendParity.RAGGED) {
            parity.check("signs", bench -> bench.backend().signs(bench.state(0), bench.output("target", shape[0], shape[1], Bench.EQUAL)));
        }
    }
}
