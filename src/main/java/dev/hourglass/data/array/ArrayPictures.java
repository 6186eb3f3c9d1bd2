package dev.hourglass.data.array;

import dev.hourglass.data.Dataset;
import java.util.Arrays;

/**
 * Which arrays [rows, ...] are pictures, told from shape and values:
 * <ul>
 * <li>[n, 1, h, w] and [n, h, w, 1], a channel of grey: always;
 * <li>[n, h, w] of unsigned bytes or booleans: always;
 * <li>[n, h, w] of other whole numbers: if all are within 0..255, or both sides are at least 8 and all within 0..65535;
 * <li>[n, h, w] of floats: if both sides are at least 8 and all values within 0..255, which [0, 1] is part of.
 * </ul>
 * So series [samples, times, channels] of measured floats stay rows, as does anything of more dimensions; a note says so.
 */
final class ArrayPictures {
    private static final int LEAST_SIDE = 8;
    private static final int GREATEST_BYTE = 255;
    private static final int GREATEST_WHOLE = 65535;

    /** What the values of the file are. */
    enum Values {
        BYTE, WHOLE, FLOAT
    }

    private ArrayPictures() {
    }

    /** The data, as pictures if they are, with a note if they look like it and are not. */
    static Dataset told(Dataset data, int[] shape, Values values) {
        int[] grey = withoutChannel(shape);
        if (grey.length < 3) {
            return data;
        }
        if (grey.length > 3) {
            return data.withNote(data.describeSource() + ": shape " + Arrays.toString(shape)
                    + " is taken for rows of numbers, not for pictures, which have shape [n, height, width] or one channel besides");
        }
        boolean channel = shape.length == 4;
        if (channel || values == Values.BYTE || suits(data, grey[1] >= LEAST_SIDE && grey[2] >= LEAST_SIDE, values)) {
            return data.withPictureShape(grey[1], grey[2]);
        }
        return data.withNote(data.describeSource() + ": shape " + Arrays.toString(shape)
                + " is taken for rows of numbers, not for pictures, for want of "
                + (values == Values.FLOAT ? "sides of at least 8 and values within 0 to 255" : "values within 0 to 255")
                + "; if they are pictures, save them as uint8 or with shape [n, height, width, 1]");
    }

    /** [n, h, w] from [n, 1, h, w] or [n, h, w, 1]. */
    private static int[] withoutChannel(int[] shape) {
        if (shape.length == 4 && shape[3] == 1) {
            return Arrays.copyOf(shape, 3);
        }
        return shape.length == 4 && shape[1] == 1 ? new int[] {shape[0], shape[2], shape[3]} : shape;
    }

    private static boolean suits(Dataset data, boolean large, Values values) {
        float greatest = greatest(data);
        return values == Values.WHOLE ? greatest <= (large ? GREATEST_WHOLE : GREATEST_BYTE) : large && greatest <= GREATEST_BYTE;
    }

    /** The greatest value; infinite if one is negative, missing or infinite. */
    private static float greatest(Dataset data) {
        float greatest = 0;
        for (int row = 0; row < data.rows(); row++) {
            for (float value : data.row(row)) {
                if (!(value >= 0)) {
                    return Float.POSITIVE_INFINITY;
                }
                greatest = Math.max(greatest, value);
            }
        }
        return greatest;
    }
}
