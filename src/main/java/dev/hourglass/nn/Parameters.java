package dev.hourglass.nn;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All parameters of a model: declared one by one, then laid out in one buffer (matrices first) with their gradients in another. */
public final class Parameters {
    private final Map<String, Declaration> declared = new LinkedHashMap<>();
    private final Map<String, Parameter> sealed = new LinkedHashMap<>();
    private Tensor values;
    private Tensor gradients;
    private Tensor matrices;
    private long matrixLength;

    private record Declaration(String name, int rows, int columns, Supplier<float[]> start) {
        boolean isMatrix() {
            return Parameter.isMatrix(name);
        }

        int size() {
            return rows * columns;
        }
    }

    /**
     * Declares a parameter. Names ending in {@code weight} are matrices: they come first and alone are subject to weight decay.
     *
     * @param start gives its first values, row-major, when sealed
     */
    public void declare(String name, int rows, int columns, Supplier<float[]> start) {
        Require.state(values == null, "parameters", "declaration after sealing", "name", name, "all before seal");
        requireRoom(name, (long) rows * columns);
        Require.that(declared.put(name, new Declaration(name, rows, columns, start)) == null, "parameters", "declared twice", "name", name,
                "unique names");
    }

    private static void requireRoom(String name, long numbers) {
        Require.that(numbers <= Integer.MAX_VALUE, "model", "more parameters than an array holds", name, numbers,
                "at most " + Integer.MAX_VALUE + "; choose narrower layers or fewer columns");
    }

    /** Returns how many parameters have been declared so far: the index of the next for its random draws. */
    public int count() {
        return declared.size();
    }

    /** Lays everything out in memory of {@code scope} and writes the first values. */
    public void seal(Scope scope) {
        List<Declaration> order = new ArrayList<>();
        declared.values().stream().filter(Declaration::isMatrix).forEach(order::add);
        matrixLength = order.stream().mapToLong(Declaration::size).sum();
        declared.values().stream().filter(d -> !d.isMatrix()).forEach(order::add);
        long all = order.stream().mapToLong(Declaration::size).sum();
        requireRoom("parameters", all);
        int length = (int) all;
        Buffer memory = scope.buffer(ElementType.FLOAT32, length);
        Buffer gradientMemory = scope.buffer(ElementType.FLOAT32, length);
        values = scope.view("parameters", 1, length, memory);
        gradients = scope.view("gradients", 1, length, gradientMemory);
        matrices = scope.view("weights", 1, (int) matrixLength, memory.slice(0, matrixLength));
        long offset = 0;
        for (Declaration d : order) {
            Tensor value = scope.view(d.name(), d.rows(), d.columns(), memory.slice(offset, d.size()));
            Tensor gradient = scope.view("d " + d.name(), d.rows(), d.columns(), gradientMemory.slice(offset, d.size()));
            value.write(d.start().get());
            sealed.put(d.name(), new Parameter(d.name(), value, gradient));
            offset += d.size();
        }
    }

    /** Returns a sealed parameter. */
    public Parameter get(String name) {
        Parameter parameter = sealed.get(name);
        // Written out, because listing all names at every call would cost more than the call.
        if (parameter == null) {
            throw new IllegalArgumentException("parameters: unknown name: name=" + name + ", expected one of " + sealed.keySet());
        }
        return parameter;
    }

    /** Returns the value of a sealed parameter, or null when there is none of that name. */
    public Tensor find(String name) {
        Parameter parameter = sealed.get(name);
        return parameter == null ? null : parameter.value();
    }

    /** Returns every parameter in memory order. */
    public Collection<Parameter> all() {
        return sealed.values();
    }

    /** Returns all values, [1, length]. */
    public Tensor values() {
        return values;
    }

    /** Returns all gradients, [1, length]. */
    public Tensor gradients() {
        return gradients;
    }

    /** Returns all matrices, [1, decayed], the front part of {@link #values}. */
    public Tensor matrices() {
        return matrices;
    }

    /** Returns how many leading values are matrices. */
    public long decayed() {
        return matrixLength;
    }

    /** Returns tensors of the given names, each [1, length of all values] and zero: what an optimizer keeps beside the parameters. */
    public List<Tensor> likeAll(Scope scope, String... names) {
        List<Tensor> tensors = new ArrayList<>();
        for (String name : names) {
            Tensor tensor = scope.tensor(name, 1, values.columns());
            scope.backend().fill(tensor.buffer(), 0);
            tensors.add(tensor);
        }
        return tensors;
    }

    /** Declares on a tape that every gradient is wanted. */
    public void watch(Tape tape) {
        for (Parameter parameter : all()) {
            tape.watch(parameter.value(), parameter.gradient().buffer());
        }
    }

    /** Returns how many there are, in one line. */
    @Override
    public String toString() {
        return "Parameters[" + declared.keySet() + ", " + (values == null ? "not sealed]" : values.size() + " numbers]");
    }
}
