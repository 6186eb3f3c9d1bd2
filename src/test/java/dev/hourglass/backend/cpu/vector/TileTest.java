package dev.hourglass.backend.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two tiles that may stand in for each other at any moment. */
class TileTest {
    private static final int STRIDE = Tile.COLUMNS + 5;

    @Test
    void plainTilesHaveTheBitsOfVectorTiles() {
        Random random = new Random(1);
        for (boolean rowMajor : new boolean[] {true, false}) {
            for (int rows : new int[] {Tile.TALL, Tile.SHORT}) {
                for (int steps : new int[] {0, 2, 8, 130, Tile.MOST_STEPS}) {
                    float[] left = numbers(3 + Tile.TALL * Tile.PITCH, random);
                    float[] right = numbers(7 + steps * Tile.COLUMNS, random);
                    float alpha = random.nextFloat();
                    float[] plain = numbers(2 + Tile.TALL * STRIDE, random);
                    float[] vectors = plain.clone();
                    Tile.plain(rowMajor, rows, steps, left, 3, right, 7, alpha, plain, 2, STRIDE);
                    Tile.withVectors(rowMajor, rows, steps, left, 3, right, 7, alpha, vectors, 2, STRIDE);
                    assertArrayEquals(plain, vectors, "rowMajor=" + rowMajor + " rows=" + rows + " steps=" + steps);
                }
            }
        }
    }

    private static float[] numbers(int length, Random random) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (random.nextFloat() - 0.5f) * 1e3f;
        }
        return numbers;
    }

    /** No claim on speed: only that the warm-up ends with vectors, wherever the JVM compiles. */
    @Test
    void vectorTilesTakeOver() {
        new VectorSource();
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            while (!Tile.kinds().stream().allMatch(Gradual::isReady)) {
                Thread.sleep(10);
            }
        });
    }
}
