package dev.hourglass.data.picture;

import dev.hourglass.data.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.nio.file.Path;

/**
 * The grey samples of one decoded picture, exactly those of the file: {@code getRGB} would bend them by the gamma of Java's linear grey. What is not grey and
 * opaque is refused: a data set has one number per pixel.
 *
 * @param deep whether the samples have 16 bits (0..65535), not 8
 * @param samples row by row; pixel (y, x) at y * width + x
 */
record GreyPicture(int height, int width, boolean deep, char[] samples) {
    private static final int RED = 0;
    private static final int GREEN = 1;
    private static final int BLUE = 2;
    private static final int ALPHA = 3;

    /**
     * @param paletteColours entries of the palette, 0 if there is none or its size is not known
     * @throws DataException if a pixel is coloured or transparent
     */
    static GreyPicture of(Path file, BufferedImage picture, int paletteColours) {
        int width = picture.getWidth();
        boolean deep = picture.getRaster().getTransferType() == DataBuffer.TYPE_USHORT;
        char[] samples = new char[width * picture.getHeight()];
        Opacity opacity = new Opacity(deep ? 0xffff : 0xff);
        String colour = null;
        for (int y = 0; y < picture.getHeight(); y++) {
            int[] pixels = pixels(file, picture, y, paletteColours);
            for (int x = 0; x < width; x++) {
                int at = 4 * x;
                opacity.see(pixels, at, x, y);
                if (colour == null && (pixels[at + RED] != pixels[at + GREEN] || pixels[at + RED] != pixels[at + BLUE])) {
                    colour = "pixel (" + x + ", " + y + ") is red " + pixels[at + RED] + ", green " + pixels[at + GREEN] + ", blue "
                            + pixels[at + BLUE];
                }
                samples[y * width + x] = (char) pixels[at + RED];
            }
        }
        opacity.requireAll(file);
        if (colour != null) {
            throw new DataException(
                    file + ": the picture is coloured: " + colour + ", expected grey: all three equal; convert the pictures to grey");
        }
        return new GreyPicture(picture.getHeight(), width, deep, samples);
    }

    /** Row y as red, green, blue, alpha of each pixel. */
    private static int[] pixels(Path file, BufferedImage picture, int y, int paletteColours) {
        int width = picture.getWidth();
        ColorModel model = picture.getColorModel();
        int[] rgba = new int[4 * width];
        int[] bands = picture.getRaster().getPixels(0, y, width, 1, (int[]) null);
        int count = bands.length / width;
        int colours = model.getNumColorComponents();
        for (int x = 0; x < width; x++) {
            if (model instanceof IndexColorModel palette) {
                requireColour(file, bands[x], paletteColours, x, y);
                unpack(palette.getRGB(bands[x]), rgba, 4 * x);
            } else {
                rgba[4 * x + RED] = bands[count * x];
                rgba[4 * x + GREEN] = bands[count * x + (colours == 1 ? 0 : GREEN)];
                rgba[4 * x + BLUE] = bands[count * x + (colours == 1 ? 0 : BLUE)];
                rgba[4 * x + ALPHA] = model.hasAlpha() ? bands[count * x + colours] : 0xffff;
            }
        }
        return rgba;
    }

    private static void unpack(int argb, int[] rgba, int at) {
        rgba[at + RED] = argb >> 16 & 0xff;
        rgba[at + GREEN] = argb >> 8 & 0xff;
        rgba[at + BLUE] = argb & 0xff;
        rgba[at + ALPHA] = argb >>> 24;
    }

    private static void requireColour(Path file, int index, int paletteColours, int x, int y) {
        if (paletteColours > 0 && index >= paletteColours) {
            throw new DataException(file + ": the picture is damaged (pixel (" + x + ", " + y + ") has colour " + index
                    + " of a palette of " + paletteColours
                    + "); remove it or save it again");
        }
    }

    /** What of a picture can be seen. */
    private static final class Opacity {
        private final int full;
        private long transparent;
        private String first;
        private long ink = -1;
        private boolean manyInks;

        Opacity(int full) {
            this.full = full;
        }

        void see(int[] pixels, int at, int x, int y) {
            if (pixels[at + ALPHA] < full) {
                first = transparent++ == 0 ? "pixel (" + x + ", " + y + ") has alpha " + pixels[at + ALPHA] + " of " + full : first;
            }
            if (pixels[at + ALPHA] > 0) {
                long colour = ((long) pixels[at + RED] << 16 | pixels[at + GREEN]) << 16 | pixels[at + BLUE];
                manyInks |= ink >= 0 && ink != colour;
                ink = colour;
            }
        }

        void requireAll(Path file) {
            if (transparent > 0) {
                throw new DataException(file + ": the picture is transparent: " + first
                        + (manyInks ? "" : ", and all that can be seen has one colour: the shape"
                                + " is in the transparency alone")
                        + "; flatten the pictures onto a ground of one colour and save them without transparency");
            }
        }
    }
}
