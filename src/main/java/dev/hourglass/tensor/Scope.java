package dev.hourglass.tensor;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.message.Require;
import java.util.ArrayList;
import java.util.List;

/** Owner of device memory: everything allocated through it is released when it closes. Not safe for use by several threads at once. */
public final class Scope implements AutoCloseable {
    private final Backend backend;
    private final String name;
    private final List<Buffer> owned = new ArrayList<>();
    private boolean closed;

    /** Opens a scope on a device; {@code name} appears in error messages. */
    public Scope(Backend backend, String name) {
        this.backend = backend;
        this.name = name;
    }

    /** Returns the device of this scope. */
    public Backend backend() {
        return backend;
    }

    /** Returns the name given at construction. */
    public String name() {
        return name;
    }

    /** Returns whether this scope was closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Returns a new matrix of undefined contents. */
    public Tensor tensor(String tensorName, int rows, int columns) {
        return new Tensor(this, tensorName, rows, columns, buffer(ElementType.FLOAT32, (long) rows * columns));
    }

    /** Returns a matrix over the given part of memory; that memory must outlive this scope or belong to it. */
    public Tensor view(String tensorName, int rows, int columns, Buffer memory) {
        return new Tensor(this, tensorName, rows, columns, memory);
    }

    /**
     * Returns new memory of undefined contents.
     *
     * @throws IllegalStateException when this scope is closed
     */
    public Buffer buffer(ElementType type, long length) {
        Require.state(!closed, "scope", "allocation after close", "scope", name, "an open scope");
        Buffer buffer = backend.allocate(type, length);
        owned.add(buffer);
        return buffer;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            owned.forEach(backend::release);
            owned.clear();
        }
    }

    /** Returns its name and how much it owns, in one line. */
    @Override
    public String toString() {
        return "Scope[" + name + (closed ? ", closed]" : ", " + owned.size() + " buffers]");
    }
}
