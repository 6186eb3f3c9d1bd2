package dev.hourglass.batch;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Scaling;
import dev.hourglass.tensor.Scope;

/** A window of rows of a data set on a device, with what the gathering of a batch scales them by. */
final class ScaledRows {
    private final Backend backend;
    private final Dataset source;
    private final Scaling scaling;
    private final Buffer values;
    private final Buffer shift;
    private final Buffer scale;

    ScaledRows(Scope scope, Dataset source, Scaling scaling, int window) {
        this.backend = scope.backend();
        this.source = source;
        this.scaling = scaling;
        this.values = scope.buffer(type(source, scaling), (long) window * source.columns());
        this.shift = upload(scope, scaling.shift());
        this.scale = upload(scope, scaling.scale());
    }

    private static Buffer upload(Scope scope, float[] values) {
        Buffer buffer = scope.buffer(ElementType.FLOAT32, values.length);
        scope.backend().write(buffer, values, 0, values.length);
        return buffer;
    }

    /** Bytes stay bytes on the device, unless it gets their logarithms or what was scaled in double. */
    static ElementType type(Dataset data, Scaling scaling) {
        boolean asTheyAre = !scaling.isLogarithmic() && scaling.wide() == null;
        return data.element() == Dataset.Element.UINT8 && asTheyAre ? ElementType.UINT8 : ElementType.FLOAT32;
    }

    Buffer values() {
        return values;
    }

    Buffer shift() {
        return shift;
    }

    Buffer scale() {
        return scale;
    }

    /** Copies the rows at {@code start} on of an order, or of the set itself when that is null, to row {@code targetRow} of the window. */
    void copy(int[] order, int start, int rows, int targetRow) {
        int columns = source.columns();
        Buffer part = values.slice((long) targetRow * columns, (long) rows * columns);
        if (values.type() == ElementType.UINT8) {
            byte[] bytes = new byte[rows * columns];
            if (order == null) {
                source.copyRows(start, rows, bytes, 0);
            }
            for (int i = 0; order != null && i < rows; i++) {
                source.copyRows(order[start + i], 1, bytes, i * columns);
            }
            backend.write(part, bytes, 0, bytes.length);
        } else {
            float[] floats = new float[rows * columns];
            for (int i = 0; i < rows; i++) {
                scaling.prescale(source, order == null ? start + i : order[start + i], floats, i * columns);
            }
            backend.write(part, floats, 0, floats.length);
        }
    }
}
