package dev.hourglass.report;

import dev.hourglass.data.PictureShape;
import dev.hourglass.model.Schema;
import dev.hourglass.picture.Brightness;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Strips of pictures as PNG inside the page; between the pictures the page shows through. */
final class Pictures {
    private static final int VISIBLE_PIXELS = 56;
    private static final int RED = 0xffe5484d;

    private final PictureShape shape;
    private final Brightness brightness;
    private final int scale;

    /** Pictures of a schema that has them. */
    Pictures(Schema schema) {
        this.shape = schema.picture();
        this.brightness = Brightness.of(schema.scaling());
        this.scale = Math.max(1, VISIBLE_PIXELS / Math.max(shape.height(), shape.width()));
    }

    /** A named row of grey pictures, in the units of the data; a value that is not finite is red. */
    String row(String name, float[][] pictures, int places) {
        float[] values = brightness.apply(pictures);
        return image(name, pictures.length, places, (index, pixel) -> {
            float value = values[index * shape.size() + pixel];
            int grey = Math.round(255 * Math.min(1, Math.max(0, value)));
            return Float.isFinite(value) ? 0xff000000 | grey << 16 | grey << 8 | grey : RED;
        });
    }

    /** A named row of directions: orange is more, blue is less, transparent is no change; each on its own scale. */
    String signed(String name, float[][] directions, int places) {
        float[] largest = new float[directions.length];
        for (int i = 0; i < largest.length; i++) {
            for (float value : directions[i]) {
                largest[i] = Math.max(largest[i], Math.abs(value));
            }
        }
        return image(name, directions.length, places, (index, pixel) -> {
            float value = largest[index] == 0 ? 0 : directions[index][pixel] / largest[index];
            return Math.round(255 * Math.abs(value)) << 24 | (value > 0 ? 0xf08c00 : 0x2f80ed);
        });
    }

    /** Rows of {@code across} pictures without names. */
    String grid(float[][] pictures, int across) {
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < pictures.length; from += across) {
            text.append(row("", Arrays.copyOfRange(pictures, from, Math.min(pictures.length, from + across)), across));
        }
        return "<div class=\"strips\">" + text + "</div>";
    }

    private interface Colours {
        int of(int index, int pixel);
    }

    /** {@code places} is how many pictures are as wide as the page, so that short rows keep the size. */
    private String image(String name, int count, int places, Colours colours) {
        int stepX = shape.width() * scale + 2;
        BufferedImage image = new BufferedImage(Math.max(count, places) * stepX - 2, shape.height() * scale, BufferedImage.TYPE_INT_ARGB);
        for (int index = 0; index < count; index++) {
            for (int y = 0; y < shape.height() * scale; y++) {
                for (int x = 0; x < shape.width() * scale; x++) {
                    image.setRGB(index * stepX + x, y, colours.of(index, y / scale * shape.width() + x / scale));
                }
            }
        }
        return (name.isEmpty() ? "" : "<span class=\"strip-name\">" + Html.escape(name) + "</span>")
                + "<img class=\"strip\" alt=\"" + Html.escape(name) + "\" width=\"" + image.getWidth() + "\" height=\"" + image.getHeight()
                + "\" src=\"data:image/png;base64," + Base64.getEncoder().encodeToString(png(image)) + "\">";
    }

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, "png", out)) {
                throw new IOException("this Java cannot encode PNG; use one with the java.desktop module");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot encode a picture: " + failure.getMessage(), failure);
        }
        return bytes.toByteArray();
    }
}
