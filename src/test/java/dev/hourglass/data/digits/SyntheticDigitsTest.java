package dev.hourglass.data.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SyntheticDigitsTest {
    private static final int PIXELS = SyntheticDigits.SIZE * SyntheticDigits.SIZE;

    @Test
    void theFirstHundredAreTheSameEverywhere() {
        byte[] pixels = new byte[100 * PIXELS];
        Dataset digits = SyntheticDigits.generate(100, 1);
        digits.copyRows(0, 100, pixels, 0);
        CRC32 crc = new CRC32();
        crc.update(pixels);
        assertEquals("3fbed036", Long.toHexString(crc.getValue()));
        assertArrayEquals(new int[] {1, 1, 1, 3, 3, 5, 5, 0, 0, 7}, Arrays.copyOf(digits.labels(), 10));
    }

    @Test
    void soIsTheWholeTrainingSet() {
        assertEquals("79f2b14eabf5bf293682e8313f8117ba66fd80a4862d8dcf92580305e6d23d05", SyntheticDigits.generate(30_000, 1).sha256());
    }

    @Test
    void aPictureDoesNotDependOnTheCount() {
        Dataset few = SyntheticDigits.generate(3, 5);
        Dataset many = SyntheticDigits.generate(50, 5);
        assertEquals(few.sha256(), many.head(3).sha256());
        assertNotEquals(few.sha256(), SyntheticDigits.generate(3, 6).sha256());
    }

    @Test
    void labelsAreBalancedAndPicturesHaveInkInTheMiddle() {
        Dataset digits = SyntheticDigits.generate(2000, 3);
        int[] count = new int[10];
        for (int row = 0; row < digits.rows(); row++) {
            count[digits.label(row)]++;
            float[] picture = digits.row(row);
            double ink = 0;
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                ink += picture[pixel] / 255;
                boolean border = pixel < 28 || pixel >= PIXELS - 28 || pixel % 28 == 0 || pixel % 28 == 27;
                assertTrue(!border || picture[pixel] == 0, "digit " + row + " touches the border");
            }
            assertTrue(ink > 15 && ink < 250, "digit " + row + " has ink " + ink);
        }
        for (int label = 0; label < 10; label++) {
            assertTrue(count[label] > 150 && count[label] < 250, "label " + label + " occurs " + count[label] + " times of 2000");
        }
    }

    /** The classes can be told apart: the nearest mean picture of another seed names most digits. */
    @Test
    void digitsResembleTheMeanOfTheirClass() {
        Dataset train = SyntheticDigits.generate(2000, 10);
        Dataset test = SyntheticDigits.generate(500, 11);
        double[][] mean = new double[10][PIXELS];
        int[] count = new int[10];
        Arrays.stream(train.labels()).forEach(label -> count[label]++);
        for (int row = 0; row < train.rows(); row++) {
            float[] picture = train.row(row);
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                mean[train.label(row)][pixel] += picture[pixel] / count[train.label(row)];
            }
        }
        int right = 0;
        for (int row = 0; row < test.rows(); row++) {
            right += nearest(mean, test.row(row)) == test.label(row) ? 1 : 0;
        }
        assertTrue(right > 350, right + " of 500 digits are nearest to their own class");
    }

    private static int nearest(double[][] means, float[] picture) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int label = 0; label < means.length; label++) {
            double distance = 0;
            for (int pixel = 0; pixel < picture.length; pixel++) {
                double difference = picture[pixel] - means[label][pixel];
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                best = label;
            }
        }
        return best;
    }
}
