package dev.hourglass.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.io.FormatException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;

/** {@code provenance.json}: where a model came from. What cannot be known (a driver on a CPU) is null. */
public final class Provenance {
    private final Supplier<ObjectNode> description;
    private ObjectNode root;

    private Provenance(Supplier<ObjectNode> description) {
        this.description = description;
    }

    private ObjectNode root() {
        if (root == null) {
            root = description.get();
        }
        return root;
    }

    /**
     * Describes a training that begins now. The data are hashed when the description is written, so that training need not wait for that.
     *
     * @param device {@code device} in words, {@code driver} and {@code kernels} (their hash) when there are any
     */
    public static Provenance now(Configuration configuration, TrainingData data, Map<String, String> device) {
        Instant started = Instant.now();
        return new Provenance(() -> describe(configuration, data, device, started));
    }

    private static ObjectNode describe(Configuration configuration, TrainingData data, Map<String, String> device, Instant started) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("seed", configuration.training().seed());
        ObjectNode sets = root.putObject("data");
        sets.set("train", describe(data.training()));
        sets.set("validation", data.validation() == null ? null : describe(data.validation()));
        root.setAll(session(device, started));
        root.putArray("resumed");
        return root;
    }

    /** Returns the program, machine and time. */
    private static ObjectNode session(Map<String, String> device, Instant started) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("hourglass", version());
        node.put("java", System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
        node.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        node.put("device", device.get("device"));
        node.put("driver", device.get("driver"));
        node.put("kernels", device.get("kernels"));
        node.put("started", started.truncatedTo(ChronoUnit.SECONDS).toString());
        return node;
    }

    private static ObjectNode describe(Examples examples) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        Dataset features = examples.features();
        node.put("source", features.source());
        node.put("rows", features.rows());
        node.put("columns", features.columns());
        node.put("sha256", features.sha256());
        if (examples.conditions() != null) {
            node.put("conditions_sha256", examples.conditions().sha256());
        }
        return node;
    }

    /** Returns the version of the program, {@code development} when it does not run from its jar. */
    public static String version() {
        String version = Provenance.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static Provenance read(Path file) {
        if (Configuration.parse(file) instanceof ObjectNode object) {
            return new Provenance(() -> object);
        }
        throw new FormatException(file, "no object", "the provenance of a run", "copy the file again");
    }

    /** Refuses data that are not those of this training. */
    void requireSame(Path file, TrainingData data) {
        requireSame(file, "training", sha256("train"), data.training());
        if (data.validation() != null) {
            requireSame(file, "validation", sha256("validation"), data.validation());
        }
    }

    private static void requireSame(Path file, String part, String then, Examples data) {
        String now = data.features().sha256();
        if (!then.equals(now)) {
            throw new FormatException(file, "the " + part + " data " + data.features().source() + " have sha256=" + now,
                    then.isEmpty() ? "none" : then, "they changed since the run began: restore them or train anew");
        }
    }

    /** The hash of a part of the data, empty when the training had none. */
    private String sha256(String part) {
        return root().path("data").path(part).path("sha256").asText();
    }

    /** Refuses all of the training data when others were judged by: holding rows out again would make them other data. */
    void requireNoOwnValidation(Path file, Examples training) {
        if (!sha256("validation").isEmpty() && sha256("train").equals(training.features().sha256())) {
            throw new FormatException(file, "the run was judged by validation data of its own, and none are given", "the same ones",
                    "give them to resume beside the training data");
        }
    }

    /** Notes that training went on after {@code epoch} on this machine. */
    void resumed(int epoch, Map<String, String> device) {
        ObjectNode note = JsonNodeFactory.instance.objectNode();
        note.put("epoch", epoch);
        note.setAll(session(device, Instant.now()));
        root().withArray("resumed").add(note);
    }

    String toJson() {
        return Configuration.pretty(root()) + "\n";
    }
}
