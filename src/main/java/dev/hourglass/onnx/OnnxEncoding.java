package dev.hourglass.onnx;

import java.util.Arrays;
import java.util.Map;

/**
 * The messages of an ONNX model by their field numbers.
 *
 * <p>Source: <a href="https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto">onnx.proto of release 1.12</a>, the release of opset 17 and IR version 8.
 */
final class OnnxEncoding {
    private static final long IR_VERSION = 8;
    private static final long OPSET = 17;
    /** TensorProto.DataType of 32-bit floats. */
    static final long FLOAT = 1;
    private static final long INT64 = 7;
    /** TensorProto.DataType of 64-bit floats. */
    static final long DOUBLE = 11;

    /** The GraphProto: its fields may come in any order, so each part is appended as it becomes known. */
    private final ProtoMessage graph = new ProtoMessage();

    /** ModelProto around the finished graph. */
    ProtoMessage model(String name, Map<String, String> metadata) {
        ProtoMessage opset = new ProtoMessage().text(1, "").integer(2, OPSET);
        ProtoMessage model = new ProtoMessage().integer(1, IR_VERSION).text(2, "hourglass")
                .message(7, graph.text(2, name)).message(8, opset);
        metadata.forEach((key, text) -> model.message(14, new ProtoMessage().text(1, key).text(2, text)));
        return model;
    }

    /** NodeProto without attributes; {@link #node} completes it. */
    static ProtoMessage begin(String[] inputs, String... outputs) {
        ProtoMessage node = new ProtoMessage();
        for (String input : inputs) {
            node.text(1, input);
        }
        for (String output : outputs) {
            node.text(2, output);
        }
        return node.text(3, outputs[0] + "/node");
    }

    /** Adds a node of this operator to the graph; operators must be added in the order they run. */
    void node(String operator, ProtoMessage begun) {
        graph.message(1, begun.text(4, operator));
    }

    /** An AttributeProto of type INT (2). */
    static ProtoMessage attribute(ProtoMessage node, String name, long value) {
        return node.message(5, new ProtoMessage().text(1, name).integer(3, value).integer(20, 2));
    }

    /** An AttributeProto of type FLOAT (1). */
    static ProtoMessage attribute(ProtoMessage node, String name, float value) {
        return node.message(5, new ProtoMessage().text(1, name).float32(2, value).integer(20, 1));
    }

    /** A TensorProto of floats among the initializers. */
    void floats(String name, float[] values, long... dimensions) {
        graph.message(5, tensor(name, FLOAT, dimensions).rawFloats(9, values));
    }

    /** A TensorProto of doubles among the initializers. */
    void doubles(String name, double... values) {
        graph.message(5,
                tensor(name, DOUBLE, values.length).rawLongs(9, Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray()));
    }

    /** A TensorProto of 64-bit integers among the initializers. */
    void integers(String name, long... values) {
        graph.message(5, tensor(name, INT64, values.length).rawLongs(9, values));
    }

    void input(String name, int columns, long type) {
        graph.message(11, value(name, columns, type));
    }

    void output(String name, int columns, long type) {
        graph.message(12, value(name, columns, type));
    }

    private static ProtoMessage tensor(String name, long type, long... dimensions) {
        ProtoMessage tensor = new ProtoMessage();
        for (long dimension : dimensions) {
            tensor.integer(1, dimension);
        }
        return tensor.integer(2, type).text(8, name);
    }

    /** ValueInfoProto: numbers {@code [batch, columns]} of a type, the batch size free. */
    private static ProtoMessage value(String name, int columns, long type) {
        ProtoMessage batch = new ProtoMessage().text(2, "batch");
        ProtoMessage shape = new ProtoMessage().message(1, batch).message(1, new ProtoMessage().integer(1, columns));
        ProtoMessage tensor = new ProtoMessage().integer(1, type).message(2, shape);
        return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
    }
}
