package dev.hourglass.picture;

import dev.hourglass.message.Require;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.RoundRectangle2D;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Losses over the epochs: the losses of training and validation in one panel and, when there are any, the terms they consist of in a second.
 * The legend gives the last value of each curve. Values that are not finite leave a gap.
 * Needs XChart ({@code org.knowm.xchart:xchart}) on the class path, which a program that uses this library names itself.
 *
 * <pre>{@code
 * new LossChart("vae").loss("train", epochs, train).loss("validation", epochs, validation)
 *     .term("reconstruction", epochs, reconstruction).term("kl", epochs, kl).write(Path.of("loss.png"));
 * }</pre>
 */
public final class LossChart {
    private static final int PANEL_WIDTH = 640;
    private static final int PANEL_HEIGHT = 440;
    private static final int TITLE_HEIGHT = 46;
    private static final int LEGEND_WIDTH = PANEL_WIDTH - 40;
    private static final int LEGEND_LINE = 24;
    private static final int LEGEND_MARK = 25;
    private static final int PIXELS_PER_UNIT = 2;
    private static final int MOST_MARKERS = 40;
    private static final Font LEGEND_FONT = Canvas.font(13);

    private final String title;
    private String unit = "nats per example";
    private final List<Curve> losses = new ArrayList<>();
    private final List<Curve> terms = new ArrayList<>();

    private record Curve(String name, double[] epochs, double[] values) {
        String lastValue() {
            double last = values[values.length - 1];
            return Double.isNaN(last) ? "not finite" : String.format(Locale.ROOT, Math.abs(last) < 10 ? "%.4f" : "%.2f", last);
        }

        boolean drawable() {
            return DoubleStream.of(values).anyMatch(Double::isFinite);
        }
    }

    /** An empty chart under this title. */
    public LossChart(String title) {
        this.title = title;
    }

    /** What the values are measured in, for the axes; nats per example unless told otherwise. */
    public LossChart unit(String words) {
        unit = words;
        return this;
    }

    /**
     * Adds a curve to the first panel.
     *
     * @param epochs the epochs, rising. Not modified.
     * @param values one value per epoch, in the unit. Not modified.
     */
    public LossChart loss(String name, int[] epochs, double[] values) {
        losses.add(curve(name, epochs, values));
        return this;
    }

    /** Adds a curve to the second panel; parameters as of {@link #loss}. */
    public LossChart term(String name, int[] epochs, double[] values) {
        terms.add(curve(name, epochs, values));
        return this;
    }

    /** Writes the PNG file; see {@link dev.hourglass.io.AtomicFiles#write(Path, byte[])} for what is thrown. */
    public void write(Path file) {
        try (Canvas canvas = draw()) {
            canvas.write(file);
        }
    }

    private static Curve curve(String name, int[] epochs, double[] values) {
        Require.that(epochs.length == values.length && epochs.length > 0, "loss chart", "the curve " + name + " does not fit its epochs",
                "values.length", values.length, "as many as epochs.length=" + epochs.length + " and at least one");
        double[] finite = DoubleStream.of(values).map(value -> Double.isFinite(value) ? value : Double.NaN).toArray();
        return new Curve(name, IntStream.of(epochs).asDoubleStream().toArray(), finite);
    }

    Canvas draw() {
        int panels = terms.isEmpty() ? 1 : 2;
        int top = TITLE_HEIGHT + LEGEND_LINE * Math.max(legendRows(losses), legendRows(terms));
        Canvas canvas = new Canvas(panels * PANEL_WIDTH, top + PANEL_HEIGHT, PIXELS_PER_UNIT);
        canvas.text(title, Canvas.boldFont(17), Canvas.INK, 24, 32, Canvas.Anchor.LEFT);
        legend(canvas, 24, losses, 0);
        panel(canvas, 0, top, "loss (" + unit + ")", losses, 0);
        if (panels == 2) {
            legend(canvas, PANEL_WIDTH + 24, terms, losses.size());
            panel(canvas, PANEL_WIDTH, top, "terms (" + unit + ")", terms, losses.size());
        }
        return canvas;
    }

    private static void panel(Canvas canvas, int x, int y, String axis, List<Curve> curves, int firstColour) {
        List<Curve> drawable = curves.stream().filter(Curve::drawable).toList();
        if (drawable.isEmpty()) {
            canvas.text("no finite values", Canvas.font(14), Canvas.FAINT_INK, x + PANEL_WIDTH / 2.0, y + PANEL_HEIGHT / 2.0,
                    Canvas.Anchor.CENTRE);
            return;
        }
        XYChart chart = new XYChart(PANEL_WIDTH, PANEL_HEIGHT);
        chart.setXAxisTitle("epoch");
        chart.setYAxisTitle(axis);
        style(chart.getStyler());
        range(chart.getStyler(), drawable);
        for (Curve curve : drawable) {
            Color colour = Canvas.colour(firstColour + curves.indexOf(curve));
            XYSeries series = chart.addSeries(curve.name, with(curve.epochs, curve.epochs[curve.epochs.length - 1] + 0.5),
                    with(curve.values, Double.NaN));
            series.setLineColor(colour).setLineStyle(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            series.setMarkerColor(colour).setMarker(curve.values.length <= MOST_MARKERS ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        }
        Graphics2D graphics = canvas.graphics();
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        chart.paint(graphics, PANEL_WIDTH, PANEL_HEIGHT);
        graphics.setTransform(before);
    }

    /** XChart marks evenly spaced data at every n-th datum (1, 5, 9, ..); an invisible point half an epoch on makes the marks round. */
    private static double[] with(double[] values, double end) {
        double[] longer = Arrays.copyOf(values, values.length + 1);
        longer[values.length] = end;
        return longer;
    }

    /** Above the plot, where it hides no curve, in slots as wide as the longest entry. */
    private static void legend(Canvas canvas, int left, List<Curve> curves, int firstColour) {
        double slot = legendSlot(canvas, curves);
        int perRow = Math.max(1, (int) (LEGEND_WIDTH / slot));
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            double x = left + i % perRow * slot;
            double y = TITLE_HEIGHT + LEGEND_LINE * (i / perRow + 0.8);
            canvas.graphics().setColor(Canvas.colour(firstColour + i));
            canvas.graphics().fill(new RoundRectangle2D.Double(x, y - 7, 18, 4, 4, 4));
            canvas.text(curve.name, LEGEND_FONT, Canvas.INK, x + LEGEND_MARK, y, Canvas.Anchor.LEFT);
            canvas.text(curve.lastValue(), LEGEND_FONT, Canvas.FAINT_INK,
                    x + LEGEND_MARK + canvas.textWidth(curve.name + "  ", LEGEND_FONT), y,
                    Canvas.Anchor.LEFT);
        }
    }

    private static double legendSlot(Canvas canvas, List<Curve> curves) {
        return LEGEND_MARK + 20 + curves.stream().mapToDouble(curve -> canvas.textWidth(curve.name + "  " + curve.lastValue(), LEGEND_FONT))
                .max().orElse(0);
    }

    private static int legendRows(List<Curve> curves) {
        try (Canvas probe = new Canvas(1, 1, 1)) {
            int perRow = Math.max(1, (int) (LEGEND_WIDTH / legendSlot(probe, curves)));
            return (curves.size() + perRow - 1) / perRow;
        }
    }

    /** Sets both ranges, with room around a single epoch or a constant curve, and the decimals that its marks need. */
    private static void range(XYStyler styler, List<Curve> curves) {
        DoubleSummaryStatistics x = curves.stream().flatMapToDouble(curve -> DoubleStream.of(curve.epochs)).summaryStatistics();
        DoubleSummaryStatistics y = curves.stream().flatMapToDouble(curve -> DoubleStream.of(curve.values)).filter(Double::isFinite)
                .summaryStatistics();
        double roomX = x.getMax() > x.getMin() ? 0 : 1;
        double roomY = y.getMax() > y.getMin() ? 0.05 * (y.getMax() - y.getMin()) : Math.max(1e-6, 0.05 * Math.abs(y.getMax()));
        styler.setXAxisMin(x.getMin() - roomX).setXAxisMax(x.getMax() + roomX)
                .setYAxisMin(y.getMin() - roomY).setYAxisMax(y.getMax() + roomY);
        Ticks ticks = Ticks.within(y.getMin() - roomY, y.getMax() + roomY, 8);
        styler.setyAxisTickLabelsFormattingFunction(ticks::label);
    }

    private static void style(XYStyler styler) {
        styler.setChartBackgroundColor(Canvas.PAPER).setChartFontColor(Canvas.INK).setChartTitleVisible(false).setChartPadding(14)
                .setPlotBackgroundColor(Canvas.PAPER).setPlotBorderVisible(false).setPlotContentSize(0.94).setMarkerSize(5)
                .setAntiAlias(true)
                .setLegendVisible(false);
        styler.setAxisTitleFont(Canvas.font(13)).setAxisTickLabelsFont(Canvas.font(12)).setAxisTickLabelsColor(Canvas.FAINT_INK)
                .setPlotGridLinesColor(Canvas.GRID).setPlotGridLinesStroke(new BasicStroke(1f)).setPlotGridVerticalLinesVisible(false)
                .setAxisTicksMarksVisible(false).setAxisTicksLineVisible(false).setPlotMargin(4).setAxisTitlePadding(10)
                .setYAxisTickMarkSpacingHint(48)
                .setLocale(Locale.ROOT)
                .setxAxisTickLabelsFormattingFunction(epoch -> epoch == Math.rint(epoch) ? String.format(Locale.ROOT, "%.0f", epoch) : " ");
    }
}
