package dev.hourglass.picture;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.List;

/**
 * Originals and reconstructions of data that are no pictures: one panel per example. Up to {@value #MOST_BARS} columns are pairs of bars, each
 * feature on its own scale (smallest to largest value among the examples shown), since columns of a table have different units; more columns are
 * lines on one common scale, since so many are usually a signal or a spectrum. Values that are not finite are left out.
 */
public final class FeatureChart {
    static final int MOST_BARS = 24;
    private static final int PANEL_WIDTH = 300;
    private static final int PANEL_HEIGHT = 170;
    private static final int GAP = 24;
    private static final int MARGIN = 28;
    private static final int TOP = 84;
    private static final int PANELS_PER_ROW = 3;
    private static final int PIXELS_PER_UNIT = 2;
    private static final Font SMALL = Canvas.font(11);

    private final String title;
    private final List<String> features;
    private final float[] originals;
    private final float[] reconstructions;
    private final int columns;
    private final int examples;

    /**
     * @param title           above the panels
     * @param features        names of the columns
     * @param originals       {@code [n, features.size()]} row-major, n at least 1 and best at most 12. Not modified.
     * @param reconstructions the same shape. Not modified.
     */
    public FeatureChart(String title, List<String> features, float[] originals, float[] reconstructions) {
        if (features.isEmpty() || originals.length == 0 || originals.length % features.size() != 0 || reconstructions.length != originals.length) {
            throw new IllegalArgumentException("feature chart: originals.length=" + originals.length + " reconstructions.length="
                + reconstructions.length + ", expected an equal, positive multiple of the number of features=" + features.size());
        }
        this.title = title;
        this.features = List.copyOf(features);
        this.originals = originals;
        this.reconstructions = reconstructions;
        this.columns = features.size();
        this.examples = originals.length / columns;
    }

    /** Writes the PNG file; see {@link dev.hourglass.io.AtomicFiles#write(Path, byte[])} for what is thrown. */
    public void write(Path file) {
        try (Canvas canvas = draw()) {
            canvas.write(file);
        }
    }

    Canvas draw() {
        boolean bars = columns <= MOST_BARS;
        int across = Math.min(PANELS_PER_ROW, examples);
        int rows = (examples + across - 1) / across;
        int below = bars ? captionHeight() : 24;
        int width = Math.max(2 * MARGIN + across * (PANEL_WIDTH + GAP) - GAP, 560);
        Canvas canvas = new Canvas(width, TOP + rows * (PANEL_HEIGHT + below + GAP) - GAP + MARGIN, PIXELS_PER_UNIT);
        heading(canvas, bars);
        Range[] ranges = bars ? featureRanges() : commonRange();
        for (int example = 0; example < examples; example++) {
            double x = MARGIN + example % across * (double) (PANEL_WIDTH + GAP);
            double y = TOP + example / across * (double) (PANEL_HEIGHT + below + GAP);
            canvas.graphics().setColor(Canvas.GRID);
            canvas.graphics().setStroke(new BasicStroke(1f));
            for (int line = 0; line <= 4; line++) {
                double level = y + PANEL_HEIGHT * line / 4.0;
                canvas.graphics().draw(new Line2D.Double(x, level, x + PANEL_WIDTH, level));
            }
            if (bars) {
                bars(canvas, example, x, y, ranges);
            } else {
                lines(canvas, example, x, y, ranges[0]);
            }
        }
        return canvas;
    }

    private void heading(Canvas canvas, boolean bars) {
        canvas.text(title, Canvas.boldFont(17), Canvas.INK, MARGIN, 32, Canvas.Anchor.LEFT);
        double x = MARGIN;
        for (int series = 0; series < 2; series++) {
            canvas.graphics().setColor(Canvas.colour(series));
            canvas.graphics().fill(new Rectangle2D.Double(x, 46, 12, 12));
            String name = series == 0 ? "original" : "reconstruction";
            canvas.text(name, Canvas.font(13), Canvas.INK, x + 18, 57, Canvas.Anchor.LEFT);
            x += 18 + canvas.textWidth(name, Canvas.font(13)) + 20;
        }
        canvas.text(bars ? "each feature from its smallest to its largest value shown" : "all features on one scale", Canvas.font(12), Canvas.FAINT_INK,
            x, 57, Canvas.Anchor.LEFT);
    }

    /** Values from {@code low} to {@code high} fill a panel from bottom to top. */
    private record Range(double low, double high) {
        double level(double value) {
            return high > low ? (value - low) / (high - low) : 0.5;
        }

        Range with(float value) {
            return Float.isFinite(value) ? new Range(Math.min(low, value), Math.max(high, value)) : this;
        }
    }

    private Range[] featureRanges() {
        Range[] ranges = new Range[columns];
        for (int i = 0; i < originals.length; i++) {
            Range before = ranges[i % columns] == null ? new Range(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY) : ranges[i % columns];
            ranges[i % columns] = before.with(originals[i]).with(reconstructions[i]);
        }
        return ranges;
    }

    private Range[] commonRange() {
        Range range = new Range(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < originals.length; i++) {
            range = range.with(originals[i]).with(reconstructions[i]);
        }
        return new Range[] {range};
    }

    private void bars(Canvas canvas, int example, double x, double y, Range[] ranges) {
        double slot = (double) PANEL_WIDTH / columns;
        double bar = Math.min(16, slot * 0.36);
        for (int column = 0; column < columns; column++) {
            double centre = x + (column + 0.5) * slot;
            for (int series = 0; series < 2; series++) {
                float value = (series == 0 ? originals : reconstructions)[example * columns + column];
                if (Float.isFinite(value)) {
                    double tall = Math.max(2, ranges[column].level(value) * PANEL_HEIGHT);
                    canvas.graphics().setColor(Canvas.colour(series));
                    canvas.graphics().fill(new Rectangle2D.Double(centre + (series - 1) * bar, y + PANEL_HEIGHT - tall, bar - 0.5, tall));
                }
            }
            caption(canvas, features.get(column), centre, y + PANEL_HEIGHT + 10);
        }
    }

    /** Names stand upright below their bars: they fit whatever their length. */
    private static void caption(Canvas canvas, String name, double x, double y) {
        Graphics2D graphics = canvas.graphics();
        graphics.rotate(-Math.PI / 2, x, y);
        canvas.text(shortened(name), SMALL, Canvas.FAINT_INK, x, y + 4, Canvas.Anchor.RIGHT);
        graphics.rotate(Math.PI / 2, x, y);
    }

    private int captionHeight() {
        try (Canvas probe = new Canvas(1, 1, 1)) {
            return 14 + (int) Math.ceil(features.stream().mapToDouble(name -> probe.textWidth(shortened(name), SMALL)).max().orElseThrow());
        }
    }

    private static String shortened(String name) {
        return name.length() <= 18 ? name : name.substring(0, 17) + "\u2026";
    }

    private void lines(Canvas canvas, int example, double x, double y, Range range) {
        Graphics2D graphics = canvas.graphics();
        for (int series = 0; series < 2; series++) {
            float[] values = series == 0 ? originals : reconstructions;
            Path2D line = new Path2D.Double();
            boolean pen = false;
            for (int column = 0; column < columns; column++) {
                float value = values[example * columns + column];
                double px = x + (column + 0.5) * PANEL_WIDTH / columns;
                double py = y + PANEL_HEIGHT * (1 - range.level(value));
                if (!Float.isFinite(value)) {
                    pen = false;
                } else if (pen) {
                    line.lineTo(px, py);
                } else {
                    line.moveTo(px, py);
                    pen = true;
                }
            }
            graphics.setColor(Canvas.colour(series));
            graphics.setStroke(new BasicStroke(series == 0 ? 2.4f : 1.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            graphics.draw(line);
        }
        canvas.text("feature 1 to " + columns, SMALL, Canvas.FAINT_INK, x + PANEL_WIDTH, y + PANEL_HEIGHT + 16, Canvas.Anchor.RIGHT);
    }
}
