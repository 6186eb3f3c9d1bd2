package dev.hourglass.testkit;

import dev.hourglass.data.Examples;
import dev.hourglass.inference.Inference;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.inference.ScoreReceiver;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.model.Model;
import java.util.function.Function;

/** One use of a model each, all it took freed afterwards. */
public final class Infer {
    private Infer() {
    }

    private static <T> T once(Model model, Function<Inference, T> use) {
        try (Inference inference = new Inference(model)) {
            return use.apply(inference);
        }
    }

    /** Returns codes. */
    public static float[][] encode(Model model, Examples examples) {
        return once(model, inference -> inference.encode(examples));
    }

    /** Returns reconstructions in the units of the data. */
    public static float[][] reconstruct(Model model, Examples examples) {
        return once(model, inference -> inference.reconstruct(examples));
    }

    /** Returns decoded codes in the units of the data. */
    public static float[][] decode(Model model, float[][] codes) {
        return once(model, inference -> inference.decode(codes, null));
    }

    /** Returns new examples. */
    public static float[][] sample(Model model, int count, long seed, float[][] conditions) {
        return once(model, inference -> inference.sample(count, seed, conditions));
    }

    /** Returns scores. */
    public static double[] score(Model model, Examples examples, ScoreKind kind, int samples, long seed) {
        return once(model, inference -> inference.score(examples, new ScoreSettings(kind, samples, seed)));
    }

    /** Returns scores and tells their parts. */
    public static double[] explain(Model model, Examples examples, ScoreKind kind, int samples, long seed, ScoreReceiver receiver) {
        return once(model,
                inference -> inference.score(examples, new ScoreSettings(kind, samples, seed), null, true, receiver, done -> {}));
    }
}
