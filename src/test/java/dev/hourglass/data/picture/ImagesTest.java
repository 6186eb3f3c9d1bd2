package dev.hourglass.data.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Allocation;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.PictureShape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

    private Path png(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private String message(Path file) {
        String message = assertThrows(DataException.class, () -> Images.read(folder)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
    }

    private void assertRefused(byte[] content, String why) throws IOException {
        assertEquals(why, message(png("a.png", content)));
    }

    private void assertRead(byte[] content, Element element, float... row) throws IOException {
        png("a.png", content);
        Dataset data = Images.read(folder);
        assertEquals(element, data.element());
        assertArrayEquals(row, data.row(0));
        assertEquals(List.of(), data.notes());
    }

    @Test
    void colouredPicturesAreRefusedUnlessTheyAreGrey() throws IOException {
        BufferedImage colours = new BufferedImage(4, 1, BufferedImage.TYPE_INT_RGB);
        colours.setRGB(0, 0, 4, 1, new int[] {0x404040, 0x00ff00, 0x0000ff, 0x808080}, 0, 4);
        assertEquals(
                "the picture is coloured: pixel (1, 0) is red 0, green 255, blue 0, expected grey: all three equal; convert the pictures to grey",
                message(write("a.png", colours, "png")));
        colours.setRGB(0, 0, 4, 1, new int[] {0x404040, 0xffffff, 0x000000, 0x818181}, 0, 4);
        write("a.png", colours, "png");
        assertArrayEquals(new float[] {64, 255, 0, 129}, Images.read(folder).row(0));
        assertRead(new Png(2, 1, 16, Png.COLOUR).data(0, 1, 2, 1, 2, 1, 2, 255, 255, 255, 255, 255, 255), Element.FLOAT32, 258, 65535);
    }

    @Test
    void sixteenBitValuesAreKept() throws IOException {
        assertRead(new Png(3, 1, 16, Png.GREY).data(0, 0, 1, 0x0f, 0xff, 0xff, 0xff), Element.FLOAT32, 1, 4095, 65535);
        assertRead(new Png(3, 1, 16, Png.GREY).data(0, 0, 0, 0x80, 0x80, 0xff, 0xff), Element.UINT8, 0, 128, 255);
        png("b.png", new Png(3, 1, 16, Png.GREY).data(0, 0, 0, 0x0f, 0xff, 0, 1));
        Dataset data = Images.read(folder);
        assertArrayEquals(new float[] {0, 0x8080, 0xffff}, data.row(0), "8-bit content too, once another picture has more");
        assertArrayEquals(new float[] {0, 4095, 1}, data.row(1));
        assertEquals(new PictureShape(1, 3), data.pictureShape().orElseThrow());
        Path shallow = grey("c.png", 3, 1, 2, 3);
        assertEquals("the picture has values of 8 bits, but b.png of 16 bits, expected the same of all; save all with one depth",
                message(shallow));
    }

    @Test
    void fewBitsFillTheScale() throws IOException {
        assertRead(new Png(8, 1, 1, Png.GREY).data(0, 0b10110000), Element.UINT8, 255, 0, 255, 255, 0, 0, 0, 0);
        assertRead(new Png(4, 1, 2, Png.GREY).data(0, 0b00011011), Element.UINT8, 0, 85, 170, 255);
        assertRead(new Png(2, 1, 4, Png.GREY).data(0, 0x3f), Element.UINT8, 51, 255);
        BufferedImage binary = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        binary.getRaster().setPixels(0, 0, 2, 1, new int[] {1, 0});
        write("a.png", binary, "png");
        png("b.png", new Png(2, 1, 16, Png.GREY).data(0, 0x80, 0x80, 0xff, 0xff));
        assertArrayEquals(new float[] {255, 0}, Images.read(folder).row(0));
        assertArrayEquals(new float[] {128, 255}, Images.read(folder).row(1));
    }

    @Test
    void palettesCountByTheirColours() throws IOException {
        assertRead(new Png(3, 1, 8, Png.PALETTE).chunk("PLTE", 5, 5, 5, 200, 200, 200, 7, 8, 9).data(0, 1, 0, 1), Element.UINT8, 200, 5,
                200);
        assertRead(new Png(3, 1, 2, Png.PALETTE).chunk("PLTE", 5, 5, 5, 200, 200, 200).chunk("tRNS", 255, 255).data(0, 0b01000100),
                Element.UINT8, 200, 5, 200);
        assertRefused(new Png(2, 1, 8, Png.PALETTE).chunk("PLTE", 5, 5, 5, 7, 8, 9).data(0, 0, 1),
                "the picture is coloured: pixel (1, 0) is red 7, green 8, blue 9, expected grey: all three equal; convert the pictures to grey");
        assertRefused(new Png(2, 1, 8, Png.PALETTE).chunk("PLTE", 5, 5, 5, 7, 8, 9).data(0, 0, 2),
                "the picture is damaged (pixel (1, 0) has colour 2 of a palette of 2); remove it or save it again");
    }

    @Test
    void opaqueAlphaIsIgnoredAndTransparencyRefused() throws IOException {
        assertRead(new Png(2, 1, 8, Png.GREY_ALPHA).data(0, 10, 255, 20, 255), Element.UINT8, 10, 20);
        assertRead(new Png(1, 1, 16, Png.GREY_ALPHA).data(0, 3, 3, 255, 255), Element.UINT8, 3);
        assertRead(new Png(1, 1, 8, Png.COLOUR_ALPHA).data(0, 9, 9, 9, 255), Element.UINT8, 9);
        assertRead(new Png(2, 1, 8, Png.GREY).chunk("tRNS", 0, 7).data(0, 10, 20), Element.UINT8, 10, 20);
        String flatten = "; flatten the pictures onto a ground of one colour and save them without transparency";
        String alone = ", and all that can be seen has one colour: the shape is in the transparency alone" + flatten;
        assertRefused(new Png(2, 1, 8, Png.GREY_ALPHA).data(0, 0, 255, 0, 100),
                "the picture is transparent: pixel (1, 0) has alpha 100 of 255" + alone);
        assertRefused(new Png(2, 1, 8, Png.COLOUR_ALPHA).data(0, 0, 0, 0, 0, 0, 0, 0, 255),
                "the picture is transparent: pixel (0, 0) has alpha 0 of 255" + alone);
        assertRefused(new Png(2, 1, 8, Png.GREY_ALPHA).data(0, 10, 255, 20, 100),
                "the picture is transparent: pixel (1, 0) has alpha 100 of 255" + flatten);
        assertRefused(new Png(1, 1, 16, Png.GREY_ALPHA).data(0, 10, 10, 255, 254),
                "the picture is transparent: pixel (0, 0) has alpha 65534 of 65535" + alone);
        assertRefused(new Png(3, 1, 8, Png.GREY).chunk("tRNS", 0, 7).data(0, 10, 7, 20),
                "the picture is transparent: pixel (1, 0) has alpha 0 of 255" + flatten);
        assertRefused(new Png(3, 1, 8, Png.PALETTE).chunk("PLTE", 5, 5, 5, 200, 200, 200).chunk("tRNS", 3).data(0, 1, 0, 1),
                "the picture is transparent: pixel (1, 0) has alpha 3 of 255" + flatten);
    }

    @Test
    void aSmallFileOrdersNoLargePicture() throws IOException {
        for (int depth : new int[] {1, 8, 16}) {
            png("a.png", new Png(46_000, 46_000, depth, Png.GREY).data(0, 0, 0));
            Allocation.assertAtMost(8 << 20, () -> assertTrue(message(folder.resolve("a.png")).startsWith(
                    "the header announces 46000 x 46000 pixels, expected no more than ")));
        }
        assertRefused(new Png(2_147_483_647, 2_147_483_647, 16, Png.COLOUR_ALPHA).data(0),
                "the header announces 2147483647 x 2147483647 pixels, expected no more than"
                        + " 66 bytes can hold; the file is damaged");
        assertRefused(new Png(-1, 5, 8, Png.GREY).data(0),
                "the header announces -1 x 5 pixels, expected at least one; the file is damaged");
        BufferedImage black = new BufferedImage(2000, 1500, BufferedImage.TYPE_BYTE_GRAY);
        write("a.png", black, "png");
        assertEquals(3_000_000, Images.read(folder).columns(), "packed as much as anything can be");
        write("a.jpg", black, "jpg");
        assertEquals(2, Images.read(folder).rows());
        byte[] jpeg = Files.readAllBytes(folder.resolve("a.jpg"));
        int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00c0");
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65_000).putShort(frame + 7, (short) 65_000);
        Files.delete(folder.resolve("a.png"));
        Path file = Files.write(folder.resolve("a.jpg"), jpeg);
        Allocation.assertAtMost(8 << 20,
                () -> assertTrue(message(file).startsWith("the header announces 65000 x 65000 pixels, expected no more than ")));
    }

    @Test
    void damagedPicturesAreRefused() throws IOException {
        byte[] good = new Png(3, 2, 8, Png.GREY).data(0, 1, 2, 3, 0, 4, 5, 6);
        for (int length = 8; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length), "the picture is damaged (it ends too early); remove it or save it again");
        }
        byte[] flipped = good.clone();
        flipped[45] ^= 1;
        assertRefused(flipped, "the picture is damaged (the checksum of IDAT does not fit); remove it or save it again");
        assertRefused(new Png(3, 2, 8, Png.GREY).data(0, 1, 2, 3, 0, 4, 5),
                "the picture cannot be read (Error reading PNG image data); remove it or save it again");
        assertRefused(new Png(1, 1, 8, 9).data(0, 1), "the picture is damaged (the colour type is 9); remove it or save it again");
        assertRefused(new Png(1, 1, 8, Png.GREY).chunk("IHDR", new byte[13]).data(0, 1),
                "the picture is damaged (the chunk IHDR is out of place); remove it or save it again");
        assertRefused(new Png(1, 1, 8, Png.GREY).chunk("acTL", new byte[8]).data(0, 1),
                "the picture is an animation, expected one picture in a file; save the one that is meant");
        Files.delete(folder.resolve("a.png"));
        Path jpeg = write("a.jpg", new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY), "jpg");
        byte[] content = Files.readAllBytes(jpeg);
        Files.write(jpeg, Arrays.copyOf(content, content.length - 8));
        assertTrue(message(jpeg).startsWith("the picture cannot be read ("), "what is missing would be grey");
    }

    @Test
    void picturesOfOtherKindsAndPlacesAreRefused() throws IOException {
        grey("a.png", 1, 10);
        for (String ending : List.of("gif", "BMP", "tif", "tiff", "webp")) {
            Path other = Files.write(folder.resolve("b." + ending), new byte[1]);
            assertEquals("pictures of this kind are not read, expected .png, .jpg or .jpeg; convert it, or remove it from the folder",
                    message(other));
            Files.delete(other);
        }
        grey("cat/2.png", 1, 20);
        assertEquals(
                "there are pictures in the folder and in its subfolder cat, expected either pictures or subfolders named by label; move them or name one folder",
                message(folder));
        Files.delete(folder.resolve("a.png"));
        grey("cat/more/3.png", 1, 20);
        assertEquals("there are pictures two folders down, expected them in folders named by label; move them or name another folder",
                message(folder.resolve("cat/more")));
        Path broken = Files.createSymbolicLink(folder.resolve("z.png"), folder.resolve("nowhere.png"));
        Files.delete(folder.resolve("cat/more/3.png"));
        Files.delete(folder.resolve("cat/2.png"));
        assertEquals("there is no such file or folder", message(broken));
    }

    @Test
    void whatIsPassedOverIsNoted() throws IOException {
        grey("cat/1.png", 1, 20);
        grey("dog/1.png", 1, 20);
        Files.createDirectories(folder.resolve("eel"));
        Files.writeString(folder.resolve("notes.txt"), "not a picture");
        Files.writeString(folder.resolve(".DS_Store"), "hidden");
        Files.writeString(folder.resolve("cat/._1.png"), "hidden");
        Dataset data = Images.read(folder);
        assertEquals(List.of("cat", "dog"), data.classNames());
        assertEquals(List.of(folder.resolve("eel") + ": there is no picture in this folder, so no class of that name",
                folder + ": what is no picture is not read: notes.txt"), data.notes());
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
