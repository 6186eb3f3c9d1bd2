package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
    @TempDir
    Path folder;

    private Path grey(String name, int width, int... samples) throws IOException {
        BufferedImage picture = new BufferedImage(width, samples.length / width, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setPixels(0, 0, width, samples.length / width, samples);
        return write(name, picture, "png");
    }

    private Path write(String name, BufferedImage picture, String format) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        assertTrue(ImageIO.write(picture, format, file.toFile()));
        return file;
    }

    @Test
    void greySamplesAreExactAndSortedByName() throws IOException {
        grey("b.png", 3, 1, 64, 128, 200, 254, 255);
        grey("a.PNG", 3, 0, 0, 0, 0, 0, 7);
        Files.writeString(folder.resolve("notes.txt"), "not a picture");
        Dataset data = Images.read(folder);
        assertEquals(2, data.rows());
        assertEquals(new PictureShape(2, 3), data.pictureShape().orElseThrow());
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 7}, data.row(0));
        assertArrayEquals(new float[] {1, 64, 128, 200, 254, 255}, data.row(1));
    }

    @Test
    void coloursBecomeLuma() throws IOException {
        BufferedImage colours = new BufferedImage(4, 1, BufferedImage.TYPE_INT_RGB);
        colours.setRGB(0, 0, 4, 1, new int[] {0xff0000, 0x00ff00, 0x0000ff, 0x808080}, 0, 4);
        write("c.png", colours, "png");
        assertArrayEquals(new float[] {76, 150, 29, 128}, Images.read(folder).row(0));
    }

    @Test
    void sixteenBitAndBlackAndWhitePictures() throws IOException {
        BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setPixels(0, 0, 2, 1, new int[] {0x80ff, 0xffff});
        write("a.png", deep, "png");
        BufferedImage binary = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        binary.getRaster().setPixels(0, 0, 2, 1, new int[] {1, 0});
        write("b.png", binary, "png");
        Dataset data = Images.read(folder);
        assertArrayEquals(new float[] {128, 255}, data.row(0));
        assertArrayEquals(new float[] {255, 0}, data.row(1));
    }

    @Test
    void subfoldersAreLabels() throws IOException {
        grey("dog/1.png", 1, 10);
        grey("cat/2.png", 1, 20);
        grey("cat/1.png", 1, 30);
        Dataset data = Images.read(folder);
        assertEquals(List.of("cat", "dog"), data.classNames());
        assertArrayEquals(new int[] {0, 0, 1}, data.labels());
        assertArrayEquals(new float[] {30}, data.row(0));
    }

    @Test
    void jpegIsRead() throws IOException {
        BufferedImage flat = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        flat.getRaster().setPixels(0, 0, 8, 8, IntStream.generate(() -> 100).limit(64).toArray());
        write("a.jpg", flat, "jpg");
        assertEquals(100, Images.read(folder).value(0, 20), 1);
    }

    @Test
    void unusableFoldersAreReported() throws IOException {
        assertEquals(folder + ": no picture in the folder or its subfolders, expected .png, .jpg or .jpeg files",
            assertThrows(DataException.class, () -> Images.read(folder)).getMessage());
        grey("a.png", 2, 0, 0);
        Path other = grey("b.png", 1, 0, 0);
        assertEquals(other + ": the picture is 1 x 2 pixels, expected 2 x 1 as a.png; make all pictures the same size",
            assertThrows(DataException.class, () -> Images.read(folder)).getMessage());
        Files.writeString(other, "not a picture");
        assertEquals(other + ": is no png or jpg picture; remove it or save it again",
            assertThrows(DataException.class, () -> Images.read(folder)).getMessage());
    }
}
