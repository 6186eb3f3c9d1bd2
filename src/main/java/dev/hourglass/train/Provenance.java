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
        String then = root().path("data").path("train").path("sha256").asText();
        String now = data.training().features().sha256();
        if (!then.equals(now)) {
            throw new FormatException(file, "the training data " + data.training().features().source() + " have sha256=" + now, then,
                    "they changed since the run began: restore them or train anew");
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
