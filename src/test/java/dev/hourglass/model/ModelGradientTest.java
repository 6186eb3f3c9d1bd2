package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepTable;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Hessian;
import dev.hourglass.nn.Parameter;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import dev.hourglass.testkit.Backends;
import dev.hourglass.testkit.GradientCheck;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of every parameter of whole models against central differences of the reported loss, on the CPU. */
class ModelGradientTest {
    private static final int ROWS = 7;
    private static final int COLUMNS = 6;

    static Stream<String> models() {
        return variants().keySet().stream();
    }

    private static Map<String, ModelBuilder> variants() {
        Map<String, ModelBuilder> all = new LinkedHashMap<>();
        for (String preset : Hourglass.presets()) {
            ModelBuilder builder = Hourglass.preset(preset);
            boolean deep = !preset.equals("sparse") && !preset.equals("contractive");
            all.put(preset, (deep ? builder.hidden(5) : builder).latent(3).activation(Activation.TANH));
        }
        all.put("gaussian, learned variance", vae().likelihood(Likelihood.gaussian(Variance.LEARNED)));
        all.put("gaussian, variance per feature", vae().likelihood(Likelihood.gaussian(Variance.PER_FEATURE)));
        all.put("beta, free bits", vae().beta(2).freeBits(0.02));
        all.put("dynamic binarisation", vae().binarization(Binarization.DYNAMIC));
        all.put("real conditions", Hourglass.cvae().hidden(5).latent(3).activation(Activation.TANH).condition(ConditionKind.VALUES));
        all.put("full covariance, learned prior", Hourglass.cvae().hidden(5).code(Code.fullGaussian(3)).activation(Activation.TANH));
        all.put("importance weighted, full covariance", Hourglass.iwae(3).hidden(5).code(Code.fullGaussian(3)).activation(Activation.TANH));
        all.put("importance weighted, learned prior",
                Hourglass.cvae().hidden(5).latent(3).activation(Activation.TANH).importanceSamples(3));
        all.put("deep contractive, tied", Hourglass.undercomplete().hidden(5, 4).activation(Activation.SIGMOID).tied(true)
                .code(Code.deterministic(3, Activation.SIGMOID)).contraction(0.5));
        all.put("hutchinson",
                Hourglass.undercomplete().hidden(5, 4).activation(Activation.SIGMOID).code(Code.deterministic(3, Activation.TANH))
                        .penalty(new Contraction(0.5, Contraction.Method.HUTCHINSON, 2)));
        all.put("hessian", Hourglass.contractive().latent(4)
                .contraction(0.5).penalty(new Hessian(2, 0.3)));
        all.put("contractive denoising vae, full covariance", Hourglass.denoisingVae().hidden(5).code(Code.fullGaussian(3))
                .activation(Activation.SILU).contraction(0.5));
        all.put("sparse tanh, l1, decay", Hourglass.sparse().code(Code.deterministic(4, Activation.TANH)).l1(0.1).weightDecay(0.05));
        all.put("linear", Hourglass.vae().hidden().latent(3));
        return all;
    }

    private static ModelBuilder vae() {
        return Hourglass.vae().hidden(5).latent(3).activation(Activation.TANH);
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradientIsTheDerivativeOfTheReportedLoss(String name) {
        try (Backend backend = Backends.open(Backends.Kind.CPU)) {
            Examples examples = examples();
            try (Model model = variants().get(name).scaling("none").create(backend, examples, 5);
                 DeviceData feed = model.load(examples, ROWS);
                 Scope scope = new Scope(backend, "check")) {
                jiggle(model);
                check(backend, model, feed, scope);
            }
            assertEquals(0, backend.liveBytes(), "leaked bytes");
        }
    }

    /** Biases and off-diagonals start at zero, where some gradients vanish. */
    private static void jiggle(Model model) {
        Random random = new Random(3);
        Tensor all = model.parameters().values();
        float[] values = all.read();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.2 * random.nextGaussian());
        }
        all.write(values);
    }

    private static void check(Backend backend, Model model, DeviceData feed, Scope scope) {
        Buffer metrics = scope.buffer(ElementType.FLOAT64, Term.values().length);
        Tape tape = new Tape(scope);
        model.parameters().watch(tape);
        backend.fill(model.parameters().gradients().buffer(), Float.NaN);
        model.objective(tape, feed.batch(tape, ROWS, true), feed.state(), metrics, model.specification().importanceSamples());
        tape.differentiate();
        int[] order = new int[ROWS];
        Arrays.setAll(order, i -> i);
        feed.begin(order, 11, 2, StepTable.constant(model.specification().prior().weight().beta()));
        tape.forward();
        tape.backward();
        List<Parameter> parameters = List.copyOf(model.parameters().all());
        List<String> wrong = GradientCheck.compare(backend, parameters.stream().map(Parameter::value).toList(),
                parameters.stream().map(Parameter::gradient).toList(), () -> {
                    backend.fill(metrics, 0);
                    tape.forward();
                    return LossTerms.means(backend, metrics, ROWS, model.specification()).get(Term.LOSS);
                });
        assertEquals(List.of(), wrong);
    }

    private static Examples examples() {
        Random random = new Random(1);
        float[] values = new float[ROWS * COLUMNS];
        float[] conditions = new float[ROWS * 2];
        int[] labels = new int[ROWS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        for (int i = 0; i < conditions.length; i++) {
            conditions[i] = (float) random.nextGaussian();
        }
        Arrays.setAll(labels, i -> i % 3);
        return new Examples(Dataset.of(COLUMNS, values).withLabels(labels), Dataset.of(2, conditions));
    }
}
