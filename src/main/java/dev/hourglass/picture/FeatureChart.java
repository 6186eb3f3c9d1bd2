package dev.hourglass.picture;

import dev.hourglass.message.Require;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Originals and reconstructions of data that are no pictures: one panel per example. Up to {@value #MOST_BARS} columns are pairs of bars, each
 * feature relative to its largest magnitude among the examples shown, since columns of a table have different units; more columns are lines on one common scale, since so many are usually a signal or a spectrum. Values that are not finite are left out.
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
    private final boolean upright;

    /**
     * @param title           above the panels
     * @param features        names of the columns
     * @param originals       {@code [n, features.size()]} row-major, n at least 1 and best at most 12. Not modified.
     * @param reconstructions the same shape. Not modified.
     */
    public FeatureChart(String title, List<String> features, float[] originals, float[] reconstructions) {
        Require.that(!features.isEmpty() && originals.length > 0 && originals.length % features.size() == 0, "feature chart",
                "no whole rows", "originals.length", originals.length, "a positive multiple of the number of features=" + features.size());
        Require.that(reconstructions.length == originals.length, "feature chart", "the two differ in length", "reconstructions.length",
                reconstructions.length, "originals.length=" + originals.length);
        this.title = title;
        this.features = List.copyOf(features);
        this.originals = originals;
        this.reconstructions = reconstructions;
        this.columns = features.size();
        this.examples = originals.length / columns;
        this.upright = widestCaption() > (double) PANEL_WIDTH / columns - 6;
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
        int below = bars && upright ? 14 + (int) Math.ceil(widestCaption()) : 24;
        int width = Math.max(2 * MARGIN + across * (PANEL_WIDTH + GAP) - GAP, 620);
        Canvas canvas = new Canvas(width, TOP + rows * (PANEL_HEIGHT + below + GAP) - GAP + MARGIN, PIXELS_PER_UNIT);
        Range[] ranges = bars ? barRanges() : new Range[] {range(0, 1)};
        heading(canvas, bars ? "each feature relative to its largest magnitude here" : ranges[0].describe());
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

    private void heading(Canvas canvas, String scale) {
        canvas.text(title, Canvas.boldFont(17), Canvas.INK, MARGIN, 32, Canvas.Anchor.LEFT);
        double x = MARGIN;
        for (int series = 0; series < 2; series++) {
            canvas.graphics().setColor(Canvas.colour(series));
            canvas.graphics().fill(new Rectangle2D.Double(x, 46, 12, 12));
            String name = series == 0 ? "original" : "reconstruction";
            canvas.text(name, Canvas.font(13), Canvas.INK, x + 18, 57, Canvas.Anchor.LEFT);
            x += 18 + canvas.textWidth(name, Canvas.font(13)) + 20;
        }
        canvas.text(scale, Canvas.font(12), Canvas.FAINT_INK, x, 57, Canvas.Anchor.LEFT);
    }

    /** Values from {@code low} to {@code high} fill a panel from bottom to top. */
    private record Range(double low, double high) {
        double level(double value) {
            return high > low ? (value - low) / (high - low) : 0.5;
        }

        String describe() {
            return high < low ? "no finite values" : String.format(Locale.ROOT, "all features from %.4g to %.4g", low, high);
        }

        Range with(float value) {
            return Float.isFinite(value) ? new Range(Math.min(low, value), Math.max(high, value)) : this;
        }
    }

    /** The range of the values in every {@code step}-th column from {@code first} on, of all examples. */
    private Range range(int first, int step) {
        Range range = new Range(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        for (int i = first; i < originals.length; i += step) {
            range = range.with(originals[i]).with(reconstructions[i]);
        }
        return range;
    }

    /** Bars start at zero, or their lengths would lie; zero is in the middle as soon as any value is negative. */
    private Range[] barRanges() {
        boolean negative = range(0, 1).low < 0;
        Range[] ranges = new Range[columns];
        for (int column = 0; column < columns; column++) {
            Range range = range(column, columns);
            double largest = Math.max(Math.abs(range.low), Math.abs(range.high));
            double limit = largest > 0 && largest < Double.POSITIVE_INFINITY ? largest : 1;
            ranges[column] = new Range(negative ? -limit : 0, limit);
        }
        return ranges;
    }

    private void bars(Canvas canvas, int example, double x, double y, Range[] ranges) {
        double slot = (double) PANEL_WIDTH / columns;
        double bar = Math.min(16, slot * 0.36);
        for (int column = 0; column < columns; column++) {
            double centre = x + (column + 0.5) * slot;
            for (int series = 0; series < 2; series++) {
                float value = (series == 0 ? originals : reconstructions)[example * columns + column];
                if (Float.isFinite(value)) {
                    double end = PANEL_HEIGHT * ranges[column].level(value);
                    double zero = PANEL_HEIGHT * ranges[column].level(0);
                    canvas.graphics().setColor(Canvas.colour(series));
                    canvas.graphics()
                            .fill(new Rectangle2D.Double(centre + (series - 1) * bar, y + PANEL_HEIGHT - Math.max(end, zero), bar - 0.5,
                                    Math.max(1, Math.abs(end - zero))));
                }
            }
            caption(canvas, features.get(column), centre, y + PANEL_HEIGHT + 10);
        }
        double zero = y + PANEL_HEIGHT * (1 - ranges[0].level(0));
        canvas.graphics().setColor(Canvas.FAINT_INK);
        canvas.graphics().draw(new Line2D.Double(x, zero, x + PANEL_WIDTH, zero));
    }

    /** Names lie below their bars where all fit, and stand otherwise. */
    private void caption(Canvas canvas, String name, double x, double y) {
        Graphics2D graphics = canvas.graphics();
        if (!upright) {
            canvas.text(shortened(name), SMALL, Canvas.FAINT_INK, x, y + 7, Canvas.Anchor.CENTRE);
            return;
        }
        graphics.rotate(-Math.PI / 2, x, y);
        canvas.text(shortened(name), SMALL, Canvas.FAINT_INK, x, y + 4, Canvas.Anchor.RIGHT);
        graphics.rotate(Math.PI / 2, x, y);
    }

    private double widestCaption() {
        try (Canvas probe = new Canvas(1, 1, 1)) {
            return features.stream().mapToDouble(name -> probe.textWidth(shortened(name), SMALL)).max().orElseThrow();
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
