package dev.hourglass.data.array;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hourglass.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON header of a safetensors file: written from entries, or parsed and checked completely, so that reading elements afterwards cannot
 * leave the file. {@code tensors} is in the order of the data. The header in memory takes at most 64 bytes for each of its bytes in the file.
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Tensor> tensors) {
    static final String METADATA = "__metadata__";
    /** The limit of the reference implementation; a larger one is a damaged file. */
    static final int MAXIMUM_BYTES = 100_000_000;
    private static final String DAMAGED = "the file is damaged or no safetensors file, write or copy it again";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Where one tensor lies: {@code begin} and {@code end} count bytes from the end of the header. */
    record Tensor(DType type, long[] shape, long begin, long end) {
    }

    /** Bytes of a tensor, -1 if the shape has a negative size or the product does not fit into 63 bits. */
    static long bytes(DType type, long[] shape) {
        long bytes = type.bytes();
        for (long size : shape) {
            if (size < 0 || size != 0 && bytes > Long.MAX_VALUE / size) {
                return -1;
            }
            bytes *= size;
        }
        return bytes;
    }

    /** The header's bytes, padded with spaces to a multiple of 8 so that the data starts aligned. */
    static byte[] encode(Map<String, String> metadata, List<TensorEntry> tensors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> text : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(text.getKey(), text.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (TensorEntry tensor : tensors) {
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.type().name());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape(), 0, tensor.shape().length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {offset, Math.addExact(offset, tensor.bytes())}, 0, 2);
                json.writeEndObject();
                offset += tensor.bytes();
            }
            json.writeEndObject();
        } catch (IOException failure) {
            throw new IllegalArgumentException("safetensors: the header cannot be written as JSON: " + failure.getMessage(), failure);
        }
        byte[] padded = Arrays.copyOf(out.toByteArray(), (out.size() + 7) / 8 * 8);
        Arrays.fill(padded, out.size(), padded.length, (byte) ' ');
        return padded;
    }

    /**
     * Parses and checks a header.
     *
     * @param file      for messages only
     * @param bytes     the header without its length
     * @param dataBytes bytes that follow the header in the file
     */
    static SafetensorsHeader parse(Path file, byte[] bytes, long dataBytes) {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw damaged(file, "the header does not start with '{'", "a JSON object");
        }
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (JsonProcessingException notJson) {
            throw damaged(file, "the header is not JSON (" + notJson.getOriginalMessage() + ")", "a JSON object with distinct names");
        } catch (IOException notText) {
            throw damaged(file, "the header is not UTF-8 text (" + notText.getMessage() + ")", "a JSON object");
        }
        Map<String, String> metadata = new TreeMap<>();
        List<Map.Entry<String, Tensor>> tensors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                readMetadata(file, field.getValue(), metadata);
            } else {
                tensors.add(Map.entry(field.getKey(), tensor(file, field.getKey(), field.getValue(), dataBytes)));
            }
        }
        return new SafetensorsHeader(Collections.unmodifiableMap(metadata), inDataOrder(file, tensors, dataBytes));
    }

    private static void readMetadata(Path file, JsonNode node, Map<String, String> metadata) {
        if (!node.isObject()) {
            throw damaged(file, METADATA + " is " + node.getNodeType(), "an object of texts");
        }
        for (Map.Entry<String, JsonNode> text : node.properties()) {
            if (!text.getValue().isTextual()) {
                throw damaged(file, METADATA + " '" + text.getKey() + "' is " + text.getValue().getNodeType(), "a text");
            }
            metadata.put(text.getKey(), text.getValue().textValue());
        }
    }

    private static Tensor tensor(Path file, String name, JsonNode node, long dataBytes) {
        String where = "tensor '" + name + "'";
        String typeName = node.path("dtype").asText();
        DType type = Arrays.stream(DType.values()).filter(known -> known.name().equals(typeName)).findFirst()
                .orElseThrow(() -> new FormatException(file, where + " has dtype '" + typeName + "'",
                        "one of " + Arrays.toString(DType.values()), "convert the file"));
        long[] shape = longs(file, where + " shape", node.path("shape"));
        long[] offsets = longs(file, where + " data_offsets", node.path("data_offsets"));
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw damaged(file, where + " has data_offsets " + Arrays.toString(offsets), "[begin, end] with begin <= end");
        }
        if (offsets[1] > dataBytes) {
            throw damaged(file, where + " ends at byte " + offsets[1] + " of the data",
                    "at most " + dataBytes + ", the bytes that are there");
        }
        long bytes = bytes(type, shape);
        if (bytes != offsets[1] - offsets[0]) {
            throw damaged(file,
                    where + " of type " + type + " and shape " + Arrays.toString(shape) + " spans " + (offsets[1] - offsets[0]) + " bytes",
                    bytes < 0 ? "fewer elements" : String.valueOf(bytes));
        }
        return new Tensor(type, shape, offsets[0], offsets[1]);
    }

    private static long[] longs(Path file, String where, JsonNode node) {
        if (!node.isArray()) {
            throw damaged(file, where + " is " + node.getNodeType(), "an array of sizes");
        }
        long[] values = new long[node.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = node.get(i);
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                throw damaged(file, where + " holds " + value, "whole numbers from 0");
            }
            values[i] = value.longValue();
        }
        return values;
    }

    /** The format allows neither gaps nor overlaps: either could hide or alias data. */
    private static Map<String, Tensor> inDataOrder(Path file, List<Map.Entry<String, Tensor>> tensors, long dataBytes) {
        tensors.sort(Comparator.comparingLong((Map.Entry<String, Tensor> tensor) -> tensor.getValue().begin())
                .thenComparingLong(tensor -> tensor.getValue().end()));
        Map<String, Tensor> ordered = new LinkedHashMap<>();
        long position = 0;
        for (Map.Entry<String, Tensor> tensor : tensors) {
            long begin = tensor.getValue().begin();
            if (begin != position) {
                throw damaged(file, "tensor '" + tensor.getKey() + "' begins at byte " + begin + " of the data"
                        + (begin < position ? " and overlaps its predecessor" : " and leaves a gap"), String.valueOf(position));
            }
            position = tensor.getValue().end();
            ordered.put(tensor.getKey(), tensor.getValue());
        }
        if (position != dataBytes) {
            throw damaged(file, "the data has " + dataBytes + " bytes", position + " as the header says");
        }
        return Collections.unmodifiableMap(ordered);
    }

    static FormatException damaged(Path file, String what, String expected) {
        return new FormatException(file, what, expected, DAMAGED);
    }
}
