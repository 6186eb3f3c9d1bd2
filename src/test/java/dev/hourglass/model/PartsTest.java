package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Hessian;
import dev.hourglass.model.penalty.L1;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.model.penalty.SparsityKl;
import dev.hourglass.model.penalty.WeightDecay;
import dev.hourglass.model.prior.Prior;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.train.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No part is there without being wired: each family lists all its parts, and choosing another part of a family trains to another model. */
class PartsTest {
    private static final Examples EXAMPLES = examples();

    static Stream<Class<?>> families() {
        return Stream.of(Code.class, Likelihood.class, Prior.class, Penalty.class, Optimizer.class);
    }

    /** Zeros and ones, which every likelihood allows. */
    private static Examples examples() {
        int[] labels = IntStream.range(0, 40).map(i -> i % 2).toArray();
        float[][] rows = Facts.curved(40, 6, 2, 61);
        for (float[] row : rows) {
            for (int j = 0; j < row.length; j++) {
                row[j] = Math.round(row[j]);
            }
        }
        return Examples.of(Dataset.of(rows).withLabels(labels));
    }

    @ParameterizedTest
    @MethodSource("families")
    void aFamilyListsAllItsParts(Class<?> family) {
        assertEquals(records(family), names(all(family)));
    }

    /** The records that a sealed interface permits, those of interfaces between included. */
    private static Set<String> records(Class<?> family) {
        Set<String> names = new TreeSet<>();
        for (Class<?> permitted : family.getPermittedSubclasses()) {
            if (permitted.isInterface()) {
                names.addAll(records(permitted));
            } else {
                names.add(permitted.getSimpleName());
            }
        }
        return names;
    }

    private static Set<String> names(List<?> parts) {
        Set<String> names = new TreeSet<>();
        parts.forEach(part -> names.add(part.getClass().getSimpleName()));
        return names;
    }

    private static List<?> all(Class<?> family) {
        try {
            return (List<?>) family.getMethod("all").invoke(null);
        } catch (ReflectiveOperationException wrong) {
            throw new AssertionError(family + " has no all()", wrong);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyPartMovesTheNumbers(Class<?> family) {
        Map<String, float[]> trained = new HashMap<>();
        for (Object part : all(family)) {
            trained.put(part.getClass().getSimpleName(), trained(part));
        }
        if (family == Penalty.class) {
            trained.put("no penalty", trained(autoencoder(), TrainingSettings.defaults()));
        }
        List<String> names = new ArrayList<>(trained.keySet());
        for (int i = 0; i < names.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertNotEquals(Arrays.toString(trained.get(names.get(i))), Arrays.toString(trained.get(names.get(j))),
                        names.get(i) + " and " + names.get(j));
            }
        }
    }

    private static ModelBuilder autoencoder() {
        return Hourglass.undercomplete().hidden().code(Code.deterministic(3, Activation.SIGMOID));
    }

    private static float[] trained(Object part) {
        TrainingSettings settings = TrainingSettings.defaults();
        if (part instanceof Code code) {
            return trained((code.activation() == Activation.IDENTITY && code.getClass().getSimpleName().equals("Deterministic")
                    ? Hourglass.undercomplete()
                    : Hourglass.vae()).hidden(5).code(code.withLatent(3)), settings);
        } else if (part instanceof Likelihood likelihood) {
            return trained(Hourglass.undercomplete().hidden(5).latent(3).likelihood(likelihood), settings);
        } else if (part instanceof Prior prior) {
            return trained(Hourglass.cvae().hidden(5).latent(3).prior(prior), settings);
        } else if (part instanceof Optimizer optimizer) {
            return trained(autoencoder(), settings.withOptimizer(optimizer));
        }
        return trained(autoencoder().penalty(weighted((Penalty) part)), settings);
    }

    /** The penalty with a weight: a new kind needs a line here. */
    private static Penalty weighted(Penalty penalty) {
        Map<Class<?>, Penalty> weighted = Map.of(SparsityKl.class, new SparsityKl(0.1, 1, 0), L1.class, new L1(1), Contraction.class,
                Contraction.of(1),
                Hessian.class, new Hessian(1, 0.1), WeightDecay.class, new WeightDecay(1));
        return weighted.get(penalty.getClass());
    }

    private static float[] trained(ModelBuilder builder, TrainingSettings settings) {
        try (Backend backend = Facts.open();
             Model model = Facts.trained(backend, builder, EXAMPLES, settings.withEpochs(3).withBatch(10))) {
            return Facts.parameters(model);
        }
    }
}
