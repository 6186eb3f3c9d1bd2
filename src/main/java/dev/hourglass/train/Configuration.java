package dev.hourglass.train;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.Layers;
import dev.hourglass.model.Presets;
import dev.hourglass.model.Schema;
import dev.hourglass.model.Specification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;


/**
 * Everything that is chosen about a training, and what the data taught before it began: {@code config.json}. Written with every default; unknown keys are
 * refused, missing ones are as the preset or the defaults have them. The file of a finished run trains the same model again.
 *
 * @param format version of the file, {@value #FORMAT}
 * @param model the model
 * @param training how it is trained
 * @param data on what
 * @param device by what
 * @param schema what the model knows of its data; null before the data were read, found anew by a new training
 */
public record Configuration(int format, Specification model, TrainingSettings training, DataDescription data, DeviceChoice device,
        Schema schema) {
    /** The version of the file this program writes. */
    public static final int FORMAT = 2;

    /** Apart, so that a training without a configuration file begins before the JSON library is loaded. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        static final ObjectWriter PRETTY = MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
    }

    /** A model with the default settings, data and device. */
    public static Configuration of(Specification model) {
        return new Configuration(FORMAT, model, TrainingSettings.defaults(), DataDescription.defaults(), DeviceChoice.defaults(), null);
    }

    /** Returns the same with other settings. */
    public Configuration withTraining(TrainingSettings settings) {
        return new Configuration(format, model, settings, data, device, schema);
    }

    /** Returns the same with another device. */
    public Configuration withDevice(DeviceChoice choice) {
        return new Configuration(format, model, training, data, choice, schema);
    }

    /** Returns the JSON text, every value written out. */
    public String toJson() {
        return pretty(RecordJson.write(this)) + "\n";
    }

    static String pretty(JsonNode node) {
        try {
            return Json.PRETTY.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of nodes can always be written", impossible);
        }
    }

    /**
     * Reads a file of this or an earlier format. What it leaves out is as the preset or the defaults have it.
     *
     * @param defaultPreset the preset when the file names none; empty when it must name one
     * @throws FormatException in one line: what in the file cannot be used
     */
    public static Configuration read(Path file, String defaultPreset) {
        JsonNode root = ConfigurationFormat.current(file, parse(file));
        JsonNode name = root.path("model").path("preset");
        if (root.path("model").isObject() && !name.isMissingNode() && !name.isTextual()) {
            throw new FormatException(file, "model.preset is " + name, "the name of a preset in quotes", "correct it");
        }
        if (!name.isTextual() && defaultPreset.isEmpty()) {
            throw new FormatException(file, "there is no model.preset", "the name of a preset in quotes", "add it");
        }
        Specification preset;
        try {
            preset = Presets.named(name.isTextual() ? name.textValue() : defaultPreset);
        } catch (IllegalArgumentException unknown) {
            throw new FormatException(file, unknown.getMessage(), "a preset", "correct it");
        }
        mirrorDecoder(root.path("model").path("layers"));
        return new RecordJson(file).read(root, Configuration.class, of(preset), "");
    }

    /** A file that chooses the encoder's layers alone means the mirrored decoder. */
    private static void mirrorDecoder(JsonNode layers) {
        if (layers instanceof ObjectNode object && layers.path("hidden").isArray() && !layers.has("decoder-hidden")) {
            List<JsonNode> widths = new ArrayList<>();
            layers.path("hidden").forEach(widths::add);
            object.putArray("decoder-hidden").addAll(Layers.mirrored(widths));
        }
    }

    /**
     * Reads the file of a run, in which the data have been met.
     *
     * @throws FormatException in one line: what in the file cannot be used
     */
    static Configuration readRun(Path file) {
        JsonNode root = ConfigurationFormat.current(file, parse(file));
        List<String> keys = RecordJson.keys(Configuration.class);
        for (String key : keys) {
            if (root.isObject() && !root.has(key)) {
                throw new FormatException(file, "there is no " + key, "every one of " + keys, "add it");
            }
        }
        Configuration configuration = read(file, "");
        if (configuration.schema() == null) {
            throw new FormatException(file, "schema is null", "what the model knows of its data", "name the folder of a run");
        }
        return configuration;
    }

    /** Returns the name of the preset that a file names, or null when it names none. */
    public static String presetNamedIn(Path file) {
        JsonNode name = parse(file).path("model").path("preset");
        return name.isTextual() ? name.textValue() : null;
    }

    /** Returns whether a file decides on the likelihood itself. */
    public static boolean namesLikelihood(Path file) {
        return parse(file).path("model").has("likelihood");
    }

    static JsonNode parse(Path file) {
        try {
            JsonNode root = Json.MAPPER.readTree(Files.readString(file));
            if (root.isMissingNode()) {
                throw new FormatException(file, "the file is empty", "a JSON object", "write or copy it again");
            }
            return root;
        } catch (JsonProcessingException broken) {
            String place = broken.getLocation() == null ? ""
                    : ", line " + broken.getLocation().getLineNr() + ", column " + broken.getLocation().getColumnNr();
            throw new FormatException(file, "no JSON" + place + ": " + broken.getOriginalMessage(), "a JSON object", "correct it");
        } catch (java.nio.file.NoSuchFileException absent) {
            throw new UncheckedIOException(file + ": there is no such file; check the name", absent);
        } catch (IOException failure) {
            throw new UncheckedIOException(file + ": cannot be read: " + failure.getMessage(), failure);
        }
    }
}
