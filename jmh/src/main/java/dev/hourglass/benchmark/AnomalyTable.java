package dev.hourglass.benchmark;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.evaluate.Roc;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Anomaly scores on the sets of ADBench: the documented default of {@link dev.hourglass.Scorer}, trained on all rows without their labels and averaged over
 * seeds, beside the {@link Baselines}. Prints a row of Markdown for each set as it is done.
 *
 * <pre>java --add-modules jdk.incubator.vector -cp jmh/target/benchmarks.jar dev.hourglass.benchmark.AnomalyTable DIR [SEEDS [SET,SET]]</pre>
 *
 * <p>{@code DIR} holds the npz files, whose label 1 is an anomaly; {@code SEEDS} of the model are 5 unless told otherwise, 0 leaves it out.
 */
public final class AnomalyTable {
    private static final int SEEDS = 5;
    private static final int EPOCHS = 100;
    /** Of the rows, for a model that anomalies far from the mean have not taught. */
    private static final double INNER_SHARE = 0.7;

    private AnomalyTable() {
    }

    /** Runs over the sets that the arguments name. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 0) {
            System.err.println("anomaly table: no folder of npz files, expected DIR [SEEDS [SET,SET]]");
            System.exit(2);
        }
        int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : SEEDS;
        System.out.println("| set | rows, columns | default, " + seeds
                + " seeds | mean z^2 | PCA residual | Mahalanobis | ranks of default and z^2"
                + " | default, inner rows |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        int[] won = new int[3];
        double[] means = new double[6];
        List<Path> sets = sets(Path.of(arguments[0]), arguments.length > 2 ? List.of(arguments[2].split(",")) : List.of());
        for (Path set : sets) {
            double[] row = row(set, seeds);
            double best = IntStream.of(1, 2, 3).mapToDouble(i -> row[i]).max().orElseThrow();
            won[0] += row[0] >= best ? 1 : 0;
            won[1] += row[4] >= best ? 1 : 0;
            won[2] += row[5] >= best ? 1 : 0;
            Arrays.setAll(means, i -> means[i] + row[i] / sets.size());
        }
        System.out.printf(Locale.ROOT, "| mean | | %s | %.3f | %.3f | %.3f | %s | %s |%n", area(means[0], seeds), means[1], means[2],
                means[3],
                area(means[4], seeds), area(means[5], seeds));
        if (seeds > 0) {
            System.out.println(
                    "\nAt least the best of the three that need no training: the default on " + won[0] + ", the ranks on " + won[1]
                            + ", the default on inner rows on " + won[2] + " of " + sets.size() + " sets.");
        }
    }

    private static List<Path> sets(Path folder, List<String> names) throws IOException {
        if (!names.isEmpty()) {
            return names.stream().map(name -> folder.resolve(name + ".npz")).toList();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".npz")).sorted().toList();
        }
    }

    /**
     * Areas under the curve of the default, the three baselines, the ranks of the default and of the first added up, and the default trained on the
     * inner rows alone; prints them.
     */
    private static double[] row(Path file, int seeds) {
        Dataset data = DataSpec.read(file.toString(), DataOptions.defaults()).train();
        boolean[] anomalies = new boolean[data.rows()];
        for (int r = 0; r < anomalies.length; r++) {
            anomalies[r] = data.classNames().get(data.label(r)).equals("1");
        }
        Baselines baselines = Baselines.of(data);
        double[] areas = new double[6];
        areas[1] = Roc.areaUnderCurve(baselines.squares(), anomalies);
        areas[2] = Roc.areaUnderCurve(baselines.residual(), anomalies);
        areas[3] = Roc.areaUnderCurve(baselines.mahalanobis(), anomalies);
        double[] squareRanks = ranks(baselines.squares());
        Dataset inner = inner(data, squareRanks);
        for (int seed = 0; seed < seeds; seed++) {
            double[] scores = scores(data, data, seed);
            double[] own = ranks(scores);
            areas[0] += Roc.areaUnderCurve(scores, anomalies) / seeds;
            areas[4] += Roc.areaUnderCurve(IntStream.range(0, own.length).mapToDouble(r -> own[r] + squareRanks[r]).toArray(), anomalies)
                    / seeds;
            areas[5] += Roc.areaUnderCurve(scores(inner, data, seed), anomalies) / seeds;
        }
        System.out.printf(Locale.ROOT, "| %s | %d, %d | %s | %.3f | %.3f, %d of %d | %.3f | %s | %s |%n",
                file.getFileName().toString().replace(".npz", ""),
                data.rows(), data.columns(), area(areas[0], seeds), areas[1], areas[2], baselines.components(), data.columns(), areas[3],
                area(areas[4], seeds), area(areas[5], seeds));
        return areas;
    }

    private static String area(double value, int seeds) {
        return seeds == 0 ? "" : String.format(Locale.ROOT, "%.3f", value);
    }

    /** The rows nearest the mean, in their order. */
    private static Dataset inner(Dataset data, double[] squareRanks) {
        return data.select(IntStream.range(0, data.rows()).filter(r -> squareRanks[r] < INNER_SHARE * data.rows()).toArray());
    }

    private static double[] scores(Dataset training, Dataset data, int seed) {
        try (Autoencoder model = Hourglass.vae().hidden(64).latent(8).likelihood(Likelihood.gaussian(Variance.PER_FEATURE))
                .scaling("standardize")
                .epochs(EPOCHS).validationFraction(0).seed(seed).fit(training)) {
            return model.scorer().score(data);
        }
    }

    /** Returns the rank of each value from 0, ties in the order they come. */
    private static double[] ranks(double[] values) {
        Integer[] order = IntStream.range(0, values.length).boxed().sorted((a, b) -> Double.compare(values[a], values[b]))
                .toArray(Integer[]::new);
        double[] ranks = new double[values.length];
        for (int i = 0; i < order.length; i++) {
            ranks[order[i]] = i;
        }
        return ranks;
    }
}
