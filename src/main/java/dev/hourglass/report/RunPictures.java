package dev.hourglass.report;

import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Examples;
import dev.hourglass.data.PictureShape;
import dev.hourglass.inference.Inference;
import dev.hourglass.message.Label;
import dev.hourglass.model.Model;
import dev.hourglass.model.Schema;
import dev.hourglass.model.loss.Term;
import dev.hourglass.picture.Brightness;
import dev.hourglass.picture.FeatureChart;
import dev.hourglass.picture.LatentScatter;
import dev.hourglass.picture.LossChart;
import dev.hourglass.picture.PictureGrid;
import dev.hourglass.train.EpochReport;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Metrics;
import dev.hourglass.train.RunFolder;
import dev.hourglass.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The pictures of a run: {@code loss.png}, {@code reconstructions.png}, {@code samples.png} (pictures drawn from the prior, so Gaussian codes only),
 * and for two-dimensional codes {@code latent.png} and, for pictures without a condition, {@code grid.png}.
 */
public final class RunPictures implements Listener {
    private static final int PAIRS = 20;
    private static final int ACROSS = 10;
    private static final int CHARTS = 9;
    private static final int POINTS = 5000;
    private static final int GRID = 20;
    private static final long SEED = 0;
    /** Pictures of a short run wait for its end. */
    private static final double SECONDS_BETWEEN_PICTURES = 30;

    private final RunFolder run;
    private final Examples shown;
    private Path folder;
    private Model model;
    private Schema schema;
    private Inference inference;
    private long drawn = System.nanoTime();

    /** Draws into the folder of a run while it is trained; {@code shown} are the examples to show. */
    public RunPictures(RunFolder run, Examples shown) {
        this.run = run;
        this.shown = shown;
    }

    @Override
    public void epoch(Trainer trainer, EpochReport report) {
        if ((System.nanoTime() - drawn) / 1e9 > SECONDS_BETWEEN_PICTURES && trainer.epochs() < trainer.settings().epochs()) {
            draw(trainer.model());
        }
    }

    @Override
    public void finished(Trainer trainer, String reason) {
        if (run.isPublished()) {
            draw(trainer.model());
        }
    }

    private void draw(Model now) {
        folder = run.folder();
        model = now;
        schema = now.schema();
        try (Inference lent = new Inference(now)) {
            inference = lent;
            loss(run.history());
            reconstructions();
            if (schema.picture() != null && model.specification().code().isSampled()) {
                samples();
            }
            if (model.specification().code().latent() == 2) {
                latent();
            }
        }
        drawn = System.nanoTime();
    }

    private void loss(List<Metrics.Row> history) {
        if (history.isEmpty()) {
            return;
        }
        LossChart chart = new LossChart(model.specification().preset()).unit(Estimates.unit(model.specification()));
        chart.loss("train", epochs(history), values(history.stream().map(Metrics.Row::train).toList(), Term.LOSS));
        List<Metrics.Row> validated = history.stream().filter(row -> row.validation() != null).toList();
        if (!validated.isEmpty()) {
            chart.loss("validation", epochs(validated), values(validated.stream().map(Metrics.Row::validation).toList(), Term.LOSS));
        }
        boolean held = validated.size() == history.size();
        List<Map<Term, Double>> terms = history.stream().map(held ? Metrics.Row::validation : Metrics.Row::train).toList();
        for (Term term : terms.get(terms.size() - 1).keySet()) {
            if (term != Term.LOSS && terms.get(0).size() > 2) {
                chart.term(Label.words(term), epochs(history), values(terms, term));
            }
        }
        chart.write(folder.resolve("loss.png"));
    }

    private static int[] epochs(List<Metrics.Row> history) {
        return history.stream().mapToInt(Metrics.Row::epoch).toArray();
    }

    private static double[] values(List<Map<Term, Double>> terms, Term term) {
        return terms.stream().mapToDouble(row -> Objects.requireNonNullElse(row.get(term), Double.NaN)).toArray();
    }

    private void reconstructions() {
        Examples few = shown.head(schema.picture() == null ? CHARTS : PAIRS);
        float[][] originals = IntStream.range(0, few.rows()).mapToObj(few.features()::row).toArray(float[][]::new);
        float[][] reconstructions = inference.reconstruct(few);
        Path file = folder.resolve("reconstructions.png");
        PictureShape picture = schema.picture();
        if (picture == null) {
            new FeatureChart(model.specification().preset() + ": reconstructions", schema.featureNames(), flat(originals),
                    flat(reconstructions)).write(file);
            return;
        }
        Brightness brightness = Brightness.of(schema.scaling());
        PictureGrid.pairs(picture.height(), picture.width(), ACROSS, brightness.apply(originals), brightness.apply(reconstructions))
                .write(file);
    }

    private void samples() {
        PictureShape picture = schema.picture();
        float[][] conditions = conditions(ACROSS);
        int count = conditions == null ? ACROSS * ACROSS : conditions.length;
        float[] samples = Brightness.of(schema.scaling()).apply(inference.sample(count, SEED, conditions));
        PictureGrid grid;
        if (model.specification().condition() == ConditionKind.LABELS) {
            grid = new PictureGrid(picture.height(), picture.width());
            int width = ACROSS * picture.size();
            for (int label = 0; label * width < samples.length; label++) {
                grid.row(schema.classNames().get(label), Arrays.copyOfRange(samples, label * width, (label + 1) * width));
            }
        } else {
            grid = PictureGrid.of(picture.height(), picture.width(), ACROSS, samples);
        }
        grid.write(folder.resolve("samples.png"));
    }

    /** {@code each} times every class (at most twenty), or the conditions of the first examples; null without a condition. */
    private float[][] conditions(int each) {
        return switch (model.specification().condition()) {
            case NONE -> null;
            case LABELS -> IntStream.range(0, each * Math.min(20, schema.conditions())).mapToObj(i -> {
                float[] condition = new float[schema.conditions()];
                condition[i / each] = 1;
                return condition;
            }).toArray(float[][]::new);
            case VALUES ->
                IntStream.range(0, Math.min(each * each, shown.rows())).mapToObj(shown.conditions()::row).toArray(float[][]::new);
        };
    }

    private void latent() {
        Examples points = shown.head(POINTS);
        float[][] codes = inference.encode(points);
        String title = model.specification().preset() + ": codes of " + points.rows() + " examples";
        LatentScatter scatter = points.features().hasLabels()
                ? LatentScatter.labeled(title, flat(codes), points.features().labels(), points.features().classNames())
                : LatentScatter.unlabeled(title, flat(codes));
        scatter.write(folder.resolve("latent.png"));
        if (schema.picture() != null && model.specification().condition() == ConditionKind.NONE) {
            grid(codes);
        }
    }

    /** What the decoder makes of the codes between the 2nd and 98th percentile of each dimension; the second rises upwards. */
    private void grid(float[][] codes) {
        float[][] axes = new float[2][];
        for (int dimension = 0; dimension < 2; dimension++) {
            int of = dimension;
            double[] sorted = Arrays.stream(codes).mapToDouble(code -> code[of]).sorted().toArray();
            double low = sorted[(int) (0.02 * (sorted.length - 1))];
            double high = sorted[(int) (0.98 * (sorted.length - 1))];
            axes[dimension] = new float[GRID];
            for (int i = 0; i < GRID; i++) {
                axes[dimension][i] = (float) (low + (high - low) * i / (GRID - 1));
            }
        }
        float[][] lattice = IntStream.range(0, GRID * GRID)
                .mapToObj(i -> new float[] {axes[0][i % GRID], axes[1][GRID - 1 - i / GRID]}).toArray(float[][]::new);
        float[] decoded = Brightness.of(schema.scaling()).apply(inference.decode(lattice, null));
        PictureGrid.of(schema.picture().height(), schema.picture().width(), GRID, decoded).write(folder.resolve("grid.png"));
    }

    private static float[] flat(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
        }
        return flat;
    }
}
