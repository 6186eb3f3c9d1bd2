package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Hessian;
import dev.hourglass.model.penalty.SparsityKl;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.model.prior.Prior;
import dev.hourglass.train.EpochReport;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be is refused in one line, word for word; what looks odd but makes sense trains. */
class RefusalFactsTest {
    private static final int FEATURES = 6;

    static Stream<String> refusals() {
        return lines().keySet().stream();
    }

    /** The line, and what earns it. */
    private static Map<String, Supplier<?>> lines() {
        Map<String, Supplier<?>> all = new LinkedHashMap<>();
        sizes(all);
        probabilities(all);
        weights(all);
        combinations(all);
        return all;
    }

    private static void sizes(Map<String, Supplier<?>> all) {
        all.put("model: no code: latent=0, expected at least 1", () -> Hourglass.vae().latent(0));
        all.put("model: empty layer: hidden=0, expected at least 1 unit", () -> Hourglass.vae().hidden(5, 0).specification());
        all.put("model: empty layer: decoder hidden=-1, expected at least 1 unit", () -> Hourglass.vae().decoderHidden(-1).specification());
        all.put("model: empty layer: prior hidden=0, expected at least 1 unit", () -> Prior.learned(List.of(0)));
        all.put("model: no samples: importance samples=0, expected at least 1", () -> Hourglass.iwae(0).specification());
        all.put("model: no probes: probes=0, expected at least 1", () -> new Contraction(1, Contraction.Method.HUTCHINSON, 0));
        all.put("training: no epochs: epochs=0, expected at least 1", () -> TrainingSettings.defaults().withEpochs(0));
        all.put("training: empty batch: batch=0, expected at least 1", () -> TrainingSettings.defaults().withBatch(0));
        all.put("model: unknown preset: model=vea, expected one of undercomplete, vae, full-covariance-vae, iwae, cvae, denoising, denoising-vae, sparse, "
                + "contractive", () -> Hourglass.preset("vea"));
    }

    private static void probabilities(Map<String, Supplier<?>> all) {
        all.put("model: corruption out of range: masking=1.5, expected a probability in [0, 1]", () -> Corruption.masking(1.5));
        all.put("model: corruption out of range: masking=-0.1, expected a probability in [0, 1]", () -> Corruption.masking(-0.1));
        all.put("model: corruption out of range: masking=NaN, expected a probability in [0, 1]", () -> Corruption.masking(Double.NaN));
        all.put("model: corruption out of range: salt-and-pepper=2.0, expected a probability in [0, 1]", () -> Corruption.saltAndPepper(2));
        all.put("model: corruption out of range: gaussian=-1.0, expected a deviation of at least 0", () -> Corruption.gaussian(-1));
        for (double rho : new double[] {0, 1, -0.2, Double.NaN}) {
            all.put("model: sparsity target out of range: rho=" + rho + ", expected 0 < rho < 1",
                    () -> Hourglass.sparse().sparsity(rho, 1));
        }
        all.put("model: momentum out of range: sparsity momentum=1.0, expected 0 <= momentum < 1", () -> new SparsityKl(0.1, 1, 1));
    }

    private static void weights(Map<String, Supplier<?>> all) {
        all.put("model: negative KL weight: beta=-1.0, expected a number of at least 0", () -> Hourglass.vae().beta(-1));
        all.put("model: schedule without a length: epochs=0.0, expected more than 0", () -> KlWeight.linear(1, 0));
        all.put("model: negative free bits: free bits=-0.5, expected nats of at least 0", () -> Hourglass.vae().freeBits(-0.5));
        all.put("model: negative weight: sparsity=-1.0, expected at least 0", () -> Hourglass.sparse().sparsity(0.1, -1));
        all.put("model: negative weight: l1=-1.0, expected at least 0", () -> Hourglass.sparse().l1(-1));
        all.put("model: negative weight: contraction=-1.0, expected at least 0", () -> Hourglass.contractive().contraction(-1));
        all.put("model: negative weight: hessian=-2.0, expected at least 0", () -> new Hessian(-2, 0.1));
        all.put("model: deviation out of range: hessian deviation=0.0, expected more than 0", () -> new Hessian(1, 0));
        all.put("model: negative weight: weight decay=-1.0E-4, expected at least 0", () -> Hourglass.vae().weightDecay(-1e-4));
        all.put("model: variance out of range: variance=0.0, expected more than 0", () -> Likelihood.gaussian(0));
    }

    private static void combinations(Map<String, Supplier<?>> all) {
        all.put("model: a Gaussian code has no activation: code activation=tanh, expected identity",
                () -> Hourglass.vae().codeActivation(Activation.TANH).specification());
        all.put("model: a deterministic code has no prior: prior=standard-normal, expected none",
                () -> Hourglass.undercomplete().prior(Prior.standardNormal()).specification());
        all.put("model: a deterministic code has no prior: prior=learned, expected none",
                () -> Hourglass.cvae().code(Code.deterministic(3, Activation.TANH)).specification());
        all.put("model: tied weights need a deterministic code: code=diagonal-gaussian, expected deterministic, or untied weights",
                () -> Hourglass.vae().tied(true).specification());
        all.put("model: tied weights need a mirrored decoder: decoder hidden=[7], expected [5, 9]",
                () -> Hourglass.undercomplete().hidden(9, 5).decoderHidden(7).tied(true).specification());
        all.put("model: tied weights and a condition do not combine: condition=labels, expected none, or untied weights",
                () -> Hourglass.contractive().condition(ConditionKind.LABELS).specification());
        all.put("model: squared error is no likelihood, so its ELBO would be none: likelihood=squared-error, expected gaussian "
                + "(variance 0.5 has the same gradient)", () -> Hourglass.vae().likelihood(Likelihood.squaredError()).specification());
        all.put("model: free bits are counted per dimension: free bits=0.1, expected a diagonal Gaussian code with a prior, or 0",
                () -> Hourglass.fullCovarianceVae().freeBits(0.1).specification());
        all.put("model: the importance-weighted bound needs q(z|x) and p(z): importance samples=3, expected 1, or a Gaussian code with a prior",
                () -> Hourglass.sparse().importanceSamples(3).specification());
        all.put("model: the importance-weighted bound has no separate KL term: KL weight=2.0, expected constant 1 and no free bits",
                () -> Hourglass.iwae(3).beta(2).specification());
        all.put("model: KL sparsity needs a bounded code: code activation=relu, expected sigmoid or tanh",
                () -> Hourglass.sparse().code(Code.deterministic(3, Activation.RELU)).specification());
        all.put("model: KL sparsity needs a bounded code: code activation=identity, expected sigmoid or tanh",
                () -> Hourglass.vae().sparsity(0.1, 1).specification());
        all.put("model: L1 is a penalty on a deterministic code: code=diagonal-gaussian, expected deterministic",
                () -> Hourglass.vae().l1(1).specification());
        all.put("model: the Hessian term is for one deterministic layer: hidden=[5], expected none and a deterministic code",
                () -> Hourglass.contractive().hidden(5).contraction(1).penalty(new Hessian(1, 0.1)).specification());
        all.put("model: a learned prior p(z|c) needs a condition: condition=none, expected labels or columns",
                () -> Hourglass.vae().prior(Prior.learned(List.of())).specification());
        all.put("model: binarised data need a Bernoulli likelihood: likelihood=gaussian, expected bernoulli, or no binarisation",
                () -> Hourglass.vae().likelihood(Likelihood.gaussian(1)).binarization(Binarization.DYNAMIC).specification());
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void isRefusedInOneLine(String line) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> lines().get(line).get());
        assertEquals(line, refused.getMessage());
    }

    private static Examples examples(boolean labels, int conditions) {
        Dataset features = Dataset.of(Facts.curved(40, FEATURES, 2, 91));
        if (labels) {
            features = features.withLabels(java.util.stream.IntStream.range(0, 40).map(i -> i % 4).toArray());
        }
        return new Examples(features, conditions == 0 ? null : Dataset.of(Facts.normal(40, conditions, 92)));
    }

    private static void refusedData(String line, org.junit.jupiter.api.function.Executable cause) {
        assertEquals(line, assertThrows(DataException.class, cause).getMessage());
    }

    private static void refusedUse(String line, org.junit.jupiter.api.function.Executable cause) {
        assertEquals(line, assertThrows(IllegalArgumentException.class, cause).getMessage());
    }

    @Test
    void missingConditionsAreNamed() {
        try (Backend backend = Facts.open()) {
            refusedData("data set: no labels, expected one per row because the model is conditioned on them; name a label column",
                    () -> Hourglass.cvae().create(backend, examples(false, 0), 0));
            refusedData("data set: no condition columns, expected some because the model is conditioned on values; name them",
                    () -> Hourglass.cvae().condition(ConditionKind.VALUES).create(backend, examples(true, 0), 0));
            refusedData("conditions: rows=3, expected 40, one for each example",
                    () -> new Examples(examples(false, 0).features(), Dataset.of(Facts.normal(3, 2, 1))));
            assertEquals(0, backend.liveBytes(), "leaked bytes");
        }
    }

    @Test
    void misfitsOfLaterDataAreNamed() {
        try (Backend backend = Facts.open()) {
            try (Model model = Hourglass.cvae().hidden(5).latent(2).condition(ConditionKind.VALUES).create(backend, examples(false, 2), 0);
                 Inference inference = new Inference(model)) {
                refusedData("data set: condition columns=3, expected 2 as in the training data",
                        () -> inference.encode(examples(false, 3)));
                refusedData("data set: columns=4, expected 6 as in the training data",
                        () -> inference.encode(new Examples(Dataset.of(new float[1][4]), Dataset.of(new float[1][2]))));
                float[][] missing = new float[1][FEATURES];
                missing[0][2] = Float.NaN;
                refusedData(
                        "data set: row 1, column 3: the value is missing; fill it in, or ask for an imputation when training: mean, median, zero",
                        () -> inference.encode(new Examples(Dataset.of(missing), Dataset.of(new float[1][2]))));
                refusedUse("condition: not one for each row: rows=none, expected 3", () -> inference.sample(3, 0, null));
                refusedUse("condition: row 1 has another width: columns=1, expected 2", () -> inference.sample(3, 0, new float[3][1]));
                refusedUse("code: row 1 has another width: columns=5, expected 2",
                        () -> inference.decode(new float[3][5], new float[3][2]));
            }
            try (Model model = Hourglass.undercomplete().hidden(5).latent(2).create(backend, examples(false, 0), 0);
                 Inference inference = new Inference(model)) {
                refusedUse("condition: the model is not conditioned on anything: rows=3, expected none",
                        () -> inference.decode(new float[3][2], new float[3][4]));
                assertEquals("sample: a deterministic code has no prior: code=deterministic, expected a Gaussian code",
                        assertThrows(IllegalStateException.class, () -> inference.sample(3, 0, null)).getMessage());
            }
            assertEquals(0, backend.liveBytes(), "leaked bytes");
        }
    }

    static Stream<String> sensible() {
        return combinations().keySet().stream();
    }

    private static Map<String, ModelBuilder> combinations() {
        Map<String, ModelBuilder> all = new LinkedHashMap<>();
        all.put("contractive denoising VAE, full covariance, learned prior",
                small(Hourglass.cvae()).code(Code.fullGaussian(3)).contraction(0.1)
                        .corruption(Corruption.saltAndPepper(0.1)));
        all.put("importance-weighted conditional denoising VAE",
                small(Hourglass.cvae()).importanceSamples(4).corruption(Corruption.masking(0.2)));
        all.put("contractive importance-weighted VAE", small(Hourglass.iwae(3)).contraction(0.1).weightDecay(1e-4));
        all.put("sparse contractive denoising, deep, tied",
                small(Hourglass.undercomplete()).hidden(8, 5).tied(true).activation(Activation.SIGMOID)
                        .codeActivation(Activation.SIGMOID).sparsity(0.3, 0.1).contraction(0.1).corruption(Corruption.gaussian(0.1)));
        all.put("conditional sparse autoencoder, l1", small(Hourglass.sparse()).condition(ConditionKind.VALUES).l1(0.01));
        all.put("contractive with Hessian and noise",
                small(Hourglass.contractive()).hidden().contraction(1).penalty(new Hessian(1, 0.1)).corruption(Corruption.masking(0.2)));
        all.put("linear VAE, variance per feature, warm-up, free bits",
                small(Hourglass.vae()).hidden().freeBits(0.1).klWeight(KlWeight.linear(1, 3))
                        .likelihood(Likelihood.gaussian(Variance.PER_FEATURE)));
        all.put("conditional VAE on real columns, cyclical",
                small(Hourglass.cvae()).condition(ConditionKind.VALUES).klWeight(KlWeight.cyclical(1, 4)));
        all.put("VAE without prior, binarised", small(Hourglass.vae()).prior(Prior.none()).binarization(Binarization.DYNAMIC));
        return all;
    }

    private static ModelBuilder small(ModelBuilder builder) {
        return builder.hidden(8).latent(3).activation(Activation.TANH);
    }

    @ParameterizedTest
    @MethodSource("sensible")
    void trains(String name) {
        Examples examples = examples(true, 2);
        List<Double> reconstructions = new ArrayList<>();
        Listener listener = new Listener() {
            @Override
            public void epoch(Trainer trainer, EpochReport report) {
                reconstructions.add(report.train().get(Term.RECONSTRUCTION));
            }
        };
        try (Backend backend = Facts.open()) {
            try (Model model = combinations().get(name).create(backend, examples, 1);
                 Trainer trainer = new Trainer(model, Facts.plan(40, 16, 0.02), examples, examples, List.of(listener))) {
                trainer.run();
            }
            assertEquals(0, backend.liveBytes(), "leaked bytes");
        }
        assertTrue(reconstructions.get(39) < reconstructions.get(0), () -> reconstructions.toString());
    }
}
