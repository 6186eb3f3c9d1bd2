package dev.hourglass.report;

import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.code.CodeQuality;
import dev.hourglass.evaluate.code.ReconstructionConfusion;
import java.util.ArrayList;
import java.util.List;

/** Where the codes lie, and what they and the reconstructions know of the labels. */
final class CodesSection {
    private static final int MOST_POINTS = 2000;
    private static final int MOST_BINS = 40;
    private static final int FEWEST_BINS = 8;
    private static final int NEIGHBOURS = 5;
    private static final int KNOWN = 5000;
    private static final int ASKED = 1000;
    private static final int MOST_CLASSES = 20;

    private final ReportInput input;
    private final float[][] codes;

    CodesSection(ReportInput input, float[][] codes) {
        this.input = input;
        this.codes = codes;
    }

    String html(Estimates.Announcer announcer) {
        StringBuilder body = new StringBuilder();
        int latent = codes[0].length;
        if (latent <= 2) {
            body.append(latent == 2 ? scatter() : histogram());
        }
        if (input.hasClasses()) {
            Examples known = input.training().head(KNOWN);
            Examples asked = input.examples().head(ASKED);
            if (known.features().classNames().containsAll(asked.features().classNames())) {
                body.append(quality(known, asked, announcer));
                if (known.features().classNames().size() <= MOST_CLASSES) {
                    body.append(confusion(known, asked, announcer));
                }
            }
        }
        return body.length() == 0 ? "" : Html.section("codes", "Codes", "", Html.figures(body.toString()));
    }

    private List<String> classes() {
        return input.examples().features().classNames();
    }

    private int label(int row) {
        return input.examples().features().hasLabels() ? input.examples().features().label(row) : 0;
    }

    private String scatter() {
        int points = Math.min(MOST_POINTS, codes.length);
        double[][] axes = new double[2][points];
        for (int i = 0; i < points; i++) {
            axes[0][i] = codes[i][0];
            axes[1][i] = codes[i][1];
        }
        Plot plot = new Plot("codes as points", 360, Plot.range(List.of(axes[0])), Plot.range(List.of(axes[1])), "z1; z2 upwards");
        for (int i = 0; i < points; i++) {
            plot.dot(axes[0][i], axes[1][i], 1.7, label(i));
        }
        return Html.figure("codes of " + points + " examples", plot.svg() + (classes().size() > 1 ? Html.legend(classes()) : ""),
                classes().size() > 10 ? "After ten classes the colours repeat." : "");
    }

    private String histogram() {
        double[] values = new double[codes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = codes[i][0];
        }
        return Html.figure("codes of " + values.length + " examples", histogram("codes", values, null, "z1"),
                "How many examples have a code there.");
    }

    /** Counts of values in equal bins; those of the {@code marked} in front in another colour. */
    static String histogram(String description, double[] values, boolean[] marked, String axis) {
        int bins = (int) Math.max(FEWEST_BINS, Math.min(MOST_BINS, 2 * Math.sqrt(values.length)));
        double[] range = Plot.range(List.of(values));
        double width = (range[1] - range[0]) / bins;
        double[] all = new double[bins];
        double[] some = new double[bins];
        for (int i = 0; i < values.length; i++) {
            int bin = width == 0 ? bins / 2 : (int) Math.max(0, Math.min(bins - 1, (values[i] - range[0]) / width));
            all[bin]++;
            some[bin] += marked != null && marked[i] ? 1 : 0;
        }
        double most = java.util.Arrays.stream(all).max().orElse(1);
        Plot plot = new Plot(description, 220, width == 0 ? new double[] {range[0] - 1, range[0] + 1} : range,
                new double[] {0, most * 1.04}, axis);
        double step = width == 0 ? 2.0 / bins : width;
        double start = width == 0 ? range[0] - 1 : range[0];
        for (int bin = 0; bin < bins; bin++) {
            if (all[bin] > 0) {
                plot.bar(start + bin * step, start + (bin + 1) * step, all[bin], 0);
            }
            if (some[bin] > 0) {
                plot.bar(start + bin * step, start + (bin + 1) * step, some[bin], 1);
            }
        }
        return plot.svg();
    }

    private String quality(Examples known, Examples asked, Estimates.Announcer announcer) {
        CodeQuality quality = CodeQuality.of(input.model(), known, asked, Math.min(NEIGHBOURS, known.rows()),
                announcer.apply("code quality"));
        return Html.figure("what the codes know of the labels", Html.table(List.of("", "accuracy"), List.of(
                List.of(quality.neighbours() + " nearest neighbours", percent(quality.nearestNeighbourAccuracy())),
                List.of("linear probe", percent(quality.linearProbeAccuracy())),
                List.of("always the commonest class", percent(quality.majorityAccuracy())))),
                "Codes of " + known.rows() + " training examples classify those of " + asked.rows() + " others.");
    }

    private String confusion(Examples known, Examples asked, Estimates.Announcer announcer) {
        ReconstructionConfusion confusion = ReconstructionConfusion.of(input.model(), known, asked, announcer.apply("confusion"));
        List<String> header = new ArrayList<>(List.of(""));
        confusion.classNames().forEach(name -> header.add(Html.escape(name)));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < confusion.counts().length; i++) {
            int total = java.util.Arrays.stream(confusion.counts()[i]).sum();
            List<String> row = new ArrayList<>(List.of(Html.escape(confusion.classNames().get(i))));
            for (int count : confusion.counts()[i]) {
                row.add(total == 0 || count == 0 ? ""
                        : "<i class=\"heat\" style=\"--share:" + Html.place(100.0 * count / total) + "%\">" + count + "</i>");
            }
            rows.add(row);
        }
        return Html.figure("confusion of reconstructions", "<div class=\"confusion\">" + Html.table(header, rows) + "</div>",
                "Row: class of the original; column: class of the nearest training examples to its reconstruction. That rule is right for "
                        + percent(confusion.originalAccuracy()) + " of originals and " + percent(confusion.reconstructionAccuracy())
                        + " of reconstructions.");
    }

    private static String percent(double share) {
        return String.format(java.util.Locale.ROOT, "%.1f %%", 100 * share);
    }
}
