package dev.hourglass.model;

import dev.hourglass.backend.Binarization;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.model.prior.Prior;
import java.util.List;

/**
 * Everything that is chosen about a model, before any data: the parts of the pipeline. Immutable; JSON writes its components. Whether the parts fit
 * is asked of the parts.
 *
 * @param preset name of the preset it started from, for people
 * @param corruption of the input
 * @param layers of encoder and decoder
 * @param code what stands in the middle
 * @param prior of a Gaussian code
 * @param likelihood p(x|z)
 * @param penalties beside the KL term, those of weight 0 left out, in the order of their terms
 * @param importanceSamples k of the importance-weighted bound; 1 is the ELBO
 * @param binarization of grey values when a batch is drawn
 * @param condition what the model is conditioned on
 */
public record Specification(String preset, Corruption corruption, Layers layers, Code code, Prior prior, Likelihood likelihood,
        List<Penalty> penalties,
        int importanceSamples, Binarization binarization, ConditionKind condition) {
    /**
     * Checks that the parts fit together.
     *
     * @throws IllegalArgumentException in one line: what does not fit, and what would
     */
    public Specification {
        penalties = Penalty.ordered(penalties);
        Require.that(penalties.stream().map(Penalty::term).distinct().count() == penalties.size(), "model", "a penalty is given twice",
                "penalties",
                penalties.stream().map(penalty -> Label.of(penalty.getClass())).toList(), "one of each kind");
        Require.that(importanceSamples >= 1, "model", "no samples", "importance samples", importanceSamples, "at least 1");
        prior.check(code, condition != ConditionKind.NONE, importanceSamples);
        Require.that(!layers.tied() || !code.isSampled(), "model", "tied weights need a deterministic code", "code",
                Label.of(code.getClass()),
                "deterministic, or untied weights");
        Require.that(!layers.tied() || condition == ConditionKind.NONE, "model", "tied weights and a condition do not combine", "condition",
                Label.of(condition), "none, or untied weights");
        likelihood.check(code, binarization);
        for (Penalty penalty : penalties) {
            penalty.check(code, layers.hidden());
        }
    }

    /** Returns the same with another likelihood. */
    public Specification withLikelihood(Likelihood other) {
        return new Specification(preset, corruption, layers, code, prior, other, penalties, importanceSamples, binarization, condition);
    }

    /** Returns the widths of a model of so many features, its code in brackets: {@code 784-400-(20)-400-784}. */
    public String widths(int features) {
        StringBuilder text = new StringBuilder().append(features);
        layers.hidden().forEach(width -> text.append('-').append(width));
        text.append("-(").append(code.latent()).append(')');
        layers.decoderHidden().forEach(width -> text.append('-').append(width));
        return text.append('-').append(features).toString();
    }
}
