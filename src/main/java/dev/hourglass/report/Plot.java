package dev.hourglass.report;

import dev.hourglass.picture.Ticks;
import java.util.List;

/**
 * A frame of inline SVG with axes, in which {@link #x} and {@link #y} place values. About as wide as a phone, so that letters keep their size there;
 * wider pages put several side by side. Colours come from the style sheet.
 */
final class Plot {
    /** Name of an axis on which only whole numbers are marked. */
    static final String EPOCH = "epoch";
    private static final double WIDTH = 360;
    private static final double LEFT = 46;
    private static final double RIGHT = 352;
    private static final double TOP = 10;

    private final StringBuilder svg = new StringBuilder();
    private final double height;
    private final double bottom;
    private final double[] xs;
    private final double[] ys;

    /** A plot of these ranges, widened when they are empty. */
    Plot(String description, double height, double[] xRange, double[] yRange, String xName) {
        this.height = height;
        this.bottom = height - 34;
        this.xs = widened(xRange);
        this.ys = widened(yRange);
        svg.append("<svg viewBox=\"0 0 ").append(Html.place(WIDTH)).append(' ').append(Html.place(height))
                .append("\" role=\"img\" aria-label=\"")
                .append(Html.escape(description)).append("\">");
        Ticks vertical = Ticks.within(ys[0], ys[1], 5);
        for (double tick : vertical.positions()) {
            line(LEFT, y(tick), RIGHT, y(tick), "grid");
            text(LEFT - 6, y(tick) + 4, "end", vertical.label(tick));
        }
        Ticks horizontal = Ticks.within(xs[0], xs[1], 6);
        boolean whole = xName.equals(EPOCH);
        for (double tick : horizontal.positions()) {
            if (whole && tick != Math.rint(tick)) {
                continue;
            }
            text(x(tick), bottom + 15, "middle", whole ? Long.toString(Math.round(tick)) : horizontal.label(tick));
        }
        text((LEFT + RIGHT) / 2, height - 4, "middle", xName);
    }

    /** The range of finite values, with a little room around. */
    static double[] range(List<double[]> series) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double[] values : series) {
            for (double value : values) {
                low = Double.isFinite(value) ? Math.min(low, value) : low;
                high = Double.isFinite(value) ? Math.max(high, value) : high;
            }
        }
        double room = 0.04 * (high - low);
        return low > high ? new double[] {0, 1} : new double[] {low - room, high + room};
    }

    private static double[] widened(double[] range) {
        double least = Math.max(1e-9, 1e-6 * Math.abs(range[0]));
        return range[1] - range[0] > least ? range
                : new double[] {range[0] - Math.max(0.5, Math.abs(range[0]) * 0.05), range[1] + Math.max(0.5, Math.abs(range[1]) * 0.05)};
    }

    double x(double value) {
        return LEFT + (value - xs[0]) / (xs[1] - xs[0]) * (RIGHT - LEFT);
    }

    double y(double value) {
        return bottom - (value - ys[0]) / (ys[1] - ys[0]) * (bottom - TOP);
    }

    /** A line through the points, interrupted where a value is not finite; a dot for a point alone. */
    Plot curve(double[] x, double[] y, int colour) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(y[i])) {
                path.append(pen ? 'L' : 'M').append(Html.place(x(x[i]))).append(' ').append(Html.place(y(y[i])));
            }
            pen = Double.isFinite(y[i]);
        }
        svg.append("<path class=\"curve s").append(colour % 10).append("\" d=\"").append(path).append("\"/>");
        for (int i = 0; i < x.length && x.length <= 25; i++) {
            if (Double.isFinite(y[i])) {
                dot(x[i], y[i], 2.4, colour);
            }
        }
        return this;
    }

    Plot dot(double x, double y, double radius, int colour) {
        svg.append("<circle class=\"b").append(colour % 10).append("\" cx=\"").append(Html.place(x(x))).append("\" cy=\"")
                .append(Html.place(y(y)))
                .append("\" r=\"").append(radius).append("\"/>");
        return this;
    }

    /** A bar from the bottom, between two values of x. */
    Plot bar(double from, double to, double value, int colour) {
        double top = y(value);
        svg.append("<rect class=\"b").append(colour % 10).append(" bar\" x=\"").append(Html.place(x(from))).append("\" y=\"")
                .append(Html.place(top))
                .append("\" width=\"").append(Html.place(Math.max(0.5, x(to) - x(from) - 0.5))).append("\" height=\"")
                .append(Html.place(Math.max(0, bottom - top))).append("\"/>");
        return this;
    }

    private void line(double x1, double y1, double x2, double y2, String style) {
        svg.append("<line class=\"").append(style).append("\" x1=\"").append(Html.place(x1)).append("\" y1=\"").append(Html.place(y1))
                .append("\" x2=\"")
                .append(Html.place(x2)).append("\" y2=\"").append(Html.place(y2)).append("\"/>");
    }

    private void text(double x, double y, String anchor, String words) {
        svg.append("<text x=\"").append(Html.place(x)).append("\" y=\"").append(Html.place(y)).append("\" text-anchor=\"").append(anchor)
                .append("\">")
                .append(Html.escape(words)).append("</text>");
    }

    /** Returns the finished SVG. */
    String svg() {
        return svg + "</svg>";
    }
}
