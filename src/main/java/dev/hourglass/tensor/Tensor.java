package dev.hourglass.tensor;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;

/** A named row-major matrix of 32-bit floats on a device. */
public final class Tensor {
    private final Scope scope;
    private final String name;
    private final int rows;
    private final int columns;
    private final Buffer memory;

    Tensor(Scope scope, String name, int rows, int columns, Buffer memory) {
        if (rows < 1 || columns < 1 || memory.length() != (long) rows * columns) {
            throw new IllegalArgumentException("tensor " + name + ": shape does not fit its memory: shape=[" + rows + ", " + columns
                    + "], length=" + memory.length() + ", expected positive sizes whose product is the length");
        }
        this.scope = scope;
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.memory = memory;
    }

    /** Returns the name, for messages. */
    public String name() {
        return name;
    }

    /** Returns the number of rows. */
    public int rows() {
        return rows;
    }

    /** Returns the number of columns. */
    public int columns() {
        return columns;
    }

    /** Returns rows times columns. */
    public int size() {
        return Math.multiplyExact(rows, columns);
    }

    /** Returns the scope that owns the memory. */
    public Scope scope() {
        return scope;
    }

    /**
     * Returns the device memory.
     *
     * @throws IllegalStateException after the scope closed, naming tensor and scope
     */
    public Buffer buffer() {
        if (scope.isClosed()) {
            throw new IllegalStateException("tensor " + this + ": used after close: scope=" + scope.name() + ", expected an open scope");
        }
        return memory;
    }

    /** Copies row-major values to the device. */
    public void write(float[] values) {
        if (values.length != size()) {
            throw new IllegalArgumentException("tensor " + this + ": write: length=" + values.length + ", expected " + size());
        }
        backend().write(buffer(), values, 0, values.length);
    }

    /** Returns the values, row-major, once everything before has finished. */
    public float[] read() {
        float[] values = new float[size()];
        backend().read(buffer(), values, 0);
        return values;
    }

    private Backend backend() {
        return scope.backend();
    }

    /** Returns name and shape, such as {@code hidden1 [128, 400]}. */
    @Override
    public String toString() {
        return name + " [" + rows + ", " + columns + "]";
    }
}
