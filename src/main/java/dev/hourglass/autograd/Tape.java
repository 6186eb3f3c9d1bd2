package dev.hourglass.autograd;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A computation written down once and run many times. Operations append their forward pass; {@link #differentiate} walks them backwards once,
 * lets each append its backward pass, and decides for every gradient which write is the first (it sets) and which come later (they add), so that
 * nothing is ever zero-filled.
 *
 * <p>Loss terms are the leaves: their weight in the objective is an input (see {@link LossWeights}), so there is no scalar loss to start from.
 */
public final class Tape {
    private final Scope scope;
    private final List<Runnable> forward = new ArrayList<>();
    private final List<Supplier<Runnable>> differentials = new ArrayList<>();
    private final List<Runnable> backward = new ArrayList<>();
    private final Map<Tensor, Buffer> gradients = new LinkedHashMap<>();
    private final Set<Tensor> written = new HashSet<>();
    private boolean differentiated;

    /** Starts an empty tape whose activations and gradients live in {@code scope}. */
    public Tape(Scope scope) {
        this.scope = scope;
    }

    /** Returns the scope of the activations. */
    public Scope scope() {
        return scope;
    }

    /** Returns the device. */
    public Backend backend() {
        return scope.backend();
    }

    /** Declares that the gradient of {@code tensor} is wanted, in {@code gradient} (same length); parameters and checked inputs. */
    public void watch(Tensor tensor, Buffer gradient) {
        Require.that(gradient.length() == tensor.size(), "watch", "gradient of another size", "length", gradient.length(),
                tensor.size() + " as the tensor " + tensor);
        gradients.put(tensor, gradient);
    }

    /** Returns whether a gradient of this tensor is wanted. */
    public boolean isWatched(Tensor tensor) {
        return gradients.containsKey(tensor);
    }

    /** Returns a new tensor for the result of an operation on {@code inputs}; it is watched when one of them is. */
    Tensor result(String name, int rows, int columns, Tensor... inputs) {
        Tensor tensor = scope.tensor(name, rows, columns);
        for (Tensor input : inputs) {
            if (input != null && isWatched(input)) {
                gradients.put(tensor, null);
            }
        }
        return tensor;
    }

    /** Returns a second name for the memory of {@code tensor} with a gradient of its own. */
    Tensor alias(Tensor tensor, String name) {
        Tensor alias = scope.view(name, tensor.rows(), tensor.columns(), tensor.buffer());
        if (isWatched(tensor)) {
            gradients.put(alias, null);
        }
        return alias;
    }

    /** Appends an operation: what to run forward, and what later writes its backward pass (null when no gradient reached its result). */
    void append(Runnable operation, Supplier<Runnable> differential) {
        Require.state(!differentiated, "tape", "operation after differentiate", "differentiated", true, "all operations before it");
        forward.add(operation);
        differentials.add(differential);
    }

    /** Appends an operation without a gradient. */
    public void append(Runnable operation) {
        append(operation, () -> null);
    }

    /** Returns the gradient that reached a tensor, or null when none did. Used while differentiating. */
    Buffer gradient(Tensor tensor) {
        return written.contains(tensor) ? gradients.get(tensor) : null;
    }

    /** Returns where to write a gradient of {@code tensor} and whether to add; {@link Target#NONE} when it is not watched. */
    Target target(Tensor tensor) {
        if (tensor == null || !isWatched(tensor)) {
            return Target.NONE;
        }
        boolean accumulate = !written.add(tensor);
        return new Target(gradients.computeIfAbsent(tensor, t -> scope.tensor("d " + t.name(), t.rows(), t.columns()).buffer()),
                accumulate);
    }

    /** Writes the backward pass. Watched tensors that no term depends on get a zero gradient. */
    public void differentiate() {
        Require.state(!differentiated, "tape", "differentiated twice", "differentiated", true, "once");
        differentiated = true;
        for (int i = differentials.size() - 1; i >= 0; i--) {
            Runnable step = differentials.get(i).get();
            if (step != null) {
                backward.add(step);
            }
        }
        gradients.forEach((tensor, gradient) -> {
            if (gradient != null && !written.contains(tensor)) {
                backward.add(() -> backend().fill(gradient, 0));
            }
        });
    }

    /** Runs every operation. */
    public void forward() {
        forward.forEach(Runnable::run);
    }

    /** Runs the backward pass; {@link #forward} came before. */
    public void backward() {
        Require.state(differentiated, "tape", "backward before differentiate", "differentiated", false,
                "differentiate once when the tape is complete");
        backward.forEach(Runnable::run);
    }

    /** Where a gradient goes. */
    record Target(Buffer buffer, boolean accumulate) {
        static final Target NONE = new Target(null, false);
    }

    /** Returns how many operations it holds, in one line. */
    @Override
    public String toString() {
        return "Tape[" + forward.size() + " operations" + (differentiated ? ", differentiated]" : "]");
    }
}
