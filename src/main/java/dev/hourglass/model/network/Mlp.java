package dev.hourglass.model.network;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.nn.Initialization;
import dev.hourglass.nn.Parameters;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Multilayer perceptron: h_0 = [x, c], h_{i+1} = f_i(W_i h_i + b_i), with an optional condition c beside the input. Parameters are
 * {@code name.i.weight} [outputs, inputs], {@code name.i.bias} [1, outputs] and {@code name.0.condition.weight}.
 */
public final class Mlp implements Network {
    private final Parameters parameters;
    private final String name;
    private final List<Layer> layers;
    private final Mlp tiedTo;

    private record Layer(int inputs, int outputs, Activation activation) {
    }

    private Mlp(Parameters parameters, String name, List<Layer> layers, Mlp tiedTo) {
        this.parameters = parameters;
        this.name = name;
        this.layers = layers;
        this.tiedTo = tiedTo;
    }

    /**
     * Shape of a perceptron.
     *
     * @param inputs width of x; 0 when the condition is the only input
     * @param conditions width of c; 0 for none
     * @param hidden widths of the hidden layers
     * @param outputs width of the result
     * @param hiddenActivation f of the hidden layers
     * @param outputActivation f of the last layer
     */
    public record Shape(int inputs, int conditions, List<Integer> hidden, int outputs, Activation hiddenActivation,
            Activation outputActivation) {
        List<Layer> layers() {
            List<Layer> layers = new ArrayList<>();
            int width = inputs;
            for (int size : hidden) {
                layers.add(new Layer(width, size, hiddenActivation));
                width = size;
            }
            layers.add(new Layer(width, outputs, outputActivation));
            return layers;
        }
    }

    /** Declares the parameters of a perceptron; {@code lastRows} is how many outputs of the last layer start random, the others start at zero. */
    public static Mlp declare(Parameters parameters, String name, Shape shape, Initialization initialization, long seed, int lastRows) {
        List<Layer> layers = shape.layers();
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            int conditions = i == 0 ? shape.conditions() : 0;
            int rows = i == layers.size() - 1 ? lastRows : layer.outputs();
            double bound = initialization.bound(layer.inputs() + conditions, rows);
            if (layer.inputs() > 0) {
                declareUniform(parameters, name + "." + i + ".weight", layer.outputs(), layer.inputs(), bound, seed,
                        (long) rows * layer.inputs());
            }
            if (conditions > 0) {
                declareUniform(parameters, name + "." + i + ".condition.weight", layer.outputs(), conditions, bound, seed,
                        (long) rows * conditions);
            }
            double biasBound = initialization == Initialization.UNIFORM ? bound : 0;
            declareUniform(parameters, name + "." + i + ".bias", 1, layer.outputs(), biasBound, seed, rows);
        }
        return new Mlp(parameters, name, layers, null);
    }

    /** Declares a perceptron that uses the weights of {@code encoder} transposed, last layer first, with biases of its own. */
    public static Mlp declareTied(Parameters parameters, String name, Mlp encoder, Activation outputActivation) {
        List<Layer> layers = new ArrayList<>();
        for (int i = encoder.layers.size() - 1; i >= 0; i--) {
            Layer mirror = encoder.layers.get(i);
            Activation activation = i == 0 ? outputActivation : encoder.layers.get(i - 1).activation();
            declareUniform(parameters, name + "." + layers.size() + ".bias", 1, mirror.inputs(), 0, 0, 0);
            layers.add(new Layer(mirror.outputs(), mirror.inputs(), activation));
        }
        return new Mlp(parameters, name, layers, encoder);
    }

    /** The first {@code randomValues} start at random, the others at zero. */
    private static void declareUniform(Parameters parameters, String name, int rows, int columns, double bound, long seed,
            long randomValues) {
        int index = parameters.count();
        parameters.declare(name, rows, columns, () -> {
            float[] values = new float[rows * columns];
            if (bound > 0) {
                float[] random = new float[(int) randomValues];
                Initialization.uniform(random, bound, seed, index);
                System.arraycopy(random, 0, values, 0, random.length);
            }
            return values;
        });
    }

    @Override
    public AppliedNetwork apply(Tape tape, Tensor x, Tensor condition) {
        Ops ops = new Ops(tape);
        List<Activated> results = new ArrayList<>();
        Tensor input = x;
        for (int i = 0; i < layers.size(); i++) {
            List<Ops.Input> inputs = new ArrayList<>();
            if (input != null) {
                inputs.add(new Ops.Input(input, weight(i), tiedTo != null));
            }
            if (i == 0 && condition != null) {
                inputs.add(new Ops.Input(condition, conditionWeight(), false));
            }
            Activated result = ops.dense(name + "." + i, inputs, bias(i), layers.get(i).activation());
            results.add(result);
            input = result.output();
        }
        return new AppliedMlp(this, tape, results);
    }

    @Override
    public int outputs() {
        return layers.get(layers.size() - 1).outputs();
    }

    @Override
    public Tensor outputBias() {
        return bias(layers.size() - 1);
    }

    @Override
    public List<Tensor> weights() {
        List<Tensor> weights = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            weights.add(weight(i));
        }
        return weights;
    }

    @Override
    public int activationsPerRow() {
        return layers.stream().limit(layers.size() - 1L).mapToInt(Layer::outputs).sum();
    }

    @Override
    public int jacobianPerOutput() {
        return layers.get(0).inputs() + 2 * activationsPerRow();
    }

    @Override
    public boolean isOneLayer() {
        return layers.size() == 1;
    }

    @Override
    public String export(OnnxGraph graph, String x, String condition) {
        String y = condition == null ? x : graph.concat(x, condition);
        for (int i = 0; i < layers.size(); i++) {
            float[] weight = weight(i).read();
            float[] bias = bias(i).read();
            if (i == 0 && condition != null) {
                weight = beside(weight, conditionWeight().read(), bias.length);
            }
            Activation activation = layers.get(i).activation();
            y = tiedTo != null ? graph.denseTransposed(y, weight, bias, activation) : graph.dense(y, weight, bias, activation);
        }
        return y;
    }

    /** [a | b], two matrices of so many rows side by side. */
    private static float[] beside(float[] a, float[] b, int rows) {
        int left = a.length / rows;
        int right = b.length / rows;
        float[] both = new float[a.length + b.length];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(a, r * left, both, r * (left + right), left);
            System.arraycopy(b, r * right, both, r * (left + right) + left, right);
        }
        return both;
    }

    /** Returns the weight matrix of layer {@code i}, [outputs, inputs] (of the encoder's mirror layer, transposed, when tied). */
    Tensor weight(int i) {
        return tiedTo == null ? parameters.get(name + "." + i + ".weight").value() : tiedTo.weight(layers.size() - 1 - i);
    }

    private Tensor conditionWeight() {
        return parameters.get(name + ".0.condition.weight").value();
    }

    private Tensor bias(int i) {
        return parameters.get(name + "." + i + ".bias").value();
    }
}
