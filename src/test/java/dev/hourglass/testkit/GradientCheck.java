package dev.hourglass.testkit;

import dev.hourglass.autograd.LossOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Compares the gradients of a computation with central differences of its objective, (L(w + h) - L(w - h)) / 2h, summed in double, for every
 * element of every input. With a relative rounding of 2^-24 in each loss value and h near 1e-2 the two agree to about 1e-4 of the largest
 * gradient; {@link #TOLERANCE} leaves room for the curvature.
 */
public final class GradientCheck implements AutoCloseable {
    /** Greatest allowed difference, as a share of the largest gradient of the same input (at least {@link #SMALLEST}). */
    public static final double TOLERANCE = 4e-3;
    private static final double SMALLEST = 0.05;
    private static final double STEP = 8e-3;

    private final Backend backend;
    private final Scope scope;
    private final Tape tape;
    private final Random random;
    private final Buffer state;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();
    private final List<float[]> weights = new ArrayList<>();

    private GradientCheck(Backend backend, long seed) {
        this.backend = backend;
        this.scope = new Scope(backend, "gradient check");
        this.tape = new Tape(scope);
        this.random = new Random(seed);
        this.state = scope.buffer(ElementType.INT32, StepState.WORDS);
        backend.write(state, StepState.words(seed, 3, 100, new StepTable(1).set(0, 0.1f, 0.7f, 1, 1)), 0, StepState.WORDS);
    }

    /** Builds a computation with {@code build} and checks it; fails with the worst element of each wrong input. */
    public static void check(Backend backend, long seed, Consumer<GradientCheck> build) {
        List<String> wrong = run(backend, seed, build);
        if (!wrong.isEmpty()) {
            throw new AssertionError(String.join("; ", wrong));
        }
    }

    /** Builds and compares; returns a line for each input whose gradient is wrong. */
    public static List<String> run(Backend backend, long seed, Consumer<GradientCheck> build) {
        try (GradientCheck check = new GradientCheck(backend, seed)) {
            build.accept(check);
            check.tape.differentiate();
            check.tape.forward();
            check.tape.backward();
            return compare(backend, check.inputs, check.gradients, () -> {
                check.tape.forward();
                return check.objective();
            });
        }
    }

    /** Compares the gradients there are with differences of {@code objective}, which evaluates the computation anew. */
    public static List<String> compare(Backend backend, List<Tensor> inputs, List<Tensor> gradients, DoubleSupplier objective) {
        List<float[]> analytic = gradients.stream().map(Tensor::read).toList();
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            String failure = compare(inputs.get(i), analytic.get(i), objective);
            if (failure != null) {
                wrong.add(failure);
            }
        }
        return wrong;
    }

    private static String compare(Tensor input, float[] analytic, DoubleSupplier objective) {
        float[] original = input.read();
        double largest = SMALLEST;
        for (float g : analytic) {
            largest = Math.max(largest, Math.abs(g));
        }
        int count = 0;
        int worst = 0;
        double worstDifference = -1;
        double worstNumeric = 0;
        for (int i = 0; i < original.length; i++) {
            double numeric = difference(input, original, i, objective);
            double difference = Math.abs(numeric - analytic[i]);
            count += difference <= TOLERANCE * largest ? 0 : 1;
            if (!(difference <= worstDifference)) {
                worst = i;
                worstDifference = difference;
                worstNumeric = numeric;
            }
        }
        input.write(original);
        return count == 0 ? null
                : String.format(Locale.ROOT, "gradient of %s: %d of %d differ, worst at (%d, %d): analytic=%.6g numeric=%.6g allowed=%.2g",
                        input, count, original.length, worst / input.columns(), worst % input.columns(), analytic[worst], worstNumeric,
                        TOLERANCE * largest);
    }

    private static double difference(Tensor input, float[] original, int index, DoubleSupplier objective) {
        float[] moved = original.clone();
        moved[index] = (float) (original[index] + STEP);
        double up = moved[index];
        input.write(moved);
        double above = objective.getAsDouble();
        moved[index] = (float) (original[index] - STEP);
        double down = moved[index];
        input.write(moved);
        double below = objective.getAsDouble();
        return (above - below) / (up - down);
    }

    /** Returns the tape to build on. */
    public Tape tape() {
        return tape;
    }

    /** Returns a step state with a seed, step 3 and KL weight 0.7. */
    public Buffer state() {
        return state;
    }

    /** Returns an input whose gradient is checked, normal with that deviation, at least 0.05 away from 0 (kinks). */
    public Tensor input(String name, int rows, int columns, double deviation) {
        float[] start = new float[rows * columns];
        for (int i = 0; i < start.length; i++) {
            double value = random.nextGaussian() * deviation;
            start[i] = (float) (value + Math.copySign(0.05, value));
        }
        return watched(name, rows, columns, start);
    }

    /** Returns an input with given values whose gradient is checked. */
    public Tensor watched(String name, int rows, int columns, float[] start) {
        Tensor tensor = scope.tensor(name, rows, columns);
        Tensor gradient = scope.tensor("d " + name, rows, columns);
        tensor.write(start);
        backend.fill(gradient.buffer(), Float.NaN);
        tape.watch(tensor, gradient.buffer());
        inputs.add(tensor);
        gradients.add(gradient);
        return tensor;
    }

    /** Returns a constant, uniform in [low, high). */
    public Tensor constant(String name, int rows, int columns, double low, double high) {
        Tensor tensor = scope.tensor(name, rows, columns);
        float[] start = new float[rows * columns];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) (low + (high - low) * random.nextDouble());
        }
        tensor.write(start);
        return tensor;
    }

    /** Returns targets that suit a loss. */
    public Tensor targets(PointwiseLoss loss, int rows, int columns) {
        Tensor tensor = scope.tensor(loss.label() + " targets", rows, columns);
        tensor.write(PointwiseReference.of(loss).targets(random, rows * columns));
        return tensor;
    }

    /** Returns different weights for {@code rows} examples. */
    public LossWeights upstream(int rows) {
        return new LossWeights(constant("upstream", rows, 1, 0.3, 1.2), true);
    }

    /** Adds sum_r upstream[r] values[r] to the objective. */
    public void loss(Tensor rowValues, LossWeights upstream) {
        values.add(rowValues);
        weights.add(upstream.weights().read());
    }

    /** Adds a single value, already weighted by {@code weight} in its gradient, to the objective. */
    public void loss(Tensor value, float weight) {
        values.add(value);
        weights.add(new float[] {weight});
    }

    /** Adds the squared distance of a result to random targets, so that every element of it gets a gradient. */
    public void project(Tensor result) {
        LossWeights upstream = upstream(result.rows());
        Tensor target = constant("target", result.rows(), result.columns(), -1, 1);
        loss(new LossOps(tape).pointwise(PointwiseLoss.SQUARED_ERROR, result, target, upstream), upstream);
    }

    private double objective() {
        double sum = 0;
        for (int i = 0; i < values.size(); i++) {
            float[] rows = values.get(i).read();
            for (int r = 0; r < rows.length; r++) {
                sum += (double) weights.get(i)[r] * rows[r];
            }
        }
        return sum;
    }

    @Override
    public void close() {
        scope.close();
    }
}
