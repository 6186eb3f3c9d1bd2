package dev.hourglass.autograd;

import dev.hourglass.message.Require;
import dev.hourglass.tensor.Tensor;

/** What operations require of the shapes of tensors, beside {@link Require}. */
final class Check {
    private Check() {
    }

    static void shape(String op, String role, Tensor tensor, int rows, int columns) {
        Require.that(tensor.rows() == rows && tensor.columns() == columns, op, role + " has another shape", role, tensor,
                "[" + rows + ", " + columns + "]");
    }

    static void columns(String op, String role, Tensor tensor, int columns) {
        Require.that(tensor.columns() == columns, op, role + " has another width", role, tensor, columns + " columns");
    }
}
