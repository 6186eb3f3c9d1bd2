package dev.hourglass.autograd;

import dev.hourglass.tensor.Tensor;

/** Messages of refused operations: {@code <op>: <fact>: name=value, expected ...}. */
final class Check {
    private Check() {
    }

    static void shape(String op, String role, Tensor tensor, int rows, int columns) {
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalArgumentException(
                    op + ": " + role + " has another shape: " + role + "=" + tensor + ", expected [" + rows + ", " + columns + "]");
        }
    }

    static void columns(String op, String role, Tensor tensor, int columns) {
        if (tensor.columns() != columns) {
            throw new IllegalArgumentException(
                    op + ": " + role + " has another width: " + role + "=" + tensor + ", expected " + columns + " columns");
        }
    }

    static void that(boolean holds, String op, String fact, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(op + ": " + fact + ": " + name + "=" + value + ", expected " + expected);
        }
    }
}
