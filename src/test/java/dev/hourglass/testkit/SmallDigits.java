package dev.hourglass.testkit;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.digits.SyntheticDigits;

/** The built-in digits as optdigits has its own: 8 x 8 counts from 0 to 16. They stand in for it where a test has no folder of public data sets. */
public final class SmallDigits {
    private static final int SIDE = 8;
    private static final int BLOCK = 3;
    private static final int BORDER = 2;

    private SmallDigits() {
    }

    /** Returns so many digits, [rows, 64]: blocks of 3 x 3 pixels of the inner 24 x 24, their mean brightness times 16. */
    public static Dataset of(int rows, long seed) {
        Dataset digits = SyntheticDigits.generate(rows, seed);
        float[] values = new float[rows * SIDE * SIDE];
        for (int row = 0; row < rows; row++) {
            float[] picture = digits.row(row);
            for (int y = 0; y < SIDE * BLOCK; y++) {
                for (int x = 0; x < SIDE * BLOCK; x++) {
                    values[(row * SIDE + y / BLOCK) * SIDE + x / BLOCK] += picture[(y + BORDER) * 28 + x + BORDER] * 16 / 255
                            / (BLOCK * BLOCK);
                }
            }
        }
        return Dataset.of(SIDE * SIDE, values);
    }
}
