package dev.hourglass.report;

import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.Decomposition;
import dev.hourglass.evaluate.code.GaussianMixture;
import dev.hourglass.evaluate.code.Latents;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.Specification;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What the model makes of pictures: reconstructions, new ones, and walks through the codes. */
final class PicturesSection {
    private static final int ACROSS = 10;
    private static final int RECONSTRUCTED = 20;
    private static final int MOST_CLASSES = 20;
    private static final int MOST_WALKS = 10;
    private static final int STEPS = 11;
    private static final int GRID = 16;
    private static final int COMPONENTS = 10;
    private static final int MOST_MIXED = 64;
    private static final int MIXED_CODES = 3000;

    private final ReportInput input;
    private final Inference inference;
    private final Pictures pictures;

    PicturesSection(ReportInput input, Inference inference) {
        this.input = input;
        this.inference = inference;
        this.pictures = new Pictures(input.model().schema());
    }

    String html(Estimates estimates, float[][] codes) {
        List<String> figures = new ArrayList<>();
        figures.add(reconstructions());
        figures.add(samples(codes));
        if (input.specification().code().latent() == 2) {
            figures.add(grid(codes));
        } else {
            figures.add(walks(estimates.decomposition(), codes));
        }
        figures.removeIf(String::isEmpty);
        return Html.section("pictures", "Pictures", "", Html.figures(figures.toArray(String[]::new)));
    }

    private String reconstructions() {
        Examples few = input.examples().head(RECONSTRUCTED);
        float[][] originals = IntStream.range(0, few.rows()).mapToObj(few.features()::row).toArray(float[][]::new);
        float[][] results = inference.reconstruct(few);
        StringBuilder strips = new StringBuilder();
        for (int from = 0; from < originals.length; from += ACROSS) {
            int end = Math.min(originals.length, from + ACROSS);
            strips.append("<div class=\"pair-rows\">").append(pictures.row("", Arrays.copyOfRange(originals, from, end), ACROSS))
                    .append(pictures.row("", Arrays.copyOfRange(results, from, end), ACROSS)).append("</div>");
        }
        return Html.figure("originals and reconstructions", "<div class=\"strips\">" + strips + "</div>",
                "The reconstruction is below its original.");
    }

    private String samples(float[][] codes) {
        Specification specification = input.specification();
        boolean gaussian = specification.code().isSampled();
        if (!gaussian && (codes[0].length > MOST_MIXED || codes.length < 2 * COMPONENTS)) {
            return "";
        }
        if (specification.condition() == ConditionKind.LABELS) {
            return byClass(codes);
        }
        float[][] drawn = decode(codes, ACROSS * ACROSS, input.conditions(input.examples(), ACROSS * ACROSS));
        return Html.figure("new pictures", pictures.grid(drawn, ACROSS),
                source(gaussian) + (specification.condition() == ConditionKind.VALUES
                        ? ", under the conditions of the first examples." : "."));
    }

    private String byClass(float[][] codes) {
        StringBuilder strips = new StringBuilder();
        List<String> names = input.model().schema().classNames();
        for (int label = 0; label < Math.min(MOST_CLASSES, names.size()); label++) {
            float[][] conditions = new float[ACROSS][];
            Arrays.fill(conditions, input.oneHot(label));
            strips.append(pictures.row(names.get(label), decode(codes, ACROSS, conditions), ACROSS));
        }
        return Html.figure("new pictures by class", "<div class=\"strips named\">" + strips + "</div>",
                source(input.specification().code().isSampled())
                        + "; a column has the same noise.");
    }

    private static String source(boolean gaussian) {
        return gaussian ? "Codes drawn from the prior, decoded"
                : "Codes drawn from a mixture of " + COMPONENTS + " Gaussians fitted to codes of the data, decoded";
    }

    private float[][] decode(float[][] codes, int count, float[][] conditions) {
        if (input.specification().code().isSampled()) {
            return inference.sample(count, input.seed(), conditions);
        }
        float[][] some = Arrays.copyOf(codes, Math.min(MIXED_CODES, codes.length));
        return inference.decode(GaussianMixture.fit(some, COMPONENTS, 100, input.seed()).sample(count, input.seed()), conditions);
    }

    private float[] condition() {
        float[][] conditions = input.conditions(input.examples(), 1);
        return conditions == null ? null : conditions[0];
    }

    /** Whether codes are meant to lie around 0 with variance 1. */
    private boolean standard() {
        return input.specification().prior().isStandard();
    }

    /** The dimensions that matter most, around the code of the first example. */
    private String walks(Decomposition decomposition, float[][] codes) {
        double[] importance = decomposition != null ? decomposition.klPerDimension() : variances(codes);
        int[] dimensions = IntStream.range(0, importance.length).boxed().sorted(Comparator.comparingDouble(j -> -importance[j]))
                .limit(MOST_WALKS)
                .mapToInt(j -> j).toArray();
        Latents latents = new Latents(inference, input.specification().code().latent());
        boolean gaussian = standard();
        StringBuilder strips = new StringBuilder();
        for (int dimension : dimensions) {
            float[] values = gaussian ? Latents.values(-3, 3, STEPS) : Latents.values(codes, dimension, 0.01, 0.99, STEPS);
            strips.append(pictures.row("z" + (dimension + 1), latents.traverse(codes[0], dimension, values, condition()), STEPS));
        }
        return Html.figure("walks along single dimensions", "<div class=\"strips named\">" + strips + "</div>",
                "Around the code of the first example, "
                        + (gaussian ? "from \u22123 to 3; " : "from the 0.01 to the 0.99 quantile of codes; ")
                        + (decomposition != null ? "the dimensions of highest KL" : "the dimensions of highest variance")
                        + (dimensions.length < importance.length ? " of " + importance.length : "") + ", highest first.");
    }

    private String grid(float[][] codes) {
        boolean gaussian = standard();
        float[] columns = gaussian ? Latents.values(-2.5, 2.5, GRID) : Latents.values(codes, 0, 0.02, 0.98, GRID);
        float[] rising = gaussian ? columns : Latents.values(codes, 1, 0.02, 0.98, GRID);
        float[] rows = new float[GRID];
        for (int i = 0; i < GRID; i++) {
            rows[i] = rising[GRID - 1 - i];
        }
        String range = "z1 from " + Html.number(columns[0]) + " to " + Html.number(columns[GRID - 1]) + " to the right, z2 from "
                + Html.number(rows[GRID - 1]) + " to "
                + Html.number(rows[0]) + " upwards";
        return Html.figure("the plane of codes, decoded",
                pictures.grid(new Latents(inference, input.specification().code().latent()).grid(columns, rows, condition()), GRID),
                range + (condition() == null ? "." : ", under the condition of the first example."));
    }

    static double[] variances(float[][] codes) {
        double[] variances = new double[codes[0].length];
        for (int j = 0; j < variances.length; j++) {
            int dimension = j;
            double mean = Arrays.stream(codes).mapToDouble(code -> code[dimension]).average().orElse(0);
            variances[j] = Arrays.stream(codes).mapToDouble(code -> (code[dimension] - mean) * (code[dimension] - mean)).average()
                    .orElse(0);
        }
        return variances;
    }
}
