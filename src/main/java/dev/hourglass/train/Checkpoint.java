package dev.hourglass.train;

import dev.hourglass.data.array.Safetensors;
import dev.hourglass.data.array.SafetensorsFile;
import dev.hourglass.data.array.TensorEntry;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.Model;
import dev.hourglass.nn.Parameter;
import dev.hourglass.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model and the state of its training after an epoch, on the host. In a folder, {@code model.safetensors} holds the parameters under their names (matrices
 * [outputs, inputs], vectors [n]), {@code trainer.safetensors} the optimizer's state and that of the penalties. Positions are texts of the header, beside the
 * checksum of the file, which files of version 0.1.0 lack.
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
    private static final String FORMAT_KEY = "hourglass.format";
    private static final String PRESET_KEY = "hourglass.preset";
    private static final String EPOCH_KEY = "hourglass.epoch";
    private static final String STEP_KEY = "hourglass.step";
    private static final String CHECKSUM_KEY = "hourglass.crc32c";
    private static final Set<String> MODEL_KEYS = Set.of(FORMAT_KEY, PRESET_KEY, EPOCH_KEY, STEP_KEY, CHECKSUM_KEY);
    private static final Set<String> TRAINER_KEYS = Set.of(FORMAT_KEY, "epoch", "step", "best", "best-epoch", CHECKSUM_KEY);

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
        return parameter.isMatrix() ? new long[] {value.rows(), value.columns()} : new long[] {value.size()};
    }

    private static Map<String, Tensor> stateOf(Trainer trainer) {
        Map<String, Tensor> state = new java.util.LinkedHashMap<>();
        trainer.optimizerState().forEach(tensor -> state.put(tensor.name(), tensor));
        trainer.model().penaltyState().forEach(tensor -> state.put(RUNNING_MEAN, tensor));
        return state;
    }

    /** Returns the files that {@link #write} makes in a folder. */
    static List<Path> files(Path folder) {
        return List.of(folder.resolve(MODEL), folder.resolve(TRAINER));
    }

    /** Writes both files into an existing folder. */
    void write(Path folder, String preset) {
        Map<String, String> about = Map.of(FORMAT_KEY, FORMAT, PRESET_KEY, preset, EPOCH_KEY, Integer.toString(epoch), STEP_KEY,
                Long.toString(step));
        Safetensors.writeWithChecksum(folder.resolve(MODEL), about, entries(parameters));
        Map<String, String> position = Map.of(FORMAT_KEY, FORMAT, "epoch", Integer.toString(epoch), "step", Long.toString(step), "best",
                Double.toString(best), "best-epoch", Integer.toString(bestEpoch));
        Safetensors.writeWithChecksum(folder.resolve(TRAINER), position, entries(state));
    }

    private static List<TensorEntry> entries(List<Saved> tensors) {
        return tensors.stream().map(tensor -> TensorEntry.of(tensor.name, tensor.shape, tensor.values)).toList();
    }

    /**
     * Reads a folder.
     *
     * @throws FormatException in one line when a file is damaged, or the model is of another epoch than the state of its training
     */
    static Checkpoint read(Path folder) {
        Path modelPath = folder.resolve(MODEL);
        Path trainerPath = folder.resolve(TRAINER);
        try (SafetensorsFile model = open(modelPath, MODEL_KEYS); SafetensorsFile trainer = open(trainerPath, TRAINER_KEYS)) {
            Checkpoint position = position(trainerPath, trainer);
            String epoch = model.metadata().get(EPOCH_KEY);
            String step = model.metadata().get(STEP_KEY);
            if (!Integer.toString(position.epoch).equals(epoch) || !Long.toString(position.step).equals(step)) {
                throw new FormatException(modelPath, "the model is of epoch " + epoch + ", step " + step,
                        "epoch " + position.epoch + ", step " + position.step + ", as in " + TRAINER + " beside it",
                        "copy both files again");
            }
            List<Saved> parameters = tensors(model);
            List<Saved> state = tensors(trainer);
            parameters.forEach(saved -> requireNumbers(modelPath, saved, Float.MAX_VALUE));
            state.forEach(saved -> requireNumbers(trainerPath, saved, Float.POSITIVE_INFINITY));
            return new Checkpoint(position.epoch, position.step, position.best, position.bestEpoch, parameters, state);
        }
    }

    private static List<Saved> tensors(SafetensorsFile file) {
        return file.names().stream().map(name -> new Saved(name, file.shape(name), file.floats(name))).toList();
    }

    /** Training never saves others: it ends when a parameter is not finite, and a mean square of Adam may have overflown but is a number. */
    private static void requireNumbers(Path path, Saved saved, float largest) {
        for (int i = 0; i < saved.values.length; i++) {
            if (!(Math.abs(saved.values[i]) <= largest)) {
                throw new FormatException(path, "tensor '" + saved.name + "' holds " + saved.values[i] + " at element " + i,
                        "finite numbers", "copy the file again, or train anew");
            }
        }
    }

    /** Returns where the training of a folder stood, without its tensors. */
    static Checkpoint position(Path folder) {
        Path path = folder.resolve(TRAINER);
        try (SafetensorsFile file = open(path, TRAINER_KEYS)) {
            return position(path, file);
        }
    }

    private static Checkpoint position(Path path, SafetensorsFile trainer) {
        Map<String, String> texts = trainer.metadata();
        try {
            return new Checkpoint(Integer.parseInt(texts.get("epoch")), Long.parseLong(texts.get("step")),
                    Double.parseDouble(texts.get("best")), Integer.parseInt(texts.get("best-epoch")), List.of(), List.of());
        } catch (NumberFormatException | NullPointerException damaged) {
            throw new FormatException(path, "its header holds " + texts, "epoch, step, best and best-epoch as numbers",
                    "copy the file again");
        }
    }

    /** Opens a file of this format. Unknown texts are refused: one may be the name of the checksum, damaged. */
    private static SafetensorsFile open(Path path, Set<String> keys) {
        SafetensorsFile file = Safetensors.open(path);
        boolean good = false;
        try {
            String format = file.metadata().get(FORMAT_KEY);
            if (!FORMAT.equals(format)) {
                throw new FormatException(path, FORMAT_KEY + "=" + format + " in its header", FORMAT,
                        "the file is of another program or version");
            }
            for (String key : file.metadata().keySet()) {
                if (!keys.contains(key)) {
                    throw new FormatException(path, "there is a text '" + key + "' in its header", "only " + new TreeSet<>(keys),
                            "the file is damaged or of another program, copy it again");
                }
            }
            good = true;
            return file;
        } finally {
            if (!good) {
                file.close();
            }
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
