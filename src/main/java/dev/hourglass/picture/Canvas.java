package dev.hourglass.picture;

import dev.hourglass.io.AtomicFiles;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A white sheet to draw on and the look that all pictures share: colours, fonts, anti-aliasing. */
final class Canvas implements AutoCloseable {
    static final Color INK = new Color(0x2b2f36);
    static final Color FAINT_INK = new Color(0x6b7280);
    static final Color GRID = new Color(0xe5e7eb);
    static final Color PAPER = Color.WHITE;
    /**
     * Ten colours that stay apart for all common kinds of colour blindness and in grey.
     * Source: M. Petroff, Accessible Color Sequences for Data Visualization, 2021, arXiv:2107.02270.
     */
    private static final int[] PALETTE = {
        0x3f90da, 0xffa90e, 0xbd1f01, 0x94a4a2, 0x832db6, 0xa96b59, 0xe76300, 0xb9ac70, 0x717581, 0x92dadd};

    private final BufferedImage image;
    private final Graphics2D graphics;

    /** A sheet of {@code width x height} units, each {@code scale x scale} pixels. */
    Canvas(int width, int height, int scale) {
        image = new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.scale(scale, scale);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setColor(PAPER);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(INK);
    }

    Graphics2D graphics() {
        return graphics;
    }

    BufferedImage image() {
        return image;
    }

    static Font font(int size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, size);
    }

    static Font boldFont(int size) {
        return new Font(Font.SANS_SERIF, Font.BOLD, size);
    }

    static Color colour(int index) {
        return new Color(PALETTE[index % PALETTE.length]);
    }

    static int colours() {
        return PALETTE.length;
    }

    /** Where on a line a text is anchored. */
    enum Anchor { LEFT, CENTRE, RIGHT }

    /** Draws a text with its baseline at y. */
    void text(String text, Font font, Color colour, double x, double y, Anchor anchor) {
        graphics.setFont(font);
        graphics.setColor(colour);
        double shift = switch (anchor) {
            case LEFT -> 0;
            case CENTRE -> -textWidth(text, font) / 2;
            case RIGHT -> -textWidth(text, font);
        };
        graphics.drawString(text, (float) (x + shift), (float) y);
    }

    double textWidth(String text, Font font) {
        return font.getStringBounds(text, graphics.getFontRenderContext()).getWidth();
    }

    /** Encodes the sheet as PNG and replaces the file. */
    void write(Path file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, "png", out)) {
                throw new IOException("this Java cannot encode PNG; use one with the java.desktop module");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot encode " + file + ": " + failure.getMessage(), failure);
        }
        AtomicFiles.write(file, bytes.toByteArray());
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}
