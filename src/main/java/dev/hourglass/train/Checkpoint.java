package dev.hourglass.train;

import dev.hourglass.io.FormatException;
import dev.hourglass.io.Safetensors;
import dev.hourglass.io.SafetensorsFile;
import dev.hourglass.io.TensorEntry;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.nn.Parameter;
import dev.hourglass.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model and the state of its training in one folder: {@code model.safetensors} holds the parameters under their names (matrices [outputs,
 * inputs], vectors [n]), {@code trainer.safetensors} the optimizer's state and the running mean of a sparse code. Positions are texts of the header.
 *
 * @param epoch epochs done
 * @param step optimizer steps done
 * @param best value of the watched term in the best epoch
 * @param bestEpoch the best epoch
 */
record Checkpoint(int epoch, long step, double best, int bestEpoch) {
    private static final String FORMAT = "1";
    private static final String MODEL = "model.safetensors";
    private static final String TRAINER = "trainer.safetensors";
    private static final String RUNNING_MEAN = "sparse.running-mean";

    /** Writes both files into an existing folder. */
    static void write(Path folder, Trainer trainer) {
        Autoencoder model = trainer.model();
        Map<String, String> about = Map.of("hourglass.format", FORMAT, "hourglass.preset", model.specification().preset(),
                "hourglass.epoch", Integer.toString(trainer.epochs()), "hourglass.step", Long.toString(trainer.steps()));
        List<TensorEntry> parameters = new ArrayList<>();
        for (Parameter parameter : model.parameters().all()) {
            parameters.add(TensorEntry.of(parameter.name(), shape(parameter), parameter.value().read()));
        }
        Safetensors.write(folder.resolve(MODEL), about, parameters);
        List<TensorEntry> state = new ArrayList<>();
        for (Tensor tensor : state(trainer)) {
            state.add(TensorEntry.of(stateName(tensor, model), new long[] {tensor.size()}, tensor.read()));
        }
        Map<String, String> position = Map.of("hourglass.format", FORMAT, "epoch", Integer.toString(trainer.epochs()),
                "step", Long.toString(trainer.steps()), "best", Double.toString(trainer.best()), "best-epoch", Integer.toString(trainer.bestEpoch()));
        Safetensors.write(folder.resolve(TRAINER), position, state);
    }

    private static long[] shape(Parameter parameter) {
        Tensor value = parameter.value();
        return parameter.name().endsWith("weight") ? new long[] {value.rows(), value.columns()} : new long[] {value.size()};
    }

    private static List<Tensor> state(Trainer trainer) {
        List<Tensor> state = new ArrayList<>(trainer.optimizerState());
        if (trainer.model().runningMean() != null) {
            state.add(trainer.model().runningMean());
        }
        return state;
    }

    private static String stateName(Tensor tensor, Autoencoder model) {
        return tensor == model.runningMean() ? RUNNING_MEAN : tensor.name();
    }

    /**
     * Gives a model the parameters of a folder.
     *
     * @throws FormatException in one line when the file is damaged or belongs to another model
     */
    static void readModel(Path folder, Autoencoder model) {
        Path path = folder.resolve(MODEL);
        try (SafetensorsFile file = Safetensors.open(path)) {
            requireFormat(path, file);
            Set<String> names = model.parameters().all().stream().map(Parameter::name).collect(Collectors.toCollection(LinkedHashSet::new));
            for (String name : file.names()) {
                if (!names.contains(name)) {
                    throw new FormatException(path, "there is a tensor '" + name + "'", "only those of this model", "the file belongs to another model");
                }
            }
            for (Parameter parameter : model.parameters().all()) {
                file.requireShape(parameter.name(), shape(parameter));
            }
            for (Parameter parameter : model.parameters().all()) {
                parameter.value().write(file.floats(parameter.name()));
            }
        }
    }

    /** Puts a trainer, parameters included, where the folder's training stood. */
    static void restore(Path folder, Trainer trainer) {
        Checkpoint position = position(folder);
        readModel(folder, trainer.model());
        Path path = folder.resolve(TRAINER);
        try (SafetensorsFile file = Safetensors.open(path)) {
            for (Tensor tensor : state(trainer)) {
                String name = stateName(tensor, trainer.model());
                file.requireShape(name, tensor.size());
                tensor.write(file.floats(name));
            }
        }
        trainer.resumeAt(position.epoch, position.step, position.best, position.bestEpoch);
    }

    /** Returns where the training of a folder stood. */
    static Checkpoint position(Path folder) {
        Path path = folder.resolve(TRAINER);
        try (SafetensorsFile file = Safetensors.open(path)) {
            requireFormat(path, file);
            Map<String, String> texts = file.metadata();
            try {
                return new Checkpoint(Integer.parseInt(texts.get("epoch")), Long.parseLong(texts.get("step")),
                        Double.parseDouble(texts.get("best")), Integer.parseInt(texts.get("best-epoch")));
            } catch (NumberFormatException | NullPointerException damaged) {
                throw new FormatException(path, "its header holds " + texts, "epoch, step, best and best-epoch as numbers", "copy the file again");
            }
        }
    }

    private static void requireFormat(Path path, SafetensorsFile file) {
        String format = file.metadata().get("hourglass.format");
        if (!FORMAT.equals(format)) {
            throw new FormatException(path, "hourglass.format=" + format + " in its header", FORMAT, "the file is of another program or version");
        }
    }
}
