package dev.hourglass.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Losses over the epochs: the losses of training and validation in one panel and, when there are any, the terms they consist of in a second.
 * The legend gives the last value of each curve. Values that are not finite leave a gap.
 *
 * <pre>{@code
 * new LossChart("vae").loss("train", epochs, train).loss("validation", epochs, validation)
 *     .term("reconstruction", epochs, reconstruction).term("kl", epochs, kl).write(Path.of("loss.png"));
 * }</pre>
 */
public final class LossChart {
    private static final int PANEL_WIDTH = 640;
    private static final int PANEL_HEIGHT = 440;
    private static final int TITLE_HEIGHT = 44;
    private static final int PIXELS_PER_UNIT = 2;
    private static final int MOST_MARKERS = 40;

    private final String title;
    private final List<Curve> losses = new ArrayList<>();
    private final List<Curve> terms = new ArrayList<>();

    private record Curve(String name, double[] epochs, double[] values) {
        boolean drawable() {
            return DoubleStream.of(values).anyMatch(Double::isFinite);
        }
    }

    /** An empty chart under this title. */
    public LossChart(String title) {
        this.title = title;
    }

    /**
     * Adds a curve to the first panel.
     *
     * @param epochs the epochs, rising. Not modified.
     * @param values one value per epoch, in nats per example. Not modified.
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
        if (epochs.length != values.length || epochs.length == 0) {
            throw new IllegalArgumentException("loss chart: curve '" + name + "' has " + epochs.length + " epochs and " + values.length
                + " values, expected as many and at least one");
        }
        double[] finite = DoubleStream.of(values).map(value -> Double.isFinite(value) ? value : Double.NaN).toArray();
        return new Curve(name, IntStream.of(epochs).asDoubleStream().toArray(), finite);
    }

    Canvas draw() {
        int panels = terms.isEmpty() ? 1 : 2;
        Canvas canvas = new Canvas(panels * PANEL_WIDTH, TITLE_HEIGHT + PANEL_HEIGHT, PIXELS_PER_UNIT);
        canvas.text(title, Canvas.boldFont(17), Canvas.INK, 24, 32, Canvas.Anchor.LEFT);
        panel(canvas, 0, "loss (nats per example)", losses, 0);
        if (panels == 2) {
            panel(canvas, PANEL_WIDTH, "terms (nats per example)", terms, losses.size());
        }
        return canvas;
    }

    private static void panel(Canvas canvas, int x, String axis, List<Curve> curves, int firstColour) {
        List<Curve> drawable = curves.stream().filter(Curve::drawable).toList();
        if (drawable.isEmpty()) {
            canvas.text("no finite values", Canvas.font(14), Canvas.FAINT_INK, x + PANEL_WIDTH / 2.0, TITLE_HEIGHT + PANEL_HEIGHT / 2.0,
                Canvas.Anchor.CENTRE);
            return;
        }
        XYChart chart = new XYChart(PANEL_WIDTH, PANEL_HEIGHT);
        chart.setXAxisTitle("epoch");
        chart.setYAxisTitle(axis);
        style(chart.getStyler());
        for (Curve curve : drawable) {
            XYSeries series = chart.addSeries(legend(curve), curve.epochs, curve.values);
            Color colour = Canvas.colour(firstColour + curves.indexOf(curve));
            series.setLineColor(colour).setLineStyle(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            series.setMarkerColor(colour).setMarker(curve.values.length <= MOST_MARKERS ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        }
        Graphics2D graphics = canvas.graphics();
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, TITLE_HEIGHT);
        chart.paint(graphics, PANEL_WIDTH, PANEL_HEIGHT);
        graphics.setTransform(before);
    }

    private static String legend(Curve curve) {
        double last = curve.values[curve.values.length - 1];
        return curve.name + "  " + (Double.isNaN(last) ? "not finite" : String.format(Locale.ROOT, Math.abs(last) < 10 ? "%.4f" : "%.2f", last));
    }

    private static void style(XYStyler styler) {
        styler.setChartBackgroundColor(Canvas.PAPER).setChartFontColor(Canvas.INK).setChartTitleVisible(false).setChartPadding(14)
            .setPlotBackgroundColor(Canvas.PAPER).setPlotBorderVisible(false).setPlotContentSize(0.94).setMarkerSize(5).setAntiAlias(true)
            .setLegendPosition(Styler.LegendPosition.InsideNE).setLegendFont(Canvas.font(13)).setLegendBorderColor(Canvas.GRID)
            .setLegendBackgroundColor(new Color(255, 255, 255, 230)).setLegendPadding(8).setLegendSeriesLineLength(22);
        styler.setAxisTitleFont(Canvas.font(13)).setAxisTickLabelsFont(Canvas.font(12)).setAxisTickLabelsColor(Canvas.FAINT_INK)
            .setPlotGridLinesColor(Canvas.GRID).setPlotGridLinesStroke(new BasicStroke(1f)).setPlotGridVerticalLinesVisible(false)
            .setAxisTicksMarksVisible(false).setAxisTicksLineVisible(false).setPlotMargin(4).setAxisTitlePadding(10).setLocale(Locale.ROOT)
            .setxAxisTickLabelsFormattingFunction(epoch -> epoch == Math.rint(epoch) ? String.format(Locale.ROOT, "%.0f", epoch) : " ");
    }
}
