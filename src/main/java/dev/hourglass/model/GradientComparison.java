package dev.hourglass.model;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepTable;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Support;
import dev.hourglass.model.loss.Term;
import dev.hourglass.nn.Parameter;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The gradients of a composition against central differences of its reported loss, (L(w + h) - L(w - h)) / 2h, for a random choice of the
 * elements of every parameter. The model is cut to small layers and sees random examples; every draw of noise is held fixed.
 *
 * <p>Losses are summed in double, so L carries the rounding of single terms, 2^-24 each, and with h near 1e-2 the quotient agrees with the derivative
 * to about 1e-4 of the largest gradient. A kink between w - h and w + h (ReLU, free bits) spoils the quotient and not the gradient: where they
 * disagree, smaller steps are tried, since a wrong gradient agrees with none of them.
 */
public final class GradientComparison implements AutoCloseable {
    /** Greatest difference, as a share of the largest gradient of the same parameter (at least {@link #SMALLEST}). */
    public static final double TOLERANCE = 4e-3;
    /** Gradients below are compared by their absolute difference from each other. */
    private static final double SMALLEST = 0.05;
    private static final double[] STEPS = {8e-3, 2e-3, 5e-4, 1.25e-4};
    private static final int ROWS = 7;
    private static final int MOST_FEATURES = 12;
    /** Deviation of what is added to fresh parameters: biases and off-diagonals start at zero, where some gradients vanish. */
    private static final double SPREAD = 0.2;
    private static final int STEP_OF_DRAWS = 2;

    private final Backend backend;
    private final Model model;
    private final DeviceData data;
    private final Scope scope;
    private final Tape tape;
    private final Buffer metrics;
    private final Random random;
    private final List<float[]> penaltyState;

    /**
     * The comparison of one parameter.
     *
     * @param name of the parameter
     * @param rows of it
     * @param columns of it
     * @param checked elements that were compared
     * @param largest greatest absolute gradient among all its elements
     * @param difference greatest difference found, as a share of {@code largest}, or of a small constant if that is more
     * @param element flat index of that element
     * @param analytic gradient of that element
     * @param numeric difference quotient of that element
     */
    public record Row(String name, int rows, int columns, int checked, double largest, double difference, int element, double analytic,
            double numeric) {
        /** Returns whether the gradient is right. */
        public boolean passed() {
            return difference <= TOLERANCE;
        }
    }

    /**
     * Builds the reduced model and computes its gradients.
     *
     * @param features of the full model; 0 when unknown
     * @param seed of parameters, examples, draws and the choice of elements
     */
    public GradientComparison(Backend backend, Specification full, int features, long seed) {
        this.backend = backend;
        this.random = new Random(seed);
        Specification specification = Reduction.of(full);
        Support support = specification.likelihood().support();
        Examples examples = Reduction.examples(ROWS, features == 0 ? MOST_FEATURES : Math.min(MOST_FEATURES, features), seed, support);
        model = Model.create(backend, specification, Schema.fit(specification, examples, support == Support.COUNT ? "log" : "none"), seed,
                null);
        data = model.load(examples, ROWS);
        scope = new Scope(backend, "gradient comparison");
        tape = new Tape(scope);
        metrics = scope.buffer(ElementType.FLOAT64, Term.values().length);
        penaltyState = model.penaltyState().stream().map(Tensor::read).toList();
        spread();
        differentiate(seed);
    }

    private void spread() {
        Tensor all = model.parameters().values();
        float[] values = all.read();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (SPREAD * random.nextGaussian());
        }
        all.write(values);
    }

    private void differentiate(long seed) {
        Specification specification = model.specification();
        model.parameters().watch(tape);
        backend.fill(model.parameters().gradients().buffer(), Float.NaN);
        model.objective(tape, data.batch(tape, ROWS, true), data.state(), metrics, specification.importanceSamples());
        tape.differentiate();
        data.begin(DeviceData.inOrder(ROWS), seed, STEP_OF_DRAWS, StepTable.constant(specification.prior().weight().beta()));
        tape.forward();
        tape.backward();
    }

    /** Returns the reduced model's parts. */
    public Specification specification() {
        return model.specification();
    }

    /** Returns the reduced model's columns of x. */
    public int features() {
        return model.schema().features();
    }

    /** Returns the reduced model's parameters with the gradients that are compared. */
    Parameters parameters() {
        return model.parameters();
    }

    /** Compares at most {@code elements} elements of every parameter, chosen by the seed. */
    public List<Row> compare(int elements) {
        // Read before any loss is computed again: a fused loss leaves its gradients in the same pass.
        List<Parameter> parameters = List.copyOf(model.parameters().all());
        List<float[]> gradients = parameters.stream().map(parameter -> parameter.gradient().read()).toList();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < gradients.size(); i++) {
            rows.add(compare(parameters.get(i), gradients.get(i), elements));
        }
        return rows;
    }

    private Row compare(Parameter parameter, float[] analytic, int elements) {
        float[] start = parameter.value().read();
        double largest = 0;
        for (float gradient : analytic) {
            largest = Math.max(largest, Math.abs(gradient));
        }
        double unit = Math.max(SMALLEST, largest);
        int[] chosen = random.ints(0, start.length).distinct().limit(Math.min(elements, start.length)).toArray();
        Row worst = null;
        for (int element : chosen) {
            double numeric = closest(parameter.value(), start, element, analytic[element], TOLERANCE * unit);
            double difference = Math.abs(numeric - analytic[element]) / unit;
            // Written so that a NaN is the worst of all.
            if (worst == null || !(difference <= worst.difference())) {
                worst = new Row(parameter.name(), parameter.value().rows(), parameter.value().columns(), chosen.length, largest,
                        Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference, element, analytic[element], numeric);
            }
        }
        return worst;
    }

    /** Returns the quotient of the first step that agrees, or the closest of them. */
    private double closest(Tensor parameter, float[] start, int element, double analytic, double allowed) {
        double closest = Double.NaN;
        for (double step : STEPS) {
            double numeric = quotient(parameter, start, element, step);
            if (!(Math.abs(closest - analytic) <= Math.abs(numeric - analytic))) {
                closest = numeric;
            }
            if (Math.abs(closest - analytic) <= allowed) {
                break;
            }
        }
        parameter.write(start);
        return closest;
    }

    private double quotient(Tensor parameter, float[] start, int element, double step) {
        float[] moved = start.clone();
        moved[element] = (float) (start[element] + step);
        double up = moved[element];
        double above = loss(parameter, moved);
        moved[element] = (float) (start[element] - step);
        return (above - loss(parameter, moved)) / (up - moved[element]);
    }

    private double loss(Tensor parameter, float[] values) {
        parameter.write(values);
        for (int i = 0; i < penaltyState.size(); i++) {
            model.penaltyState().get(i).write(penaltyState.get(i));
        }
        backend.fill(metrics, 0);
        tape.forward();
        return LossTerms.means(backend, metrics, ROWS, model.specification()).get(Term.LOSS);
    }

    @Override
    public void close() {
        scope.close();
        data.close();
        model.close();
    }

    /** Returns the model, in one line. */
    @Override
    public String toString() {
        return "GradientComparison[" + model + "]";
    }
}
