package dev.hourglass.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureGridTest {
    private static final int WHITE = 0xffffffff;

    @TempDir
    Path folder;

    @Test
    void pixelsBecomeSquaresOfTheirGrey() throws IOException {
        float[] pictures = {
            0, 1, 0.5f, 0.2f, -3, 7,
            1, 1, 1, 1, 1, Float.NaN,
            0, 0, 0, 0, 0, 0};
        Path file = folder.resolve("samples.png");
        PictureGrid.of(2, 3, 2, pictures).write(file);
        BufferedImage image = ImageIO.read(file.toFile());
        int scale = 24;
        assertEquals(16 + 2 * 3 * scale + 3 + 16, image.getWidth());
        assertEquals(16 + 2 * 2 * scale + 3 + 16, image.getHeight());
        assertEquals(WHITE, image.getRGB(0, 0));
        assertSquare(image, 16, 16, scale, 0xff000000);
        assertSquare(image, 16 + scale, 16, scale, WHITE);
        assertSquare(image, 16 + 2 * scale, 16, scale, 0xff808080);
        assertSquare(image, 16, 16 + scale, scale, 0xff333333);
        assertSquare(image, 16 + scale, 16 + scale, scale, 0xff000000);
        assertSquare(image, 16 + 2 * scale, 16 + scale, scale, WHITE);
        int secondColumn = 16 + 3 * scale + 3;
        assertEquals(WHITE, image.getRGB(secondColumn - 1, 20));
        assertSquare(image, secondColumn + 2 * scale, 16 + scale, scale, 0xffe5484d);
        int secondRow = 16 + 2 * scale + 3;
        assertSquare(image, 16, secondRow, scale, 0xff000000);
        assertSquare(image, secondColumn, secondRow, scale, WHITE);
    }

    @Test
    void pairsAreGroupedAndCaptioned() {
        float[] originals = new float[5];
        float[] reconstructions = {1, 1, 1, 1, 1};
        try (Canvas canvas = PictureGrid.pairs(1, 1, 3, originals, reconstructions).draw()) {
            BufferedImage image = canvas.image();
            assertEquals(16 + 4 * 72 + 2 * 3 + 14 + 16, image.getHeight());
            int left = image.getWidth() - 16 - 3 * 72 - 2 * 3;
            assertTrue(left > 60, "room for captions, left=" + left);
            assertSquare(image, left, 16, 72, 0xff000000);
            assertSquare(image, left, 16 + 75, 72, WHITE);
            assertSquare(image, left + 75, 16 + 75 + 72 + 14, 72, 0xff000000);
            assertSquare(image, left + 150, 16 + 75 + 72 + 14, 72, WHITE);
            assertTrue(darkest(image, 16, 16, left - 20, 72) < 0xa0, "the caption is there");
        }
    }

    @Test
    void columnCaptionsTakeALine() {
        PictureGrid grid = new PictureGrid(72, 72).columnCaptions("-1", "0").row("", new float[2 * 72 * 72]);
        try (Canvas canvas = grid.draw()) {
            assertEquals(16 + 20 + 72 + 16, canvas.image().getHeight());
            assertEquals(16 + 72 + 3 + 72 + 16, canvas.image().getWidth());
            assertTrue(darkest(canvas.image(), 16, 16, 72, 19) < 0xa0);
        }
    }

    @Test
    void theSamePicturesGiveTheSameFile() throws IOException {
        float[] pictures = new float[6 * 64];
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = i % 64 / 64f;
        }
        PictureGrid.pairs(8, 8, 2, pictures, pictures).write(folder.resolve("a.png"));
        PictureGrid.pairs(8, 8, 2, pictures, pictures).write(folder.resolve("b.png"));
        assertArrayEquals(Files.readAllBytes(folder.resolve("a.png")), Files.readAllBytes(folder.resolve("b.png")));
    }

    @Test
    void wrongLengthsAreNamed() {
        assertEquals("picture grid: no whole pictures: values in a row=5, expected a positive multiple of height*width=2*2",
                assertThrows(IllegalArgumentException.class, () -> new PictureGrid(2, 2).row("", new float[5])).getMessage());
        assertEquals("picture grid: the two differ in length: reconstructions.length=8, expected originals.length=4",
                assertThrows(IllegalArgumentException.class, () -> PictureGrid.pairs(2, 2, 1, new float[4], new float[8])).getMessage());
        assertEquals("picture grid: it is empty: rows=0, expected at least one",
                assertThrows(IllegalArgumentException.class, () -> new PictureGrid(2, 2).write(folder.resolve("x"))).getMessage());
    }

    private static void assertSquare(BufferedImage image, int x, int y, int size, int colour) {
        for (int dy : new int[] {0, size / 2, size - 1}) {
            for (int dx : new int[] {0, size / 2, size - 1}) {
                assertEquals(Integer.toHexString(colour), Integer.toHexString(image.getRGB(x + dx, y + dy)),
                        "x=" + (x + dx) + " y=" + (y + dy));
            }
        }
    }

    static int darkest(BufferedImage image, int x, int y, int width, int height) {
        int darkest = 255;
        for (int row = y; row < y + height; row++) {
            for (int column = x; column < x + width; column++) {
                darkest = Math.min(darkest, image.getRGB(column, row) & 0xff);
            }
        }
        return darkest;
    }
}
