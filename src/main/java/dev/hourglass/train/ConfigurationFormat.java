package dev.hourglass.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.io.FormatException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code config.json} of earlier versions, brought to the form of this one, so that every run ever written opens. A new format adds a method here; keys that a
 * format lacks need none, since a missing key takes its default.
 *
 * <ul>
 * <li>1: layers stood in the model itself; parts carried the keys of their whole family; penalties were an object; optimizers shared beta1 and decay; the schema
 * was called domain.</li>
 * <li>2: this one.</li>
 * </ul>
 */
final class ConfigurationFormat {
    private ConfigurationFormat() {
    }

    /**
     * Returns the file in the form of {@link Configuration#FORMAT}.
     *
     * @throws FormatException when the format is newer than this program
     */
    static JsonNode current(Path file, JsonNode root) {
        if (!(root instanceof ObjectNode object)) {
            return root;
        }
        JsonNode format = object.path("format");
        if (format.isIntegralNumber() && format.asLong() > Configuration.FORMAT) {
            throw new FormatException(file, "its format is " + format, "at most " + Configuration.FORMAT,
                    "a newer version wrote it: update hourglass");
        }
        if (!format.isMissingNode() && !(format.isIntegralNumber() && format.asLong() >= 1)) {
            throw new FormatException(file, "its format is " + format, "1 to " + Configuration.FORMAT, "correct it");
        }
        ObjectNode copy = object.deepCopy();
        // A person who writes a file need not name its format: the old keys are known by their names.
        fromFormat1(copy);
        copy.put("format", Configuration.FORMAT);
        return copy;
    }

    private static void fromFormat1(ObjectNode root) {
        if (root.get("model") instanceof ObjectNode model) {
            layers(model);
            parts(model);
            if (model.get("penalties") instanceof ObjectNode penalties) {
                model.set("penalties", penalties(penalties));
            }
        }
        if (root.path("training").path("optimizer") instanceof ObjectNode optimizer) {
            optimizer(optimizer);
        }
        if (root.has("domain")) {
            root.set("schema", root.get("domain") instanceof ObjectNode schema ? schema(schema, root.path("data")) : root.get("domain"));
            root.remove("domain");
        }
    }

    private static void layers(ObjectNode model) {
        for (String key : List.of("hidden", "decoder-hidden", "activation", "tied", "initialization", "output-bias-from-data")) {
            if (model.has(key)) {
                ObjectNode layers = model.get("layers") instanceof ObjectNode there ? there : model.putObject("layers");
                layers.set(key, model.remove(key));
            }
        }
    }

    private static void parts(ObjectNode model) {
        drop(model, "code", List.of("diagonal-gaussian", "full-gaussian"), List.of("activation"));
        drop(model, "prior", List.of("none"), List.of("weight", "free-bits", "hidden"));
        drop(model, "prior", List.of("standard-normal"), List.of("hidden"));
        drop(model, "likelihood", List.of("bernoulli", "squared-error"), List.of("variance", "fixed-variance", "floor"));
    }

    /** Removes keys of a part that is of one of these kinds: they were those of the family and meant nothing. */
    private static void drop(ObjectNode model, String part, List<String> kinds, List<String> keys) {
        if (model.get(part) instanceof ObjectNode node && kinds.contains(node.path(RecordJson.KIND).asText())) {
            node.remove(keys);
        }
    }

    private static ArrayNode penalties(ObjectNode old) {
        ArrayNode list = old.arrayNode();
        if (old.get("sparsity") instanceof ObjectNode sparsity) {
            add(list, "sparsity-kl", sparsity);
        }
        if (old.has("l1")) {
            list.addObject().put(RecordJson.KIND, "l1").set("weight", old.get("l1"));
        }
        if (old.get("contraction") instanceof ObjectNode contraction) {
            ObjectNode hessian = list.objectNode();
            move(contraction, "hessian-weight", hessian, "weight");
            move(contraction, "hessian-deviation", hessian, "deviation");
            add(list, "contraction", contraction);
            if (hessian.has("weight")) {
                add(list, "hessian", hessian);
            }
        }
        if (old.has("weight-decay")) {
            list.addObject().put(RecordJson.KIND, "weight-decay").set("weight", old.get("weight-decay"));
        }
        return list;
    }

    private static void add(ArrayNode list, String kind, ObjectNode values) {
        list.addObject().put(RecordJson.KIND, kind).setAll(values);
    }

    private static void move(ObjectNode from, String key, ObjectNode to, String newKey) {
        if (from.has(key)) {
            to.set(newKey, from.remove(key));
        }
    }

    private static ObjectNode schema(ObjectNode old, JsonNode data) {
        ObjectNode condition = old.objectNode();
        move(old, "conditions", condition, "width");
        move(old, "class-names", condition, "class-names");
        move(old, "condition-scaling", condition, "scaling");
        condition.putArray("column-names");
        // Imputations stood with the data alone; a model needs them for later data too.
        condition.set("imputation", data.path("condition-imputation").deepCopy());
        old.set("imputation", data.path("imputation").deepCopy());
        old.set("condition", condition);
        return old;
    }

    private static void optimizer(ObjectNode optimizer) {
        move(optimizer, "decay", optimizer, "weight-decay");
        if (optimizer.path(RecordJson.KIND).asText().equals("sgd")) {
            move(optimizer, "beta1", optimizer, "momentum");
            optimizer.remove(List.of("beta2", "epsilon"));
        }
    }
}
