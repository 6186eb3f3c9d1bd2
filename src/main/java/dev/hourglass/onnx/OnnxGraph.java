package dev.hourglass.onnx;

import dev.hourglass.io.AtomicFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builds a feed-forward network as an ONNX model (opset 17, IR version 8) and writes it. Every value is a matrix {@code [batch, columns]} of
 * floats with a free batch size, and is named by the text that the method creating it returns:
 *
 * <pre>{@code
 * OnnxGraph graph = new OnnxGraph("encoder");
 * String x = graph.input("x", 784);
 * String h = graph.dense(x, weight, bias, "relu");             // weight [400, 784] row-major, bias [400]
 * graph.output("mean", graph.dense(h, meanWeight, meanBias, "identity"));
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
        encoding.input(inputName, columns);
        return inputName;
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
    public String dense(String x, float[] weight, float[] bias, String activation) {
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
    public String denseTransposed(String x, float[] weight, float[] bias, String activation) {
        return activation(gemm(x, weight, false, bias), activation);
    }

    private String gemm(String x, float[] weight, boolean transposed, float[] bias) {
        int in = width(x);
        int out = bias.length;
        if (weight.length != (long) in * out) {
            throw new IllegalArgumentException("onnx dense: weight.length=" + weight.length + ", expected in*out=" + in + "*" + out);
        }
        String matrix = transposed ? initializer(weight, out, in) : initializer(weight, in, out);
        String y = define(fresh("dense"), out);
        ProtoMessage node = OnnxEncoding.begin(new String[] {x, matrix, initializer(bias, out)}, y);
        encoding.node("Gemm", OnnxEncoding.attribute(node, "transB", transposed ? 1L : 0L));
        return y;
    }

    /**
     * An activation by its name: identity, relu, leaky-relu (slope 0.01), elu (alpha 1), gelu (x/2 (1 + erf(x / sqrt 2)), exact),
     * silu (x sigmoid(x)), softplus, sigmoid or tanh.
     */
    public String activation(String x, String activation) {
        return switch (activation) {
            case "identity" -> x;
            case "relu" -> unary("Relu", x);
            case "leaky-relu" -> unary("LeakyRelu", x, 0.01f);
            case "elu" -> unary("Elu", x, 1f);
            case "gelu" -> multiply(multiply(x, constant(0.5f)),
                    add(unary("Erf", multiply(x, constant((float) Math.sqrt(0.5)))), constant(1f)));
            case "silu" -> multiply(x, unary("Sigmoid", x));
            case "softplus" -> unary("Softplus", x);
            case "sigmoid" -> unary("Sigmoid", x);
            case "tanh" -> unary("Tanh", x);
            default -> throw new IllegalArgumentException("onnx: activation '" + activation
                    + "', expected identity, relu, leaky-relu, elu, gelu, silu, softplus, sigmoid or tanh");
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
        return multiply(unary("Sign", x), unary("Log", add(unary("Abs", x), constant(1))));
    }

    /** sign(x) (e^|x| - 1). */
    public String signedExp(String x) {
        return multiply(unary("Sign", x), subtract(unary("Exp", unary("Abs", x)), constant(1)));
    }

    /** 1 where x is at least the threshold, 0 elsewhere. */
    public String step(String x, float threshold) {
        return cast(node("GreaterOrEqual", width(x), x, constant(threshold)));
    }

    /** From truth values to 1 and 0. */
    private String cast(String truths) {
        String y = define(fresh("Cast"), width(truths));
        encoding.node("Cast", OnnxEncoding.attribute(OnnxEncoding.begin(new String[] {truths}, y), "to", OnnxEncoding.FLOAT));
        return y;
    }

    /** {@code [batch, inner] [inner, columns]} for a constant matrix {@code [inner, columns]}, row-major, without a bias. */
    public String matMul(String x, float[] matrix, int columns) {
        if (matrix.length != (long) width(x) * columns) {
            throw new IllegalArgumentException("onnx matMul: matrix.length=" + matrix.length + ", expected " + width(x) + "*" + columns);
        }
        return node("MatMul", columns, x, initializer(matrix, width(x), columns));
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
        if (from < 0 || to <= from || to > width(x)) {
            throw new IllegalArgumentException("onnx slice: from=" + from + " to=" + to + ", expected 0 <= from < to <= width=" + width(x));
        }
        return node("Slice", to - from, x, integers(from), integers(to), integers(1));
    }

    /** Cuts the columns into consecutive parts of the given widths, which must add up. */
    public String[] split(String x, int... columns) {
        String[] parts = new String[columns.length];
        long[] sizes = new long[columns.length];
        long sum = 0;
        for (int i = 0; i < columns.length; i++) {
            parts[i] = define(fresh("split"), columns[i]);
            sizes[i] = columns[i];
            sum += columns[i];
        }
        if (sum != width(x)) {
            throw new IllegalArgumentException("onnx split: sum of widths=" + sum + ", expected width=" + width(x));
        }
        ProtoMessage node = OnnxEncoding.begin(new String[] {x, integers(sizes)}, parts);
        encoding.node("Split", OnnxEncoding.attribute(node, "axis", 1L));
        return parts;
    }

    /** Declares {@code x} as the output of this name. */
    public void output(String outputName, String x) {
        int columns = width(x);
        define(outputName, columns);
        encoding.node("Identity", OnnxEncoding.begin(new String[] {x}, outputName));
        encoding.output(outputName, columns);
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
        if (width == null) {
            throw new IllegalArgumentException(
                    "onnx: there is no value '" + value + "' in graph '" + name + "', expected one of " + widths.keySet());
        }
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
        if (!hasOutput || written) {
            throw new IllegalStateException("onnx: graph '" + name + "' " + (written ? "is written already" : "has no output")
                    + ", expected at least one output and a single write");
        }
        written = true;
        ProtoMessage model = encoding.model(name, metadata);
        if (model.size() > MAXIMUM_BYTES) {
            throw new IllegalArgumentException(
                    "onnx: graph '" + name + "' has " + model.size() + " bytes, expected at most " + MAXIMUM_BYTES
                            + "; export a smaller model");
        }
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
        if (width(a) != width(b) && width(a) != 1 && width(b) != 1) {
            throw new IllegalArgumentException(
                    "onnx " + operator + ": widths " + width(a) + " and " + width(b) + ", expected equal ones or one of them 1");
        }
        return node(operator, Math.max(width(a), width(b)), a, b);
    }

    private String node(String operator, int columns, String... inputs) {
        String y = define(fresh(operator), columns);
        encoding.node(operator, OnnxEncoding.begin(inputs, y));
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
        if (columns < 1 || widths.putIfAbsent(value, columns) != null) {
            throw new IllegalArgumentException(
                    "onnx: value '" + value + "' with columns=" + columns + ", expected a new name and at least 1 column");
        }
        return value;
    }
}
