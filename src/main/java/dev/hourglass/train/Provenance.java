package dev.hourglass.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.io.FormatException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code provenance.json}: where a model came from. What cannot be known (a driver on a CPU) is null. The labels are hashed where a model is conditioned on
 * them.
 */
public final class Provenance {
    private static final String SHA256 = "sha256";
    private static final String CONDITIONS = "conditions_sha256";
    private static final String LABELS = "labels_sha256";
    /** What may change the last bits of a result, in the order in which it is told. */
    private static final List<String> MACHINE = List.of("hourglass", "java", "device", "driver", "kernels");

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
        ConditionKind condition = configuration.model().condition();
        sets.set("train", describe(data.training(), condition));
        sets.set("validation", data.validation() == null ? null : describe(data.validation(), condition));
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

    private static ObjectNode describe(Examples examples, ConditionKind condition) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        Dataset features = examples.features();
        node.put("source", features.source());
        node.put("rows", features.rows());
        node.put("columns", features.columns());
        node.put(SHA256, features.sha256());
        if (examples.conditions() != null) {
            node.put(CONDITIONS, examples.conditions().sha256());
        }
        if (condition == ConditionKind.LABELS) {
            node.put(LABELS, features.labelsSha256());
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

    /** Refuses data that are not those of this training: values, conditions and, where the model is conditioned on them, labels. */
    void requireSame(Path file, TrainingData data) {
        requireSame(file, "training", data.training());
        JsonNode validation = root().path("data").path("validation");
        if (data.validation() != null && !validation.isObject()) {
            throw changed(file, "there are validation data " + data.validation().features().describeSource() + " now",
                    "none, as in training");
        }
        if (data.validation() == null && validation.isObject()) {
            throw changed(file, "there are no validation data now",
                    validation.path("source").asText() + " with sha256=" + validation.path(SHA256).asText());
        }
        if (data.validation() != null) {
            requireSame(file, "validation", data.validation());
        }
    }

    private void requireSame(Path file, String part, Examples examples) {
        JsonNode then = root().path("data").path(part.equals("training") ? "train" : part);
        Dataset features = examples.features();
        requireSame(file, "the " + part + " data " + features.source(), then.path(SHA256).asText(), features.sha256());
        // Runs of version 0.1.0 have no hash of labels.
        if (then.has(CONDITIONS)) {
            requireSame(file, "the conditions of the " + part + " data " + features.source(), then.path(CONDITIONS).asText(),
                    examples.conditions() == null ? "none" : examples.conditions().sha256());
        }
        if (then.has(LABELS)) {
            requireSame(file, "the labels of the " + part + " data " + features.source(), then.path(LABELS).asText(),
                    features.hasLabels() ? features.labelsSha256() : "none");
        }
    }

    private static void requireSame(Path file, String what, String then, String now) {
        if (!then.equals(now)) {
            throw changed(file, what + " have sha256=" + now, then);
        }
    }

    private static FormatException changed(Path file, String what, String expected) {
        return new FormatException(file, what, expected, "they changed since the run began: restore them or train anew");
    }

    /** Refuses all of the training data when others were judged by: holding rows out again would make them other data. */
    void requireNoOwnValidation(Path file, Examples training) {
        JsonNode data = root().path("data");
        if (data.path("validation").isObject() && data.path("train").path(SHA256).asText().equals(training.features().sha256())) {
            throw new FormatException(file, "the run was judged by validation data of its own, and none are given", "the same ones",
                    "give them to resume beside the training data");
        }
    }

    /** Returns one line on what is another than when this run was last trained and may change last bits; empty when nothing is. */
    String changedMachine(Map<String, String> device) {
        JsonNode sessions = root().path("resumed");
        JsonNode then = sessions.isEmpty() ? root() : sessions.get(sessions.size() - 1);
        JsonNode now = session(device, Instant.now());
        List<String> changes = new ArrayList<>();
        for (String what : MACHINE) {
            String before = withoutThreads(then.path(what).asText());
            String after = withoutThreads(now.path(what).asText());
            if (!before.equals(after)) {
                changes.add(what + " " + before + " before, " + after + " now");
            }
        }
        return changes.isEmpty() ? ""
                : "the run goes on elsewhere than it began, so its last bits may not be those of a run that never stopped: "
                        + String.join("; ", changes);
    }

    /** The number of threads changes no bit. */
    private static String withoutThreads(String device) {
        return device.replaceAll(", \\d+ threads?$", "");
    }

    /** Notes that training went on after {@code epoch} on this machine. */
    void resumed(int epoch, Map<String, String> device) {
        ObjectNode note = JsonNodeFactory.instance.objectNode();
        note.put("epoch", epoch);
        note.setAll(session(device, Instant.now()));
        root().withArray("resumed").add(note);
    }

    /** Returns the content of the file. */
    public String toJson() {
        return Configuration.pretty(root()) + "\n";
    }
}
