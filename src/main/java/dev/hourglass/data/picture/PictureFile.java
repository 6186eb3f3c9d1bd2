package dev.hourglass.data.picture;

import dev.hourglass.data.DataException;
import dev.hourglass.data.file.BinaryRows;
import dev.hourglass.data.file.Input;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** One png or jpg file, told by its content. Its size is read first, so that a small file cannot order a large picture. */
final class PictureFile {
    /** What one byte of a file unpacks to at most: DEFLATE writes 258 bytes in two bits, and JPEG needs a bit for some hundred samples. */
    static final int MOST_BYTES_PER_BYTE = 1100;

    private static final int ALWAYS_BYTES = 1 << 16;
    private static final int LONGEST_FILE = 1 << 30;
    private static final int JPEG_BITS = 24;

    private PictureFile() {
    }

    /** @throws DataException if it is neither, is damaged, announces more than its bytes can hold, or is not grey and opaque */
    static GreyPicture read(Path file) {
        Input.requireFile(file);
        byte[] content;
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw new DataException(
                        file + ": the file has " + Files.size(file) + " bytes, expected a picture of at most " + LONGEST_FILE);
            }
            content = Files.readAllBytes(file);
        } catch (IOException failure) {
            throw Input.unreadable(file, failure);
        }
        if (PngChunks.isPng(content)) {
            PngChunks png = PngChunks.of(file, content);
            requirePossible(file, png.width(), png.height(), png.bits(), content.length);
            return GreyPicture.of(file, decoded(file, "png", png.essential(), content.length), png.paletteColours());
        }
        if (content.length > 2 && (content[0] & 0xff) == 0xff && (content[1] & 0xff) == 0xd8) {
            return GreyPicture.of(file, decoded(file, "jpeg", content, content.length), 0);
        }
        throw new DataException(file + ": is no png or jpg picture; remove it or save it again");
    }

    private static BufferedImage decoded(Path file, String format, byte[] content, int fileBytes) {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener((source, warning) -> {
                throw new IllegalStateException(warning);
            });
            requirePossible(file, reader.getWidth(0), reader.getHeight(0), format.equals("jpeg") ? JPEG_BITS : 1, fileBytes);
            return reader.read(0);
        } catch (DataException refused) {
            throw refused;
        } catch (IOException | RuntimeException failure) { // damaged files surface as either
            throw new DataException(file + ": the picture cannot be read (" + failure.getMessage() + "); remove it or save it again",
                    failure);
        } finally {
            reader.dispose();
        }
    }

    private static void requirePossible(Path file, int width, int height, int bits, int fileBytes) {
        if (width < 1 || height < 1) {
            throw new DataException(
                    file + ": the header announces " + width + " x " + height + " pixels, expected at least one; the file is damaged");
        }
        long rowBytes = ((long) width * bits + 7) / 8;
        long most = (long) MOST_BYTES_PER_BYTE * fileBytes + ALWAYS_BYTES;
        if (rowBytes > most / height || (long) width * height > BinaryRows.LARGEST_ROW) {
            throw new DataException(
                    file + ": the header announces " + width + " x " + height + " pixels, expected no more than " + fileBytes
                            + " bytes can hold; the file is damaged");
        }
    }
}
