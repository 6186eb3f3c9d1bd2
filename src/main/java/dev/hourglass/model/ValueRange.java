package dev.hourglass.model;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import java.util.Locale;

/**
 * The range of the pictures that a model was trained on: later ones must have the same, for 0 to 1 is nearly black to a model of 0 to 255. Pictures are refused
 * when their values prove another range, never for being dark or bright:
 *
 * <ul>
 * <li>brighter: in at least a twentieth of the pictures a value exceeds the scale of training (1, 255 or 65535), whole numbers at once and others by a factor of
 *     2, or exceeds twelve times the greatest of training;
 * <li>darker: no value exceeds the scale below, and times the ratio of the scales the mean is that of training within a factor of 8; where training saw whole
 *     numbers alone and the values are fractions, or bytes are asked of a model of 16-bit pictures, of 100. Zeros alone are black on any scale;
 * <li>signed: values far below 0 where training had none, or none below 0 and many 0 where training went from -1 to 1.
 * </ul>
 *
 * @param element how the training data stored a value
 * @param least value of the training data
 * @param greatest value of the training data
 * @param mean of all values of the training data
 * @param whole whether all of them were whole numbers
 */
public record ValueRange(Element element, double least, double greatest, double mean, boolean whole) {
    private static final int LEAST_PIXELS = 64;
    private static final int BLOCK = 1 << 16;
    private static final double BYTE = 255;
    private static final double WORD = 65535;
    private static final double SLACK = 1e-6;
    /** Beyond it a value is no bright pixel of the same scale. */
    private static final double MOST_TIMES_BRIGHTER = 12;
    /** Fewer steps of grey are no scale that 0 to 1 could be mistaken for. */
    private static final double LEAST_STEPS = 16;
    private static final double CLOSE = 8;
    private static final double ROUGHLY = 100;

    /** Of a training set whose values are pixels: pictures, and rows of at least 64 bytes or whole numbers up to 255; null for other tables. */
    static ValueRange of(Dataset training) {
        boolean picture = training.pictureShape().isPresent();
        if (!picture && training.columns() < LEAST_PIXELS) {
            return null;
        }
        if (training.element() == Element.UINT8) {
            ValueRange range = ofBytes(training);
            return picture || range.greatest > BYTE / 2 ? range : null;
        }
        PixelStatistics all = PixelStatistics.of(training);
        boolean bytes = all.whole() && all.least() >= 0 && all.greatest() <= BYTE && all.greatest() > BYTE / 2;
        return picture || bytes
                ? new ValueRange(training.element(), all.least(), all.greatest(), all.mean(), all.whole()) : null;
    }

    /** The same as of any values, in a tenth of the time: a training set of pictures is large. */
    private static ValueRange ofBytes(Dataset training) {
        int block = Math.max(1, Math.min(training.rows(), BLOCK / training.columns()));
        byte[] values = new byte[block * training.columns()];
        long[] counts = new long[256];
        for (int row = 0; row < training.rows(); row += block) {
            int count = Math.min(block, training.rows() - row);
            training.copyRows(row, count, values, 0);
            count(values, count * training.columns(), counts);
        }
        int least = 0;
        int greatest = 255;
        double sum = 0;
        for (int value = 0; value < 256; value++) {
            sum += (double) value * counts[value];
        }
        while (counts[least] == 0) {
            least++;
        }
        while (counts[greatest] == 0) {
            greatest--;
        }
        return new ValueRange(Element.UINT8, least, greatest, sum / ((double) training.rows() * training.columns()), true);
    }

    private static void count(byte[] values, int length, long[] counts) {
        for (int i = 0; i < length; i++) {
            counts[values[i] & 0xff]++;
        }
    }

    /** @throws DataException in one line when the values prove another range */
    void require(Dataset later) {
        if (greatest == least || later.element() == Element.UINT8 && scale() == BYTE && isOrdinary(later)) {
            return;
        }
        PixelStatistics all = PixelStatistics.of(later);
        if (isBrighter(later, all) || isDarker(later, all) || isOtherwiseSigned(all)) {
            throw new DataException(later.describeSource() + ": the values go from " + number(all.least()) + " to "
                    + number(all.greatest()) + words(later.element()) + ", the greatest in row " + (all.brightestRow() + 1)
                    + ", expected the range of the training data, " + number(least) + " to " + number(greatest) + words(element)
                    + remedy(all));
        }
    }

    /** Bytes to a model of bytes: the first that is neither 0 nor 1 and no brighter than training allows settles it, without a look at the others. */
    private boolean isOrdinary(Dataset bytes) {
        if (greatest * MOST_TIMES_BRIGHTER < BYTE) {
            return false;
        }
        for (int row = 0; row < bytes.rows(); row++) {
            for (float value : bytes.row(row)) {
                if (value > 1) {
                    return true;
                }
            }
        }
        return false;
    }

    /** 1, 255 or 65535, NaN for none of them. */
    private double scale() {
        return scale(least, greatest);
    }

    private static double scale(double least, double greatest) {
        if (least < -1 || least < 0 && greatest > 1) {
            return Double.NaN;
        }
        return greatest <= 1 ? 1 : greatest <= BYTE ? BYTE : greatest <= WORD ? WORD : Double.NaN;
    }

    private boolean isSigned() {
        return least < -0.5;
    }

    private boolean isBrighter(Dataset later, PixelStatistics all) {
        boolean steps = later.element() == Element.UINT8 || all.whole();
        double limit = scale() * (steps ? 1 + SLACK : 2);
        return all.isAbove(limit) || all.isAbove(MOST_TIMES_BRIGHTER * Math.max(Math.abs(least), Math.abs(greatest)));
    }

    private boolean isDarker(Dataset later, PixelStatistics all) {
        if (least < 0 || greatest < LEAST_STEPS || all.greatest() <= 0) {
            return false;
        }
        if (all.greatest() <= 1) {
            boolean close = resembles(all, greatest, whole && !all.whole() ? ROUGHLY : CLOSE);
            return all.least() >= -1 && (close || all.isBelow(-0.5));
        }
        boolean bytes = all.greatest() <= BYTE && all.least() >= 0;
        if (later.element() == Element.UINT8) {
            return greatest > 4 * BYTE && resembles(all, greatest / BYTE, ROUGHLY);
        }
        return bytes && all.whole() && greatest > LEAST_PIXELS * BYTE && resembles(all, greatest / BYTE, CLOSE);
    }

    private boolean resembles(PixelStatistics all, double times, double within) {
        return all.mean() * times >= mean / within;
    }

    private boolean isOtherwiseSigned(PixelStatistics all) {
        if (isSigned() && scale() == 1) {
            boolean unit = all.least() == 0 && all.greatest() <= 1 && all.zeros() >= all.rows();
            return unit && Math.abs(all.mean() - (mean + 1) / 2) < Math.abs(all.mean() - mean);
        }
        // Rounding and resampling leave values a little below 0.
        return least >= 0 && all.isBelow(-Math.max(1e-3 * greatest, 0.25 * Math.min(greatest, all.greatest())));
    }

    private static String words(Element element) {
        return " (" + element.name().toLowerCase(Locale.ROOT) + ")";
    }

    private String remedy(PixelStatistics all) {
        double from = scale(all.least(), all.greatest());
        double to = scale();
        if (all.least() >= 0 && least >= 0 && from < to) {
            return "; multiply them by " + number(to / from) + ", or train on pictures like these";
        }
        if (all.least() >= 0 && least >= 0 && from > to) {
            return "; divide them by " + number(from / to) + ", or train on pictures like these";
        }
        return "; bring them to that range, or train on pictures like these";
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Float.toString((float) value);
    }
}
