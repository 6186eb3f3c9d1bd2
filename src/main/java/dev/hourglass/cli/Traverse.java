package dev.hourglass.cli;

import dev.hourglass.Autoencoder;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.OptionText;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.cli.output.Walks;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.code.Latents;
import dev.hourglass.message.Label;
import dev.hourglass.model.Schema;
import dev.hourglass.model.Specification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what the decoder makes of walks through the space of codes. */
@Command(name = "traverse", sortOptions = false,
        description = "Write what walks through the space of codes decode to: one dimension at a time, from one"
                + " example to another, a grid of two dimensions, or the same codes under every class.")
final class Traverse implements Callable<Integer> {
    private static final int MOST_DIMENSIONS = 20;
    private static final int MOST_CLASSES = 50;
    private static final int MOST_STEPS = 1000;
    private static final double LOW = 0.01;

    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Mixin
    RunOptions.DataChoice data = new RunOptions.DataChoice();
    @Option(names = "--row", paramLabel = "R", order = 20,
            description = "around the code of this row of the data, from 1 (around the mean of the prior, or of the codes)")
    Integer row;
    @Option(names = "--from", paramLabel = "R", order = 21, description = "interpolate from this row of the data ...")
    Integer from;
    @Option(names = "--to", paramLabel = "R", order = 22, description = "... to this one")
    Integer to;
    @Option(names = "--grid", order = 23, description = "a grid of both dimensions of a two-dimensional code")
    boolean grid;
    @Option(names = "--by-class", order = 24,
            description = "the same draws from the prior under every class, for a model conditioned on labels")
    boolean byClass;
    @Option(names = "--dimensions", paramLabel = "D,D", order = 25, description = "which dimensions, from 1 (all, at most 20)")
    String dimensions;
    @Option(names = "--range", paramLabel = "A:B", order = 26,
            description = "of the walk (-3:3; the 0.01 and 0.99 quantiles of codes without a standard normal prior)")
    String range;
    @Option(names = "--steps", paramLabel = "N", defaultValue = "11", order = 27, description = "of each walk (11)")
    int steps;
    @Option(names = "--class", paramLabel = "NAME", order = 28,
            description = "the class, for a model conditioned on labels (that of the row)")
    String className;
    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", order = 29, description = "of the draws of --by-class (0)")
    long seed;
    @Option(names = "--out", paramLabel = "FILE", order = 30, description = "png, csv or npy by its ending (csv on stdout)")
    Path out;

    @Override
    public Integer call() {
        Specification specification = run.open().configuration().model();
        Schema schema = run.open().configuration().schema();
        check(specification);
        Output.require(out, schema);
        Output.requirePlace(out);
        run.requireApart("--out", out, data.data);
        boolean walksAround = !grid && !byClass;
        boolean drawn = standard(specification);
        boolean needsData = from != null || row != null || range == null && !drawn && !byClass || walksAround && !drawn
                || specification.condition() == ConditionKind.VALUES;
        Examples examples = needsData ? run.read(data) : null;
        Walks walks = run.use(model -> byClass ? classes(model, schema) : from != null ? between(model, examples)
                : grid ? lattice(model, examples) : around(model, examples));
        walks.write(out, common.out(), schema);
        return 0;
    }

    private void check(Specification specification) {
        int modes = (from != null || to != null ? 1 : 0) + (grid ? 1 : 0) + (byClass ? 1 : 0) + (row != null ? 1 : 0);
        require(modes <= 1, "--row, --from and --to, --grid, --by-class: expected one of them");
        require((from == null) == (to == null),
                (from == null ? "--from" : "--to") + " is missing, expected two rows of the data to go between");
        require(steps >= 1 && steps <= MOST_STEPS, "--steps " + steps + ": expected 1 to " + MOST_STEPS);
        int latent = specification.code().latent();
        require(!grid || latent == 2,
                "--grid: the code has " + latent + " dimensions, expected 2; leave it out for one dimension at a time");
        require(!byClass || specification.condition() == ConditionKind.LABELS,
                "--by-class: the model's condition is " + Label.of(specification.condition()) + ", expected labels");
        require(!byClass || specification.code().isSampled(),
                "--by-class: the model has a deterministic code and so no prior to draw from");
        require(range == null || from == null && !byClass, "--range: there is none between two rows or under every class; leave it out");
        require(dimensions == null || !grid && from == null && !byClass,
                "--dimensions: they are for walks along one dimension at a time; leave it out");
    }

    private Specification specification() {
        return run.open().configuration().model();
    }

    private Schema schema() {
        return run.open().configuration().schema();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UsageException(otherwise);
        }
    }

    private Walks around(Autoencoder model, Examples examples) {
        int latent = specification().code().latent();
        float[][] codes = examples == null ? null : model.encode(examples);
        float[] base = row != null ? codes[index("--row", row, examples)] : codes == null ? new float[latent] : mean(codes, latent);
        double[] condition = condition(schema(), examples, row == null ? 0 : row - 1);
        Latents latents = model.latents();
        List<String> names = new ArrayList<>();
        List<float[]> positions = new ArrayList<>();
        List<double[]> decoded = new ArrayList<>();
        boolean common = range != null || standard(specification());
        for (int dimension : chosen(latent)) {
            float[] values = values(specification(), codes, dimension);
            names.add("z" + (dimension + 1));
            for (float value : values) {
                positions.add(new float[] {dimension + 1, value});
            }
            decoded.addAll(Arrays.asList(decoded(model, latents.along(base, dimension, values), condition)));
        }
        List<String> labels = common ? labels(values(specification(), codes, 0)) : List.of();
        return new Walks(names, labels, List.of("dimension", "value"), positions.toArray(float[][]::new), decoded.toArray(double[][]::new));
    }

    private Walks between(Autoencoder model, Examples examples) {
        int first = index("--from", from, examples);
        int last = index("--to", to, examples);
        float[][] ends = model.encode(examples.select(new int[] {first, last}));
        float[][] codes = model.latents().between(ends[0], ends[1], steps);
        double[][] decoded = decoded(model, codes, condition(schema(), examples, first));
        float[] shares = Latents.values(0, 1, steps);
        return new Walks(List.of(from + " to " + to), labels(shares), List.of("share"), column(shares), decoded);
    }

    private Walks lattice(Autoencoder model, Examples examples) {
        float[][] codes = examples == null ? null : model.encode(examples);
        float[] columns = values(specification(), codes, 0);
        float[] rows = reversed(values(specification(), codes, 1));
        double[][] decoded = decoded(model, model.latents().lattice(columns, rows), condition(schema(), examples, 0));
        float[][] positions = IntStream.range(0, decoded.length).mapToObj(i -> new float[] {columns[i % steps], rows[i / steps]})
                .toArray(float[][]::new);
        return new Walks(labels(rows), labels(columns), List.of("z1", "z2"), positions, decoded);
    }

    private Walks classes(Autoencoder model, Schema schema) {
        List<String> names = schema.classNames().subList(0, Math.min(MOST_CLASSES, schema.classNames().size()));
        List<float[]> positions = new ArrayList<>();
        List<double[]> decoded = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            for (int i = 0; i < steps; i++) {
                positions.add(new float[] {c + 1, i + 1});
            }
            decoded.addAll(Arrays.asList(model.sampleDouble(run.conditions(names.get(c), steps), seed)));
        }
        return new Walks(names, List.of(), List.of("class", "draw"), positions.toArray(float[][]::new), decoded.toArray(double[][]::new));
    }

    private static double[][] decoded(Autoencoder model, float[][] codes, double[] condition) {
        double[][] conditions = condition == null ? null : new double[codes.length][];
        if (conditions != null) {
            Arrays.fill(conditions, condition);
        }
        return model.decodeDouble(codes, conditions);
    }

    private float[] values(Specification specification, float[][] codes, int dimension) {
        if (range != null) {
            double[] ends = OptionText.pair("--range", range, "two numbers such as -3:3");
            return Latents.values(ends[0], ends[1], steps);
        }
        return standard(specification) ? Latents.values(-3, 3, steps) : Latents.values(codes, dimension, LOW, 1 - LOW, steps);
    }

    /** Whether codes are meant to lie around 0 with variance 1. */
    private static boolean standard(Specification specification) {
        return specification.prior().isStandard();
    }

    private int[] chosen(int latent) {
        if (dimensions == null) {
            return IntStream.range(0, Math.min(MOST_DIMENSIONS, latent)).toArray();
        }
        int[] chosen = Arrays.stream(OptionText.widths("--dimensions", dimensions)).mapToInt(number -> number - 1).toArray();
        require(chosen.length > 0 && Arrays.stream(chosen).allMatch(number -> number >= 0 && number < latent),
                "--dimensions " + dimensions + ": expected numbers from 1 to " + latent + " joined by commas");
        return chosen;
    }

    /** The class asked for, or that of the example; null for an unconditional model. */
    private double[] condition(Schema schema, Examples examples, int example) {
        ConditionKind kind = run.open().configuration().model().condition();
        boolean own = kind == ConditionKind.LABELS && className == null && examples != null && examples.features().hasLabels();
        if (kind == ConditionKind.VALUES) {
            return examples.conditions().numbers(example);
        }
        double[][] one = run.conditions(own ? schema.classNames().get(examples.features().label(example)) : className, 1);
        return one == null ? null : one[0];
    }

    private static int index(String option, int number, Examples examples) {
        require(number >= 1 && number <= examples.rows(),
                option + " " + number + ": expected 1 to " + examples.rows() + ", the rows of " + examples.features().source());
        return number - 1;
    }

    private static List<String> labels(float[] values) {
        return IntStream.range(0, values.length).mapToObj(i -> String.format(Locale.ROOT, "%.2f", values[i] + 0f)).toList();
    }

    private static float[][] column(float[] values) {
        return IntStream.range(0, values.length).mapToObj(i -> new float[] {values[i]}).toArray(float[][]::new);
    }

    private static float[] reversed(float[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[values.length - 1 - i];
        }
        return result;
    }

    private static float[] mean(float[][] codes, int latent) {
        float[] mean = new float[latent];
        for (int j = 0; j < latent; j++) {
            double sum = 0;
            for (float[] code : codes) {
                sum += code[j];
            }
            mean[j] = (float) (sum / codes.length);
        }
        return mean;
    }
}
