package dev.hourglass.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Bars that fit any width: upright ones in a stretched SVG, lying ones with names as rows. */
final class Bars {
    private static final int MOST_LYING = 20;

    private Bars() {
    }

    /**
     * Upright bars, one for each value from the left; pointing at one tells its number and value.
     *
     * @param faint which are of less importance
     */
    static String upright(String name, double[] values, IntPredicate faint) {
        double largest = Math.max(1e-12, Arrays.stream(values).filter(Double::isFinite).max().orElse(1));
        double gap = values.length > 200 ? 0.05 : 0.18;
        StringBuilder svg = new StringBuilder("<div class=\"upright\" style=\"--bars:" + values.length + "\"><div class=\"scale\"><span>"
                + Html.number(largest) + "</span><span>0</span></div>");
        svg.append("<svg preserveAspectRatio=\"none\" viewBox=\"0 0 ").append(values.length).append(" 100\" role=\"img\" aria-label=\"")
                .append(Html.escape(name)).append("\">");
        for (int i = 0; i < values.length; i++) {
            double tall = Math.max(0.6, 100 * Math.max(0, values[i]) / largest);
            svg.append(String.format(Locale.ROOT,
                    "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>%s %d: %s</title></rect>",
                    faint.test(i) ? "b3" : "b0", i + gap / 2, 100 - tall, 1 - gap, tall, Html.escape(name), i + 1, Html.number(values[i])));
        }
        return svg.append("</svg><div class=\"ends\"><span>1</span><span>").append(values.length == 1 ? "" : values.length)
                .append("</span></div></div>").toString();
    }

    /** Lying bars, largest first, at most twenty; two values each when {@code second} is given. */
    static String lying(List<String> names, double[] first, double[] second) {
        Integer[] order = java.util.stream.IntStream.range(0, first.length).boxed()
                .sorted(java.util.Comparator.comparingDouble(i -> -(second == null ? first : second)[i])).toArray(Integer[]::new);
        double largest = 1e-12;
        for (int i = 0; i < first.length; i++) {
            largest = Math.max(largest, Math.max(first[i], second == null ? 0 : second[i]));
        }
        StringBuilder text = new StringBuilder("<div class=\"lying\">");
        for (int k = 0; k < Math.min(MOST_LYING, order.length); k++) {
            int i = order[k];
            text.append("<div class=\"label\" title=\"").append(Html.escape(names.get(i))).append("\">").append(Html.escape(names.get(i)))
                    .append("</div><div class=\"rows\">");
            lyingBar(text, first[i], largest, 0);
            if (second != null) {
                lyingBar(text, second[i], largest, 1);
            }
            text.append("</div>");
        }
        return text.append("</div>")
                .append(order.length > MOST_LYING ? "<p class=\"note\">the " + MOST_LYING + " largest of " + order.length + "</p>" : "")
                .toString();
    }

    private static void lyingBar(StringBuilder text, double value, double largest, int colour) {
        text.append(
                String.format(Locale.ROOT, "<div class=\"track\"><i class=\"b%d\" style=\"width:%.2f%%\"></i><span>%s</span></div>", colour,
                        100 * Math.max(0, value) / largest * 0.78, Html.number(value)));
    }

    /** One part of a stacked bar. */
    record Part(String name, double value, int colour) {
    }

    /** One bar of parts side by side on a scale from 0 to {@code end}, with marks on the scale. */
    static String stacked(List<Part> parts, double end, List<Part> marks) {
        StringBuilder text = new StringBuilder("<div class=\"stacked\"><div class=\"stack\">");
        for (Part part : parts) {
            text.append(String.format(Locale.ROOT, "<i class=\"b%d\" style=\"width:%.3f%%\" title=\"%s: %s\"></i>", part.colour,
                    100 * Math.max(0, part.value) / end,
                    Html.escape(part.name), Html.number(part.value)));
        }
        for (Part mark : marks) {
            text.append(String.format(Locale.ROOT, "<b style=\"left:%.3f%%\"></b>", 100 * Math.min(end, mark.value) / end));
        }
        text.append("</div><div class=\"legend\">");
        for (Part part : parts) {
            text.append("<span><i class=\"b").append(part.colour).append("\"></i>").append(Html.escape(part.name)).append(' ')
                    .append(Html.number(part.value)).append("</span>");
        }
        for (Part mark : marks) {
            text.append("<span><b></b>").append(Html.escape(mark.name)).append(' ').append(Html.number(mark.value)).append("</span>");
        }
        return text.append("</div></div>").toString();
    }
}
