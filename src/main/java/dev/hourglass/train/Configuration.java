package dev.hourglass.train;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.Domain;
import dev.hourglass.model.Specification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Everything that is chosen about a training, and what the data taught before it began: {@code config.json}. Written with every default, read
 * strictly; a person may leave out whatever the preset decides. The file of a finished run trains the same model again.
 *
 * @param format version of the file, {@value #FORMAT}
 * @param model the model
 * @param training how it is trained
 * @param data on what
 * @param device by what
 * @param domain what the model knows of its data; null before the data were read, found anew by a new training
 */
public record Configuration(int format, Specification model, Plan training, DataDescription data, DeviceChoice device, Domain domain) {
    /** The version of the file this program writes. */
    public static final int FORMAT = 1;

    /** Apart, so that a training without a configuration file begins before the JSON library is loaded. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        static final ObjectWriter PRETTY = MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
    }

    public Configuration {
        if (format != FORMAT) {
            throw new IllegalArgumentException("configuration: another version: format=" + format + ", expected " + FORMAT);
        }
    }

    /** A model with the default plan, data and device. */
    public static Configuration of(Specification model) {
        return new Configuration(FORMAT, model, Plan.defaults(), DataDescription.defaults(), DeviceChoice.defaults(), null);
    }

    /** Returns the same with another plan. */
    public Configuration withTraining(Plan plan) {
        return new Configuration(format, model, plan, data, device, domain);
    }

    /** Returns the same with another device. */
    public Configuration withDevice(DeviceChoice choice) {
        return new Configuration(format, model, training, data, choice, domain);
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
     * Reads a file that a person wrote.
     *
     * @param presets the configuration of each preset, which gives what the file leaves out
     * @throws FormatException in one line: what in the file cannot be used
     */
    public static Configuration read(Path file, String defaultPreset, Function<String, Specification> presets) {
        JsonNode root = parse(file);
        JsonNode name = root.path("model").path("preset");
        if (root.path("model").isObject() && !name.isMissingNode() && !name.isTextual()) {
            throw new FormatException(file, "model.preset is " + name, "the name of a preset in quotes", "correct it");
        }
        Specification preset;
        try {
            preset = presets.apply(name.isTextual() ? name.textValue() : defaultPreset);
        } catch (IllegalArgumentException unknown) {
            throw new FormatException(file, unknown.getMessage(), "a preset", "correct it");
        }
        mirrorDecoder(root.path("model"));
        return new RecordJson(file).read(root, Configuration.class, of(preset), "");
    }

    /** A file that chooses the encoder's layers alone means the mirrored decoder. */
    private static void mirrorDecoder(JsonNode model) {
        if (model instanceof ObjectNode object && model.path("hidden").isArray() && !model.has("decoder-hidden")) {
            ArrayNode mirrored = object.putArray("decoder-hidden");
            for (int i = model.get("hidden").size() - 1; i >= 0; i--) {
                mirrored.add(model.get("hidden").get(i));
            }
        }
    }

    /**
     * Reads the file of a run, in which nothing may be missing.
     *
     * @throws FormatException in one line: what in the file cannot be used
     */
    static Configuration readComplete(Path file) {
        Configuration configuration = new RecordJson(file).read(parse(file), Configuration.class, null, "");
        if (configuration.domain() == null) {
            throw new FormatException(file, "domain is null", "what the model knows of its data", "name the folder of a run");
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
            String place = broken.getLocation() == null ? "" : ", line " + broken.getLocation().getLineNr() + ", column " + broken.getLocation().getColumnNr();
            throw new FormatException(file, "no JSON" + place + ": " + broken.getOriginalMessage(), "a JSON object", "correct it");
        } catch (java.nio.file.NoSuchFileException absent) {
            throw new UncheckedIOException(file + ": there is no such file; check the name", absent);
        } catch (IOException failure) {
            throw new UncheckedIOException(file + ": cannot be read: " + failure.getMessage(), failure);
        }
    }
}
