package dev.hourglass.onnx;

import dev.hourglass.backend.Activation;
import dev.hourglass.io.AtomicFiles;
import dev.hourglass.message.Require;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Builds a feed-forward network as an ONNX model (opset 17, IR version 8) and writes it. Every value is a matrix {@code [batch, columns]} of
 * floats, or of doubles where a method says so, with a free batch size, and is named by the text that the method creating it returns:
 *
 * <pre>{@code
 * OnnxGraph graph = new OnnxGraph("encoder");
 * String x = graph.input("x", 784);
 * String h = graph.dense(x, weight, bias, Activation.RELU);    // weight [400, 784] row-major, bias [400]
 * graph.output("mean", graph.dense(h, meanWeight, meanBias, Activation.IDENTITY));
 * graph.metadata("model", "vae").write(Path.of("encoder.onnx"));
 * }</pre>
 *
 * <p>Arrays are kept by reference until {@link #write}: do not change them before. Widths are checked as the graph grows; what does not fit is an
 * {@link IllegalArgumentException}. The same calls give the same bytes.
 */
public final class OnnxGraph {
    /** Protobuf readers refuse larger files. */
    private static final long MAXIMUM_BYTES = Integer.MAX_VALUE;

    private final String name;
    private final OnnxEncoding encoding = new OnnxEncoding();
    private final Map<String, String> metadata = new TreeMap<>();
    /** Columns of every value, by its name. */
    private final Map<String, Integer> widths = new LinkedHashMap<>();
    /** Values that are doubles. */
    private final Set<String> doubles = new HashSet<>();
    private int fresh;
    private boolean hasOutput;
    private boolean written;

    /** An empty graph. */
    public OnnxGraph(String name) {
        this.name = name;
    }

    /** Declares an input {@code [batch, columns]} and returns its name. */
    public String input(String inputName, int columns) {
        define(inputName, columns);
        encoding.input(inputName, columns, OnnxEncoding.FLOAT);
        return inputName;
    }

    /** Declares an input {@code [batch, columns]} of doubles and returns its name. */
    public String doubleInput(String inputName, int columns) {
        doubles.add(define(inputName, columns));
        encoding.input(inputName, columns, OnnxEncoding.DOUBLE);
        return inputName;
    }

    /** A row vector {@code [columns]} of doubles; element-wise operators take two values of floats or two of doubles. */
    public String doubleConstant(double... values) {
        String constant = define(fresh("constant"), values.length);
        encoding.doubles(constant, values);
        doubles.add(constant);
        return constant;
    }

    /** The nearest floats of doubles. */
    public String toFloats(String x) {
        return cast(x, OnnxEncoding.FLOAT);
    }

    /** Floats as doubles. */
    public String toDoubles(String x) {
        String y = cast(x, OnnxEncoding.DOUBLE);
        doubles.add(y);
        return y;
    }

    /** A row vector {@code [columns]}, the same for every example: offsets and scales, for the element-wise operators. */
    public String constant(float... values) {
        return define(initializer(values, values.length), values.length);
    }

    /**
     * {@code y = activation(x weight^T + bias)}.
     *
     * @param x          a value {@code [batch, in]}
     * @param weight     {@code [out, in]} row-major
     * @param bias       {@code [out]}
     * @param activation see {@link #activation}
     * @return the name of y {@code [batch, out]}
     */
    public String dense(String x, float[] weight, float[] bias, Activation activation) {
        return activation(gemm(x, weight, true, bias), activation);
    }

    /**
     * {@code y = activation(x weight + bias)}: the decoder of an autoencoder with tied weights takes the encoder's array as it is.
     *
     * @param x          a value {@code [batch, in]}
     * @param weight     {@code [in, out]} row-major
     * @param bias       {@code [out]}
     * @param activation see {@link #activation}
     * @return the name of y {@code [batch, out]}
     */
    public String denseTransposed(String x, float[] weight, float[] bias, Activation activation) {
        return activation(gemm(x, weight, false, bias), activation);
    }

    private String gemm(String x, float[] weight, boolean transposed, float[] bias) {
        int in = width(x);
        int out = bias.length;
        Require.that(weight.length == (long) in * out, "onnx dense", "the weight does not fit", "weight.length", weight.length,
                "in*out=" + in + "*" + out);
        String matrix = transposed ? initializer(weight, out, in) : initializer(weight, in, out);
        String y = define(fresh("dense"), out);
        ProtoMessage node = OnnxEncoding.begin(new String[] {x, matrix, initializer(bias, out)}, y);
        encoding.node("Gemm", OnnxEncoding.attribute(node, "transB", transposed ? 1L : 0L));
        return y;
    }

    /** An activation as {@link Activation} defines it; the one of GELU is exact: x/2 (1 + erf(x / sqrt 2)). */
    public String activation(String x, Activation activation) {
        return switch (activation) {
            case IDENTITY -> x;
            case RELU -> unary("Relu", x);
            case LEAKY_RELU -> unary("LeakyRelu", x, Activation.LEAK);
            case ELU -> unary("Elu", x, 1f);
            case GELU -> multiply(multiply(x, constant(0.5f)),
                    add(unary("Erf", multiply(x, constant((float) Math.sqrt(0.5)))), constant(1f)));
            case SILU -> multiply(x, unary("Sigmoid", x));
            case SOFTPLUS -> unary("Softplus", x);
            case SIGMOID -> unary("Sigmoid", x);
            case TANH -> unary("Tanh", x);
        };
    }

    /** {@code a + b}; equal widths, or one of them has one column. */
    public String add(String a, String b) {
        return binary("Add", a, b);
    }

    /** {@code a - b}; equal widths, or one of them has one column. */
    public String subtract(String a, String b) {
        return binary("Sub", a, b);
    }

    /** {@code a * b}, element by element; equal widths, or one of them has one column. */
    public String multiply(String a, String b) {
        return binary("Mul", a, b);
    }

    /** {@code a / b}, element by element; equal widths, or one of them has one column. */
    public String divide(String a, String b) {
        return binary("Div", a, b);
    }

    /** e to the power of x. */
    public String exp(String x) {
        return unary("Exp", x);
    }

    /** The lesser of x and a bound. */
    public String atMost(String x, float bound) {
        return binary("Min", x, constant(bound));
    }

    /** sign(x) log(1 + |x|). */
    public String signedLog(String x) {
        return multiply(unary("Sign", x), unary("Log", add(unary("Abs", x), one(x))));
    }

    /** sign(x) (e^|x| - 1). */
    public String signedExp(String x) {
        return multiply(unary("Sign", x), subtract(unary("Exp", unary("Abs", x)), one(x)));
    }

    private String one(String like) {
        return doubles.contains(like) ? doubleConstant(1) : constant(1);
    }

    /** 1 where x is at least the threshold, 0 elsewhere. */
    public String step(String x, float threshold) {
        return cast(node("GreaterOrEqual", width(x), x, constant(threshold)), OnnxEncoding.FLOAT);
    }

    /** To another type; truth values become 1 and 0. */
    private String cast(String x, long type) {
        String y = define(fresh("Cast"), width(x));
        encoding.node("Cast", OnnxEncoding.attribute(OnnxEncoding.begin(new String[] {x}, y), "to", type));
        return y;
    }

    /** The columns of all values, one after another. */
    public String concat(String... values) {
        int columns = 0;
        for (String value : values) {
            columns += width(value);
        }
        String y = define(fresh("concat"), columns);
        encoding.node("Concat", OnnxEncoding.attribute(OnnxEncoding.begin(values, y), "axis", 1L));
        return y;
    }

    /** Columns {@code from} (inclusive) to {@code to} (exclusive). */
    public String slice(String x, int from, int to) {
        Require.that(from >= 0 && from < to && to <= width(x), "onnx slice", "no such columns", "columns", "[" + from + ", " + to + ")",
                "0 <= from < to <= width=" + width(x));
        return node("Slice", to - from, x, integers(from), integers(to), integers(1));
    }

    /** Declares {@code x}, floats or doubles, as the output of this name. */
    public void output(String outputName, String x) {
        int columns = width(x);
        define(outputName, columns);
        encoding.node("Identity", OnnxEncoding.begin(new String[] {x}, outputName));
        encoding.output(outputName, columns, doubles.contains(x) ? OnnxEncoding.DOUBLE : OnnxEncoding.FLOAT);
        hasOutput = true;
    }

    /** Adds a text to the metadata of the model. */
    public OnnxGraph metadata(String key, String text) {
        metadata.put(key, text);
        return this;
    }

    /** Columns of a value of this graph. */
    public int width(String value) {
        Integer width = widths.get(value);
        Require.that(width != null, "onnx graph " + name, "there is no such value", "value", value, "one of " + widths.keySet());
        return width;
    }

    /**
     * Writes the model atomically and ends the building; may be called once.
     *
     * @throws IllegalStateException         if the graph has no output or is written already
     * @throws IllegalArgumentException      if the file would pass 2 GiB, the limit of protobuf
     * @throws java.io.UncheckedIOException with one line if the file cannot be written
     */
    public void write(Path file) {
        Require.state(hasOutput, "onnx", "there is no output", "graph", name, "at least one output");
        Require.state(!written, "onnx", "it is written already", "graph", name, "a single write");
        written = true;
        ProtoMessage model = encoding.model(name, metadata);
        Require.that(model.size() <= MAXIMUM_BYTES, "onnx graph " + name, "the file is too large", "bytes", model.size(),
                "at most " + MAXIMUM_BYTES + "; export a smaller model");
        AtomicFiles.write(file, model::writeTo);
    }

    private String unary(String operator, String x) {
        return node(operator, width(x), x);
    }

    private String unary(String operator, String x, float alpha) {
        String y = define(fresh(operator), width(x));
        encoding.node(operator, OnnxEncoding.attribute(OnnxEncoding.begin(new String[] {x}, y), "alpha", alpha));
        return y;
    }

    private String binary(String operator, String a, String b) {
        Require.that(width(a) == width(b) || width(a) == 1 || width(b) == 1, "onnx " + operator, "the widths do not fit", "widths",
                width(a) + " and " + width(b), "equal ones or one of them 1");
        return node(operator, Math.max(width(a), width(b)), a, b);
    }

    private String node(String operator, int columns, String... inputs) {
        String y = define(fresh(operator), columns);
        encoding.node(operator, OnnxEncoding.begin(inputs, y));
        if (doubles.contains(inputs[0])) {
            doubles.add(y);
        }
        return y;
    }

    private String initializer(float[] values, long... dimensions) {
        String constant = fresh("constant");
        encoding.floats(constant, values, dimensions);
        return constant;
    }

    private String integers(long... values) {
        String constant = fresh("constant");
        encoding.integers(constant, values);
        return constant;
    }

    /** '/' keeps these names apart from those that callers choose for inputs and outputs. */
    private String fresh(String operator) {
        return name + "/" + operator + "_" + fresh++;
    }

    private String define(String value, int columns) {
        Require.that(columns >= 1, "onnx value " + value, "it has no columns", "columns", columns, "at least 1");
        Require.that(widths.putIfAbsent(value, columns) == null, "onnx", "two values of one name", "value", value, "a new name");
        return value;
    }

    /** Returns its name and the names of its values, in one line. */
    @Override
    public String toString() {
        return "OnnxGraph[" + name + ", " + widths.keySet() + "]";
    }
}
