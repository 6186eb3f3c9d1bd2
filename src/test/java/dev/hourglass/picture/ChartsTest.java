package dev.hourglass.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartsTest {
    private static final int[] EPOCHS = {1, 2, 3, 4};

    @TempDir
    Path folder;

    private static LossChart losses() {
        return new LossChart("vae").loss("train", EPOCHS, new double[] {200, 150, 120, 110}).loss("validation", EPOCHS,
                new double[] {210, 155, 125, 118});
    }

    @Test
    void aCurvePassesThroughItsValues() {
        try (Canvas canvas = new LossChart("one").loss("train", EPOCHS, new double[] {5, 5, 5, 5}).draw()) {
            BufferedImage image = canvas.image();
            assertEquals(2 * 640, image.getWidth());
            assertEquals(2 * (46 + 24 + 440), image.getHeight());
            int[] rows = IntStream.range(2 * 80, image.getHeight()).filter(y -> image.getRGB(700, y) == Canvas.colour(0).getRGB())
                    .toArray();
            assertTrue(rows.length >= 3 && rows.length <= 5, "a line of about 4 pixels, found " + rows.length);
            assertEquals(count(image, Canvas.colour(1)), 0);
        }
    }

    @Test
    void termsGetAPanelAndColoursOfTheirOwn() {
        try (Canvas canvas = losses().term("reconstruction", EPOCHS, new double[] {190, 130, 100, 88})
                .term("kl", EPOCHS, new double[] {10, 20, 20, 22}).draw()) {
            assertEquals(2 * 2 * 640, canvas.image().getWidth());
            for (int i = 0; i < 4; i++) {
                assertTrue(count(canvas.image(), Canvas.colour(i)) > 500, "colour " + i);
            }
        }
    }

    @Test
    void theAxesNameTheUnit() {
        assertArrayEquals(pixels(losses()), pixels(losses().unit("nats per example")));
        assertFalse(Arrays.equals(pixels(losses()), pixels(losses().unit("squared error"))));
    }

    private static int[] pixels(LossChart chart) {
        try (Canvas canvas = chart.draw()) {
            BufferedImage image = canvas.image();
            return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        }
    }

    @Test
    void valuesThatAreNotFiniteLeaveGapsAndNeverFail() {
        double[] broken = {Double.NaN, Double.POSITIVE_INFINITY, Double.NaN, Double.NaN};
        try (Canvas canvas = losses().term("kl", EPOCHS, broken).draw()) {
            assertTrue(count(canvas.image(), Canvas.colour(0)) > 500);
            assertTrue(count(canvas.image(), Canvas.colour(2)) < 500, "only the mark of the legend");
        }
        try (Canvas canvas = new LossChart("single").loss("train", new int[] {7}, new double[] {0}).draw()) {
            assertTrue(count(canvas.image(), Canvas.colour(0)) > 100, "the marker of a single epoch");
        }
    }

    @Test
    void pointsLieWhereTheirCodesAre() {
        float[] codes = {-1, -1, 1, 1, Float.NaN, 0};
        try (Canvas canvas = LatentScatter.labeled("codes", codes, new int[] {0, 1, 2}, List.of("zero", "one", "two")).draw()) {
            BufferedImage image = canvas.image();
            assertEquals(2 * (56 + 640 + 60), image.getHeight());
            assertNear(Canvas.colour(0),
                    image.getRGB(2 * 70 + (int) (2 * 640 * 0.06 / 1.06 / 2), 2 * (56 + 640) - (int) (2 * 640 * 0.06 / 1.06 / 2)));
            assertNear(Canvas.colour(1),
                    image.getRGB(2 * (70 + 640) - (int) (2 * 640 * 0.06 / 1.06 / 2), 2 * 56 + (int) (2 * 640 * 0.06 / 1.06 / 2)));
            assertTrue(count(image, Canvas.colour(2)) > 50, "the legend names labels without visible points");
        }
    }

    @Test
    void scatterTakesDegenerateCodes() {
        try (Canvas canvas = LatentScatter.unlabeled("one point", new float[] {3, 3}).draw()) {
            assertEquals(2 * (70 + 640 + 30), canvas.image().getWidth());
            assertNear(Canvas.colour(0), canvas.image().getRGB(2 * (70 + 320), 2 * (56 + 320)));
        }
        try (Canvas canvas = LatentScatter.unlabeled("none", new float[] {Float.NaN, 3}).draw()) {
            assertEquals(0, count(canvas.image(), Canvas.colour(0)));
        }
        assertEquals("latent scatter: the labels do not fit: labels.length=1, expected 1 labels from 0 to 1",
                assertThrows(IllegalArgumentException.class,
                        () -> LatentScatter.labeled("", new float[2], new int[] {2}, List.of("a", "b"))).getMessage());
    }

    @Test
    void barsAreAsLongAsTheirValues() {
        try (Canvas canvas = new FeatureChart("table", List.of("a", "b"), new float[] {4, 100}, new float[] {2, Float.NaN}).draw()) {
            BufferedImage image = canvas.image();
            int slot = 2 * 150;
            int left = 2 * 28;
            assertEquals(2 * 170, columnOf(image, left + slot / 2 - 16, Canvas.colour(0)), 2);
            assertEquals(2 * 85, columnOf(image, left + slot / 2 + 16, Canvas.colour(1)), 2);
            assertEquals(2 * 170, columnOf(image, left + slot + slot / 2 - 16, Canvas.colour(0)), 2);
            assertEquals(0, columnOf(image, left + slot + slot / 2 + 16, Canvas.colour(1)));
        }
    }

    @Test
    void manyFeaturesBecomeLines() {
        List<String> names = Collections.nCopies(FeatureChart.MOST_BARS + 1, "f");
        float[] zeros = new float[4 * names.size()];
        float[] ones = new float[zeros.length];
        Arrays.fill(ones, 1);
        try (Canvas canvas = new FeatureChart("signal", names, ones, zeros).draw()) {
            assertEquals(2 * (84 + 2 * (170 + 24 + 24) - 24 + 28), canvas.image().getHeight());
            assertTrue(count(canvas.image(), Canvas.colour(0)) > 4 * 500);
            assertTrue(count(canvas.image(), Canvas.colour(1)) > 4 * 500);
        }
        assertEquals(
                "feature chart: no whole rows: originals.length=3, expected a positive multiple of the number of features=2",
                assertThrows(IllegalArgumentException.class, () -> new FeatureChart("", List.of("a", "b"), new float[3], new float[3]))
                        .getMessage());
    }

    @Test
    void theSameInputGivesTheSameFile() throws IOException {
        for (String name : List.of("a.png", "b.png")) {
            losses().write(folder.resolve("loss-" + name));
            LatentScatter.unlabeled("codes", new float[] {1, 2, 3, 4}).write(folder.resolve("latent-" + name));
            new FeatureChart("table", List.of("a", "b"), new float[] {4, 1}, new float[] {2, 1}).write(folder.resolve("features-" + name));
        }
        for (String chart : List.of("loss-", "latent-", "features-")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve(chart + "a.png")), Files.readAllBytes(folder.resolve(chart + "b.png")),
                    chart);
        }
    }

    @Test
    void ticksAreRoundAndLabelledWithTheDecimalsTheyNeed() {
        Ticks wide = Ticks.within(-12, 31, 8);
        assertEquals(List.of(-10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0), wide.positions());
        assertEquals("-10", wide.label(-10));
        assertEquals("0", wide.label(-0.0));
        Ticks narrow = Ticks.within(0.101, 0.109, 8);
        assertEquals("0.105", narrow.label(narrow.positions().get(4)));
    }

    private static int count(BufferedImage image, Color colour) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == colour.getRGB() ? 1 : 0;
            }
        }
        return count;
    }

    /** Below the heading. */
    private static int columnOf(BufferedImage image, int x, Color colour) {
        return (int) IntStream.range(2 * 70, image.getHeight()).filter(y -> image.getRGB(x, y) == colour.getRGB()).count();
    }

    /** Points are slightly transparent, on white or on a line of the grid. */
    private static void assertNear(Color expected, int rgb) {
        Color found = new Color(rgb);
        assertEquals(255 - 0.8 * (255 - expected.getRed()), found.getRed(), 6, "red");
        assertEquals(255 - 0.8 * (255 - expected.getGreen()), found.getGreen(), 6, "green");
        assertEquals(255 - 0.8 * (255 - expected.getBlue()), found.getBlue(), 6, "blue");
    }
}
