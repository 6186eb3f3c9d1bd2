package dev.hourglass.report;

import dev.hourglass.message.Label;
import dev.hourglass.model.Specification;
import dev.hourglass.model.loss.Term;
import dev.hourglass.train.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How training went: a plot for every term, training and validation. */
final class CurvesSection {
    private static final double HEIGHT = 220;

    private CurvesSection() {
    }

    static String of(Specification specification, List<Metrics.Row> history) {
        if (history.isEmpty()) {
            return "";
        }
        boolean held = history.stream().anyMatch(row -> row.validation() != null);
        List<String> plots = new ArrayList<>();
        for (Term term : history.get(history.size() - 1).train().keySet()) {
            boolean same = term == Term.RECONSTRUCTION && history.get(0).train().size() == 2;
            if (!same) {
                plots.add(plot(term, history, held));
            }
        }
        String unit = Estimates.unit(specification);
        return Html.section("curves", "Training", "Every term by epoch, " + unit + "; penalties before their weights.",
                Html.legend(held ? List.of("training", "validation") : List.of("training")) + Html.figures(plots.toArray(String[]::new)));
    }

    private static String plot(Term term, List<Metrics.Row> history, boolean held) {
        double[] epochs = history.stream().mapToDouble(Metrics.Row::epoch).toArray();
        double[] train = values(history.stream().map(Metrics.Row::train).toList(), term);
        double[] validation = held ? values(history.stream().map(Metrics.Row::validation).toList(), term) : new double[0];
        String name = Label.words(term);
        Plot plot = new Plot(name + " by epoch", HEIGHT, new double[] {epochs[0], epochs[epochs.length - 1]},
                Plot.range(List.of(train, validation)), Plot.EPOCH);
        plot.curve(epochs, train, 0);
        if (held) {
            plot.curve(epochs, validation, 1);
        }
        double last = held ? validation[validation.length - 1] : train[train.length - 1];
        return Html.figure(Html.escape(name) + " <small>" + Html.number(last) + "</small>", plot.svg(), "");
    }

    private static double[] values(List<Map<Term, Double>> rows, Term term) {
        return rows.stream().mapToDouble(row -> row == null ? Double.NaN : row.getOrDefault(term, Double.NaN)).toArray();
    }
}
