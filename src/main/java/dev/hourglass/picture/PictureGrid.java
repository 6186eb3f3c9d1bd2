package dev.hourglass.picture;

import dev.hourglass.message.Require;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Grey pictures side by side in rows, enlarged by a whole factor without smoothing so that every pixel stays visible. Values are clamped to
 * [0, 1], 0 is black; a value that is not a number is drawn red.
 *
 * <pre>{@code
 * PictureGrid.pairs(28, 28, 12, originals, reconstructions).write(Path.of("reconstructions.png"));
 * PictureGrid.of(28, 28, 10, samples).write(Path.of("samples.png"));
 * new PictureGrid(28, 28).columnCaptions("-2", "0", "2").row("z1", traversal).write(Path.of("traverse.png"));
 * }</pre>
 */
public final class PictureGrid {
    private static final int MARGIN = 16;
    private static final int SEPARATOR = 3;
    private static final int GROUP_SEPARATOR = 14;
    private static final int CAPTION_GAP = 10;
    private static final int CAPTION_HEIGHT = 20;
    private static final int VISIBLE_PIXELS = 72;
    private static final int NOT_A_NUMBER = 0xe5484d;
    private static final Font FONT = Canvas.font(13);

    private final int height;
    private final int width;
    private final List<Row> rows = new ArrayList<>();
    private List<String> columnCaptions = List.of();
    private boolean nextStartsGroup;

    private record Row(String caption, float[] pictures, boolean startsGroup) {
    }

    /** An empty grid of pictures of {@code height x width} pixels. */
    public PictureGrid(int height, int width) {
        Require.that(height >= 1 && width >= 1, "picture grid", "empty pictures", "size", height + " x " + width, "both at least 1");
        this.height = height;
        this.width = width;
    }

    /**
     * All pictures in rows of {@code columns}.
     *
     * @param pictures {@code [n, height * width]} row-major. Not modified.
     */
    public static PictureGrid of(int height, int width, int columns, float[] pictures) {
        PictureGrid grid = new PictureGrid(height, width);
        for (float[] part : grid.parts(pictures, columns)) {
            grid.row("", part);
        }
        return grid;
    }

    /**
     * Originals above their reconstructions, as many pairs of rows of {@code columns} pictures as there are.
     *
     * @param originals       {@code [n, height * width]} row-major. Not modified.
     * @param reconstructions the same shape. Not modified.
     */
    public static PictureGrid pairs(int height, int width, int columns, float[] originals, float[] reconstructions) {
        Require.that(originals.length == reconstructions.length, "picture grid", "the two differ in length", "reconstructions.length",
                reconstructions.length, "originals.length=" + originals.length);
        PictureGrid grid = new PictureGrid(height, width);
        List<float[]> above = grid.parts(originals, columns);
        List<float[]> below = grid.parts(reconstructions, columns);
        for (int i = 0; i < above.size(); i++) {
            grid.group().row("original", above.get(i)).row("reconstruction", below.get(i));
        }
        return grid;
    }

    /**
     * Adds a row.
     *
     * @param caption  shown to its left; empty for none
     * @param pictures {@code [n, height * width]} row-major; rows may differ in length. Not modified.
     */
    public PictureGrid row(String caption, float[] pictures) {
        Require.that(pictures.length > 0 && pictures.length % (height * width) == 0, "picture grid", "no whole pictures", "values in a row",
                pictures.length, "a positive multiple of height*width=" + height + "*" + width);
        rows.add(new Row(caption, pictures, nextStartsGroup && !rows.isEmpty()));
        nextStartsGroup = false;
        return this;
    }

    /** The next row starts a new group: a wider gap above it. */
    public PictureGrid group() {
        nextStartsGroup = true;
        return this;
    }

    /** Short texts above the columns, from the left. */
    public PictureGrid columnCaptions(String... captions) {
        columnCaptions = List.of(captions);
        return this;
    }

    /** Writes the PNG file; see {@link dev.hourglass.io.AtomicFiles#write(Path, byte[])} for what is thrown. */
    public void write(Path file) {
        try (Canvas canvas = draw()) {
            canvas.write(file);
        }
    }

    Canvas draw() {
        Require.that(!rows.isEmpty(), "picture grid", "it is empty", "rows", 0, "at least one");
        int scale = Math.max(1, (VISIBLE_PIXELS + Math.max(height, width) - 1) / Math.max(height, width));
        int columns = rows.stream().mapToInt(this::columns).max().orElseThrow();
        int groups = (int) rows.stream().filter(Row::startsGroup).count();
        int left = MARGIN + captionWidth();
        int top = MARGIN + (columnCaptions.isEmpty() ? 0 : CAPTION_HEIGHT);
        int stepX = width * scale + SEPARATOR;
        int stepY = height * scale + SEPARATOR;
        Canvas canvas = new Canvas(left + columns * stepX - SEPARATOR + MARGIN,
                top + rows.size() * stepY - SEPARATOR + groups * (GROUP_SEPARATOR - SEPARATOR) + MARGIN, 1);
        for (int column = 0; column < Math.min(columns, columnCaptions.size()); column++) {
            canvas.text(columnCaptions.get(column), FONT, Canvas.FAINT_INK, left + column * stepX + width * scale / 2.0, top - 7,
                    Canvas.Anchor.CENTRE);
        }
        int y = top;
        for (Row row : rows) {
            y += row.startsGroup ? GROUP_SEPARATOR - SEPARATOR : 0;
            if (!row.caption.isEmpty()) {
                canvas.text(row.caption, FONT, Canvas.FAINT_INK, left - CAPTION_GAP, y + height * scale / 2.0 + 5, Canvas.Anchor.RIGHT);
            }
            for (int column = 0; column < columns(row); column++) {
                canvas.graphics().drawImage(picture(row.pictures, column * height * width), left + column * stepX, y, width * scale,
                        height * scale, null);
            }
            y += stepY;
        }
        return canvas;
    }

    private int columns(Row row) {
        return row.pictures.length / (height * width);
    }

    private BufferedImage picture(float[] values, int offset) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < height * width; i++) {
            float value = values[offset + i];
            int grey = Math.round(255 * Math.min(1, Math.max(0, value)));
            picture.setRGB(i % width, i / width, Float.isNaN(value) ? NOT_A_NUMBER : grey << 16 | grey << 8 | grey);
        }
        return picture;
    }

    /** Fonts are touched only when there is something to caption: pictures alone work on machines without any. */
    private int captionWidth() {
        try (Canvas probe = new Canvas(1, 1, 1)) {
            double widest = rows.stream().filter(row -> !row.caption.isEmpty()).mapToDouble(row -> probe.textWidth(row.caption, FONT)).max()
                    .orElse(0);
            return widest == 0 ? 0 : (int) Math.ceil(widest) + CAPTION_GAP;
        }
    }

    private List<float[]> parts(float[] pictures, int columns) {
        Require.that(columns >= 1, "picture grid", "no room", "columns", columns, "at least 1");
        List<float[]> parts = new ArrayList<>();
        int length = columns * height * width;
        for (int from = 0; from < pictures.length; from += length) {
            parts.add(Arrays.copyOfRange(pictures, from, Math.min(pictures.length, from + length)));
        }
        return parts;
    }
}
