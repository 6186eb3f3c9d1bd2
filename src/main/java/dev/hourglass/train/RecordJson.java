package dev.hourglass.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.io.FormatException;
import dev.hourglass.message.Label;
import dev.hourglass.message.Suggestion;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * Records as JSON objects: a component {@code clipNorm} is the key {@code clip-norm}, an enum constant {@code SALT_AND_PEPPER} the text
 * {@code salt-and-pepper}, a part the object of its record with its {@code kind} first. Reading is strict: a key that is no component is refused with the
 * nearest one, a missing key takes its value from the defaults, and what the record itself refuses is reported with the place in the file.
 */
final class RecordJson {
    /** The key that names the record of a part. */
    static final String KIND = "kind";

    private final Path file;

    /** Reads for messages that name {@code file}. */
    RecordJson(Path file) {
        this.file = file;
    }

    /** Returns every component of a record, nested records included. */
    static ObjectNode write(Record record) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (Arrays.stream(record.getClass().getInterfaces()).anyMatch(Class::isSealed)) {
            node.put(KIND, Label.of(record.getClass()));
        }
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            node.set(key(component), toNode(value(component, record)));
        }
        return node;
    }

    private static JsonNode toNode(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value instanceof Record record) {
            return write(record);
        } else if (value instanceof Collection<?> list) {
            ArrayNode array = nodes.arrayNode();
            list.forEach(element -> array.add(toNode(element)));
            return array;
        } else if (value instanceof float[] floats) {
            ArrayNode array = nodes.arrayNode();
            for (float element : floats) {
                array.add(nodes.numberNode(element));
            }
            return array;
        } else if (value instanceof double[] doubles) {
            ArrayNode array = nodes.arrayNode();
            for (double element : doubles) {
                array.add(element);
            }
            return array;
        } else if (value instanceof Enum<?> constant) {
            return nodes.textNode(Label.of(constant));
        } else if (value instanceof Integer number) {
            return nodes.numberNode(number);
        } else if (value instanceof Long number) {
            return nodes.numberNode(number);
        } else if (value instanceof Double number) {
            return nodes.numberNode(number);
        } else if (value instanceof Boolean truth) {
            return nodes.booleanNode(truth);
        }
        return value == null ? nodes.nullNode() : nodes.textNode((String) value);
    }

    /**
     * Reads a record.
     *
     * @param where the path of the node in the file, empty for the whole file
     * @param defaults values of missing keys; null when every key must be there
     * @throws FormatException in one line: the place, what is there, what was expected
     */
    <R extends Record> R read(JsonNode node, Class<R> type, R defaults, String where) {
        if (!node.isObject()) {
            throw wrong(where, node, "an object with " + keys(type));
        }
        requireKnown(node, type, where);
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Object ifMissing = defaults == null ? null : value(components[i], defaults);
            JsonNode child = node.get(key(components[i]));
            String place = where.isEmpty() ? key(components[i]) : where + "." + key(components[i]);
            if (child == null && defaults == null && components[i].getType().isPrimitive()) {
                throw new FormatException(file, "there is no " + place, "every one of " + keys(type), "add it");
            }
            values[i] = child == null ? ifMissing : value(child, components[i], ifMissing, place);
        }
        return create(type, components, values, where);
    }

    /** Reads a part: the record of its family that {@code kind} names, that of the defaults when it names none. */
    private Record part(JsonNode node, Class<?> family, Record ifMissing, String where) {
        if (!node.isObject()) {
            throw wrong(where, node, "an object with " + KIND + ", one of " + kinds(family));
        }
        JsonNode kind = node.get(KIND);
        if (kind == null && ifMissing == null) {
            throw new FormatException(file, "there is no " + where + "." + KIND, "one of " + kinds(family), "add it");
        }
        if (kind == null || ifMissing != null && kind.isTextual() && kind.textValue().equals(Label.of(ifMissing.getClass()))) {
            return same(node, ifMissing, where);
        }
        require(kind.isTextual() && kinds(family).contains(kind.textValue()), where + "." + KIND, kind, "one of " + kinds(family));
        return same(node, Label.find(prototypes(family), kind.textValue()).orElseThrow(), where);
    }

    private <R extends Record> Record same(JsonNode node, R defaults, String where) {
        @SuppressWarnings("unchecked")
        Class<R> type = (Class<R>) defaults.getClass();
        return read(node, type, defaults, where);
    }

    /** One record of each kind of a family of parts, from its {@code all()}. */
    private static List<Record> prototypes(Class<?> family) {
        try {
            return ((List<?>) family.getMethod("all").invoke(null)).stream().map(Record.class::cast).toList();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("every family of parts has all()", impossible);
        }
    }

    private static List<String> kinds(Class<?> family) {
        return Label.all(prototypes(family));
    }

    private void requireKnown(JsonNode node, Class<?> type, String where) {
        List<String> known = new ArrayList<>(keys(type));
        if (Arrays.stream(type.getInterfaces()).anyMatch(Class::isSealed)) {
            known.add(0, KIND);
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new FormatException(file, (where.isEmpty() ? "" : where + ": ") + "unknown key '" + name + "'", "one of " + known,
                        Suggestion.of(name, known).map(near -> "did you mean '" + near + "'?").orElse("remove it"));
            }
        }
    }

    private Object value(JsonNode node, RecordComponent component, Object ifMissing, String where) {
        Class<?> type = component.getType();
        if (node.isNull() && !type.isPrimitive()) {
            return null;
        }
        if (type.isRecord()) {
            return read(node, type.asSubclass(Record.class), (Record) ifMissing, where);
        } else if (type.isSealed()) {
            return part(node, type, (Record) ifMissing, where);
        } else if (type.isEnum()) {
            return constant(node, type, where);
        } else if (type == List.class) {
            Class<?> element = (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            List<Object> list = new ArrayList<>();
            for (JsonNode child : array(node, where)) {
                String place = where + "[" + list.size() + "]";
                list.add(element.isSealed() ? part(child, element, null, place) : scalar(child, element, place));
            }
            return list;
        } else if (type == double[].class) {
            return doubles(node, where);
        } else if (type == float[].class) {
            double[] doubles = doubles(node, where);
            float[] values = new float[doubles.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) doubles[i];
            }
            return values;
        }
        return scalar(node, type, where);
    }

    private double[] doubles(JsonNode node, String where) {
        double[] values = new double[array(node, where).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (Double) scalar(node.get(i), Double.class, where + "[" + i + "]");
        }
        return values;
    }

    private JsonNode array(JsonNode node, String where) {
        if (!node.isArray()) {
            throw wrong(where, node, "a list in brackets");
        }
        return node;
    }

    private Object scalar(JsonNode node, Class<?> type, String where) {
        if (type == int.class || type == Integer.class) {
            require(node.isIntegralNumber() && node.canConvertToInt(), where, node, "a whole number");
            return node.intValue();
        } else if (type == long.class) {
            require(node.isIntegralNumber() && node.canConvertToLong(), where, node, "a whole number");
            return node.longValue();
        } else if (type == double.class || type == Double.class) {
            require(node.isNumber(), where, node, "a number");
            return node.doubleValue();
        } else if (type == boolean.class) {
            require(node.isBoolean(), where, node, "true or false");
            return node.booleanValue();
        }
        require(node.isTextual(), where, node, "a text in quotes");
        return node.textValue();
    }

    private Object constant(JsonNode node, Class<?> type, String where) {
        List<String> labels = Label.all(type);
        require(node.isTextual() && labels.contains(node.textValue()), where, node, "one of " + labels);
        return type.getEnumConstants()[labels.indexOf(node.textValue())];
    }

    private void require(boolean holds, String where, JsonNode node, String expected) {
        if (!holds) {
            throw wrong(where, node, expected);
        }
    }

    private FormatException wrong(String where, JsonNode node, String expected) {
        String text = node.toString();
        String shown = text.length() <= 60 ? text : text.substring(0, 57) + "...";
        return new FormatException(file, (where.isEmpty() ? "the file" : where) + " is " + shown, expected, "correct it");
    }

    private <R extends Record> R create(Class<R> type, RecordComponent[] components, Object[] values, String where) {
        try {
            Constructor<R> constructor = type
                    .getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            if (refused.getCause() instanceof NullPointerException) {
                throw new FormatException(file, (where.isEmpty() ? "the file" : where) + " holds a null", "values of " + keys(type),
                        "correct it");
            }
            String[] message = refused.getCause().getMessage().split(", expected ", 2);
            throw new FormatException(file, (where.isEmpty() ? "" : where + ": ") + message[0],
                    message.length == 2 ? message[1] : "another value",
                    "correct it");
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("every record has its canonical constructor", impossible);
        }
    }

    private static Object value(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("every record has accessors", impossible);
        }
    }

    static List<String> keys(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).map(RecordJson::key).toList();
    }

    private static String key(RecordComponent component) {
        return Label.ofName(component.getName());
    }
}
