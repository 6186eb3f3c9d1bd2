package dev.hourglass.report;

import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.Decomposition;
import dev.hourglass.evaluate.JacobianReport;
import dev.hourglass.evaluate.LogLikelihood;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.evaluate.code.UnitActivity;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.LossTerms;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Penalty;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What was measured of a model on examples.
 *
 * @param terms of the objective, nats per example
 * @param logLikelihood log p(x), or null when not asked or the model has none
 * @param decomposition of the ELBO, or null when not asked or the code is deterministic
 * @param jacobian of the encoder, or null when not asked
 * @param activations of the code's units, or null when the model has no sparsity term
 */
public record Estimates(Map<Term, Double> terms, LogLikelihood logLikelihood, Decomposition decomposition, JacobianReport jacobian,
        UnitActivity activations) {
    /** Eigenvalues cost the cube of the size: about this much work for all spectra together. */
    private static final double SPECTRUM_BUDGET = 5e7;
    private static final int MOST_SPECTRA = 200;

    /**
     * What to measure beside the terms of the objective.
     *
     * @param importanceSamples K of log p(x); 0 leaves it out
     * @param decompositionSamples codes per example of the decomposition; 0 leaves it out
     * @param tangents directions to give of each of the first {@code tangentRows} examples
     * @param tangentRows 0 for none
     * @param jacobianRows the first so many examples enter the Jacobian report, at most; 0 leaves it out
     */
    public record Wanted(int importanceSamples, int decompositionSamples, int tangents, int tangentRows, int jacobianRows) {
    }

    /** Names a part of the work and gives what its progress is told to. */
    @FunctionalInterface
    public interface Announcer extends Function<String, ProgressListener> {
    }

    /**
     * Measures.
     *
     * @param batch of the terms: batch-level terms depend on it
     * @param seed of all samples
     * @throws IllegalArgumentException when the model does not have what is asked
     */
    public static Estimates of(Model model, Examples examples, Wanted wanted, int batch, long seed, Announcer announcer) {
        Specification specification = model.specification();
        Map<Term, Double> terms;
        try (LossTerms loss = new LossTerms(model, examples, batch, specification.importanceSamples())) {
            terms = LossTerms.withoutNaN(loss.evaluate(seed, specification.prior().weight().beta()));
        }
        LogLikelihood likelihood = wanted.importanceSamples == 0 ? null
                : LogLikelihood.estimate(model, examples, wanted.importanceSamples, seed, announcer.apply("log p(x)"));
        Decomposition decomposition = wanted.decompositionSamples == 0 ? null
                : Decomposition.of(model, examples, wanted.decompositionSamples, seed, announcer.apply("decomposition"));
        JacobianReport jacobian = wanted.jacobianRows == 0 ? null
                : JacobianReport.of(model, examples.head(wanted.jacobianRows), settings(model, examples.rows(), wanted, seed),
                        announcer.apply("jacobian"));
        return new Estimates(terms, likelihood, decomposition, jacobian, isSparse(specification) ? activity(model, examples) : null);
    }

    private static boolean isSparse(Specification specification) {
        return specification.penalties().stream().anyMatch(Penalty::holdsUnitsDown);
    }

    private static UnitActivity activity(Model model, Examples examples) {
        try (Inference inference = new Inference(model)) {
            return UnitActivity.of(model, inference, examples);
        }
    }

    private static JacobianReport.Settings settings(Model model, int rows, Wanted wanted, long seed) {
        double size = Math.min(model.specification().code().latent(), model.schema().features());
        int spectra = (int) Math.max(1, Math.min(MOST_SPECTRA, SPECTRUM_BUDGET / (size * size * size)));
        JacobianReport.Settings usual = JacobianReport.Settings.defaults();
        List<Integer> chosen = java.util.stream.IntStream.range(0, Math.min(wanted.tangentRows, Math.min(rows, wanted.jacobianRows)))
                .boxed().toList();
        return new JacobianReport.Settings(spectra, chosen, Math.max(1, Math.min(wanted.tangents, (int) size)), usual.radii(), seed);
    }

    /** Returns whether p(x) and the decomposition are defined for the model. */
    public static boolean hasLikelihood(Specification specification) {
        return specification.code().isSampled();
    }

    /** Returns what the terms of the objective are measured in. */
    public static String unit(Specification specification) {
        return specification.likelihood().unit();
    }
}
