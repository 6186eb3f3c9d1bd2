package dev.hourglass.train;

import dev.hourglass.io.FormatException;
import dev.hourglass.io.Safetensors;
import dev.hourglass.io.SafetensorsFile;
import dev.hourglass.io.TensorEntry;
import dev.hourglass.model.Model;
import dev.hourglass.nn.Parameter;
import dev.hourglass.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model and the state of its training after an epoch, on the host. In a folder, {@code model.safetensors} holds the parameters under their names (matrices
 * [outputs, inputs], vectors [n]), {@code trainer.safetensors} the optimizer's state and that of the penalties. Positions are texts of the header.
 *
 * @param epoch epochs done
 * @param step optimizer steps done
 * @param best value of the watched term in the best epoch
 * @param bestEpoch the best epoch
 * @param parameters of the model
 * @param state of optimizer and penalties
 */
public record Checkpoint(int epoch, long step, double best, int bestEpoch, List<Saved> parameters, List<Saved> state) {
    private static final String FORMAT = "1";
    private static final String MODEL = "model.safetensors";
    private static final String TRAINER = "trainer.safetensors";
    private static final String RUNNING_MEAN = "sparse.running-mean";

    /** A tensor on the host; the arrays are not copied and must not be changed. */
    record Saved(String name, long[] shape, float[] values) {
    }

    /** Copies where a training stands. */
    public static Checkpoint of(Trainer trainer) {
        List<Saved> parameters = new ArrayList<>();
        for (Parameter parameter : trainer.model().parameters().all()) {
            parameters.add(new Saved(parameter.name(), shape(parameter), parameter.value().read()));
        }
        List<Saved> state = new ArrayList<>();
        stateOf(trainer).forEach((name, tensor) -> state.add(new Saved(name, new long[] {tensor.size()}, tensor.read())));
        return new Checkpoint(trainer.epochs(), trainer.steps(), trainer.best(), trainer.bestEpoch(), parameters, state);
    }

    private static long[] shape(Parameter parameter) {
        Tensor value = parameter.value();
        return parameter.name().endsWith("weight") ? new long[] {value.rows(), value.columns()} : new long[] {value.size()};
    }

    private static Map<String, Tensor> stateOf(Trainer trainer) {
        Map<String, Tensor> state = new java.util.LinkedHashMap<>();
        trainer.optimizerState().forEach(tensor -> state.put(tensor.name(), tensor));
        trainer.model().penaltyState().forEach(tensor -> state.put(RUNNING_MEAN, tensor));
        return state;
    }

    /** Writes both files into an existing folder. */
    void write(Path folder, String preset) {
        Map<String, String> about = Map.of("hourglass.format", FORMAT, "hourglass.preset", preset, "hourglass.epoch",
                Integer.toString(epoch),
                "hourglass.step", Long.toString(step));
        Safetensors.write(folder.resolve(MODEL), about, entries(parameters));
        Map<String, String> position = Map.of("hourglass.format", FORMAT, "epoch", Integer.toString(epoch), "step", Long.toString(step),
                "best",
                Double.toString(best), "best-epoch", Integer.toString(bestEpoch));
        Safetensors.write(folder.resolve(TRAINER), position, entries(state));
    }

    private static List<TensorEntry> entries(List<Saved> tensors) {
        return tensors.stream().map(tensor -> TensorEntry.of(tensor.name, tensor.shape, tensor.values)).toList();
    }

    /**
     * Reads a folder.
     *
     * @throws FormatException in one line when a file is damaged
     */
    static Checkpoint read(Path folder) {
        Checkpoint position = position(folder);
        return new Checkpoint(position.epoch, position.step, position.best, position.bestEpoch, tensors(folder.resolve(MODEL)),
                tensors(folder.resolve(TRAINER)));
    }

    private static List<Saved> tensors(Path path) {
        try (SafetensorsFile file = Safetensors.open(path)) {
            requireFormat(path, file);
            return file.names().stream().map(name -> new Saved(name, file.shape(name), file.floats(name))).toList();
        }
    }

    /** Returns where the training of a folder stood, without its tensors. */
    static Checkpoint position(Path folder) {
        Path path = folder.resolve(TRAINER);
        try (SafetensorsFile file = Safetensors.open(path)) {
            requireFormat(path, file);
            Map<String, String> texts = file.metadata();
            try {
                return new Checkpoint(Integer.parseInt(texts.get("epoch")), Long.parseLong(texts.get("step")),
                        Double.parseDouble(texts.get("best")), Integer.parseInt(texts.get("best-epoch")), List.of(), List.of());
            } catch (NumberFormatException | NullPointerException damaged) {
                throw new FormatException(path, "its header holds " + texts, "epoch, step, best and best-epoch as numbers",
                        "copy the file again");
            }
        }
    }

    private static void requireFormat(Path path, SafetensorsFile file) {
        String format = file.metadata().get("hourglass.format");
        if (!FORMAT.equals(format)) {
            throw new FormatException(path, "hourglass.format=" + format + " in its header", FORMAT,
                    "the file is of another program or version");
        }
    }

    /**
     * Gives a model these parameters.
     *
     * @param folder they came from, for messages
     * @throws FormatException in one line when they are those of another model
     */
    void apply(Model model, Path folder) {
        Map<String, Parameter> wanted = model.parameters().all().stream().collect(Collectors.toMap(Parameter::name, Function.identity()));
        Path file = folder.resolve(MODEL);
        requireNames(file, parameters, wanted);
        for (Saved saved : parameters) {
            requireShape(file, saved, shape(wanted.get(saved.name)));
        }
        parameters.forEach(saved -> wanted.get(saved.name).value().write(saved.values));
    }

    private static void requireNames(Path file, List<Saved> tensors, Map<String, ?> wanted) {
        List<String> names = tensors.stream().map(Saved::name).toList();
        for (String name : names) {
            if (!wanted.containsKey(name)) {
                throw new FormatException(file, "there is a tensor '" + name + "'", "only those of this model",
                        "the file belongs to another model");
            }
        }
        for (String name : wanted.keySet()) {
            if (!names.contains(name)) {
                throw new FormatException(file, "there is no tensor '" + name + "'", "all of this model",
                        "the file belongs to another model");
            }
        }
    }

    private static void requireShape(Path file, Saved saved, long[] shape) {
        if (!Arrays.equals(saved.shape, shape)) {
            throw new FormatException(file, "tensor '" + saved.name + "' has shape " + Arrays.toString(saved.shape), Arrays.toString(shape),
                    "the file belongs to another model");
        }
    }

    /** Puts a trainer, parameters included, where this training stood. */
    void restore(Trainer trainer, Path folder) {
        apply(trainer.model(), folder);
        Map<String, Tensor> wanted = stateOf(trainer);
        requireNames(folder.resolve(TRAINER), state, wanted);
        for (Saved saved : state) {
            requireShape(folder.resolve(TRAINER), saved, new long[] {wanted.get(saved.name).size()});
            wanted.get(saved.name).write(saved.values);
        }
        trainer.resumeAt(epoch, step, best, bestEpoch);
    }
}
