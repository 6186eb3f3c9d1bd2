package dev.hourglass.picture;

import dev.hourglass.message.Require;
import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two-dimensional codes as points, coloured by label when there are labels; after ten labels the colours repeat with another shape. Both axes have
 * the same scale, because distances in the latent space mean something. Points are drawn in the order given.
 */
public final class LatentScatter {
    private static final int PLOT = 640;
    private static final int LEFT = 70;
    private static final int TOP = 56;
    private static final int BOTTOM = 60;
    private static final int NO_LEGEND = 30;
    private static final int LEGEND_MARK = 44;
    private static final int LEGEND_LINE = 24;
    private static final int PIXELS_PER_UNIT = 2;
    private static final Font FONT = Canvas.font(13);

    private final String title;
    private final float[] codes;
    private final int[] labels;
    private final List<String> labelNames;

    private LatentScatter(String title, float[] codes, int[] labels, List<String> labelNames) {
        Require.that(codes.length > 0 && codes.length % 2 == 0, "latent scatter", "no pairs of coordinates", "codes.length", codes.length,
                "two for each of at least one point");
        this.title = title;
        this.codes = codes;
        this.labels = labels;
        this.labelNames = labelNames;
    }

    /**
     * Points of one colour.
     *
     * @param codes {@code [n, 2]} row-major. Not modified.
     */
    public static LatentScatter unlabeled(String title, float[] codes) {
        return new LatentScatter(title, codes, new int[codes.length / 2], List.of());
    }

    /**
     * Points coloured by label.
     *
     * @param codes      {@code [n, 2]} row-major. Not modified.
     * @param labels     {@code [n]}, each an index into the names. Not modified.
     * @param labelNames for the legend, in the order of the labels
     */
    public static LatentScatter labeled(String title, float[] codes, int[] labels, List<String> labelNames) {
        Require.that(labels.length * 2L == codes.length && IntStream.of(labels).allMatch(label -> label >= 0 && label < labelNames.size()),
                "latent scatter", "the labels do not fit", "labels.length", labels.length,
                codes.length / 2 + " labels from 0 to " + (labelNames.size() - 1));
        return new LatentScatter(title, codes, labels, List.copyOf(labelNames));
    }

    /** Writes the PNG file; see {@link dev.hourglass.io.AtomicFiles#write(Path, byte[])} for what is thrown. */
    public void write(Path file) {
        try (Canvas canvas = draw()) {
            canvas.write(file);
        }
    }

    Canvas draw() {
        int height = Math.max(TOP + PLOT + BOTTOM, TOP + (labelNames.size() + 1) * LEGEND_LINE);
        Canvas canvas = new Canvas(LEFT + PLOT + legendWidth(), height, PIXELS_PER_UNIT);
        canvas.text(title, Canvas.boldFont(17), Canvas.INK, LEFT, 32, Canvas.Anchor.LEFT);
        View view = View.of(codes);
        axes(canvas, view);
        points(canvas, view);
        for (int label = 0; label < labelNames.size(); label++) {
            double y = TOP + 12 + label * LEGEND_LINE;
            canvas.graphics().setColor(Canvas.colour(label));
            canvas.graphics().fill(marker(label, LEFT + PLOT + 28, y, 5));
            canvas.text(labelNames.get(label), FONT, Canvas.INK, LEFT + PLOT + LEGEND_MARK, y + 4.5, Canvas.Anchor.LEFT);
        }
        return canvas;
    }

    private int legendWidth() {
        try (Canvas probe = new Canvas(1, 1, 1)) {
            return labelNames.stream().mapToInt(name -> LEGEND_MARK + 24 + (int) Math.ceil(probe.textWidth(name, FONT))).max()
                    .orElse(NO_LEGEND);
        }
    }

    /** The square of the latent space that is shown: {@code low + [0, size]} in each dimension. */
    private record View(double lowX, double lowY, double size, int hidden) {
        static View of(float[] codes) {
            double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
            double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
            int hidden = 0;
            for (int i = 0; i < codes.length; i += 2) {
                if (!Float.isFinite(codes[i]) || !Float.isFinite(codes[i + 1])) {
                    hidden++;
                    continue;
                }
                for (int axis = 0; axis < 2; axis++) {
                    low[axis] = Math.min(low[axis], codes[i + axis]);
                    high[axis] = Math.max(high[axis], codes[i + axis]);
                }
            }
            if (2 * hidden == codes.length) {
                return new View(-1, -1, 2, hidden);
            }
            double extent = Math.max(high[0] - low[0], high[1] - low[1]);
            double size = extent == 0 ? 1 : extent * 1.06;
            return new View((low[0] + high[0] - size) / 2, (low[1] + high[1] - size) / 2, size, hidden);
        }

        double x(double z1) {
            return LEFT + (z1 - lowX) / size * PLOT;
        }

        double y(double z2) {
            return TOP + PLOT - (z2 - lowY) / size * PLOT;
        }
    }

    private void axes(Canvas canvas, View view) {
        Graphics2D graphics = canvas.graphics();
        graphics.setStroke(new BasicStroke(1f));
        Ticks ticksX = Ticks.within(view.lowX, view.lowX + view.size, 8);
        Ticks ticksY = Ticks.within(view.lowY, view.lowY + view.size, 8);
        for (double z : ticksX.positions()) {
            graphics.setColor(Canvas.GRID);
            graphics.draw(new Line2D.Double(view.x(z), TOP, view.x(z), TOP + PLOT));
            canvas.text(ticksX.label(z), FONT, Canvas.FAINT_INK, view.x(z), TOP + PLOT + 20, Canvas.Anchor.CENTRE);
        }
        for (double z : ticksY.positions()) {
            graphics.setColor(Canvas.GRID);
            graphics.draw(new Line2D.Double(LEFT, view.y(z), LEFT + PLOT, view.y(z)));
            canvas.text(ticksY.label(z), FONT, Canvas.FAINT_INK, LEFT - 8, view.y(z) + 4.5, Canvas.Anchor.RIGHT);
        }
        String hidden = view.hidden == 0 ? "" : "   (" + view.hidden + " of " + codes.length / 2 + " points not finite, not shown)";
        canvas.text("z1" + hidden, FONT, Canvas.INK, LEFT + PLOT / 2.0, TOP + PLOT + 44, Canvas.Anchor.CENTRE);
        canvas.text("z2", FONT, Canvas.INK, 18, TOP + PLOT / 2.0, Canvas.Anchor.LEFT);
    }

    private void points(Canvas canvas, View view) {
        Graphics2D graphics = canvas.graphics();
        int count = codes.length / 2;
        double radius = count <= 500 ? 4 : count <= 3000 ? 3 : 2;
        graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, count <= 3000 ? 0.8f : 0.6f));
        for (int i = 0; i < count; i++) {
            if (Float.isFinite(codes[2 * i]) && Float.isFinite(codes[2 * i + 1])) {
                graphics.setColor(Canvas.colour(labels[i]));
                graphics.fill(marker(labels[i], view.x(codes[2 * i]), view.y(codes[2 * i + 1]), radius));
            }
        }
        graphics.setComposite(AlphaComposite.SrcOver);
    }

    private static Shape marker(int label, double x, double y, double radius) {
        return switch (label / Canvas.colours() % 3) {
            case 0 -> new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
            case 1 -> new Rectangle2D.Double(x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
            default -> {
                Path2D triangle = new Path2D.Double();
                triangle.moveTo(x, y - 1.2 * radius);
                triangle.lineTo(x + 1.1 * radius, y + 0.8 * radius);
                triangle.lineTo(x - 1.1 * radius, y + 0.8 * radius);
                triangle.closePath();
                yield triangle;
            }
        };
    }
}
