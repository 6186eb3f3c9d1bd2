package dev.hourglass.data.array;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One named tensor to be written: its type, its shape (empty for a scalar) and where its elements come from, in row-major order.
 * Made by the factories from arrays, or from a {@link Source} for data that is elsewhere, such as on a device.
 */
public record TensorEntry(String name, DType type, long[] shape, Source source) {

    /** Gives the elements in order, piece by piece, so that a tensor larger than memory (or than an array) can be written. */
    @FunctionalInterface
    public interface Source {
        /**
         * Fills the buffer with elements.
         *
         * @param first index of the first element wanted
         * @param out   little-endian; to be filled from 0 up to its limit, a whole number of elements; where its position ends is ignored. Modified.
         */
        void fill(long first, ByteBuffer out);
    }

    /**
     * @throws IllegalArgumentException if the name is empty or reserved, the type is only readable or the shape is negative or too large
     */
    public TensorEntry {
        if (name.isEmpty() || name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("safetensors: the tensor name '" + name + "' is reserved, expected another name");
        }
        if (type == DType.F16 || type == DType.BF16) {
            throw new IllegalArgumentException(
                    "safetensors: tensor '" + name + "' has type " + type + ", expected F32, F64, I32, I64 or U8");
        }
        shape = shape.clone();
        if (SafetensorsHeader.bytes(type, shape) < 0) {
            throw new IllegalArgumentException("safetensors: tensor '" + name + "' has shape " + Arrays.toString(shape)
                    + ", expected sizes from 0 and less than 2^63 bytes");
        }
    }

    /** Sizes, outermost first, empty for a scalar; a copy. */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Size of the elements in bytes. */
    public long bytes() {
        return SafetensorsHeader.bytes(type, shape);
    }

    /** A tensor of 32-bit floats; the array is not copied. */
    public static TensorEntry of(String name, long[] shape, float[] data) {
        return of(name, shape, data, 0);
    }

    /** A tensor of 32-bit floats that starts at {@code offset} of the array, which is not copied: one parameter of a shared buffer. */
    public static TensorEntry of(String name, long[] shape, float[] data, int offset) {
        return checked(
                new TensorEntry(name, DType.F32, shape,
                        (first, out) -> out.asFloatBuffer().put(data, Math.toIntExact(offset + first), out.remaining() / 4)),
                data.length, offset, offset != 0);
    }

    /** A tensor of 64-bit floats; the array is not copied. */
    public static TensorEntry of(String name, long[] shape, double[] data) {
        return checked(
                new TensorEntry(name, DType.F64, shape,
                        (first, out) -> out.asDoubleBuffer().put(data, Math.toIntExact(first), out.remaining() / 8)),
                data.length, 0, false);
    }

    /** A tensor of 32-bit integers; the array is not copied. */
    public static TensorEntry of(String name, long[] shape, int[] data) {
        return checked(new TensorEntry(name, DType.I32, shape,
                (first, out) -> out.asIntBuffer().put(data, Math.toIntExact(first), out.remaining() / 4)), data.length, 0, false);
    }

    /** A tensor of 64-bit integers; the array is not copied. */
    public static TensorEntry of(String name, long[] shape, long[] data) {
        return checked(new TensorEntry(name, DType.I64, shape,
                (first, out) -> out.asLongBuffer().put(data, Math.toIntExact(first), out.remaining() / 8)), data.length, 0, false);
    }

    /** A tensor of unsigned bytes; the array is not copied. */
    public static TensorEntry of(String name, long[] shape, byte[] data) {
        return checked(new TensorEntry(name, DType.U8, shape, (first, out) -> out.put(data, Math.toIntExact(first), out.remaining())),
                data.length, 0, false);
    }

    private static TensorEntry checked(TensorEntry entry, long length, long offset, boolean part) {
        long elements = entry.bytes() / entry.type.bytes();
        if (part ? offset < 0 || elements > length - offset : elements != length) {
            throw new IllegalArgumentException("safetensors: tensor '" + entry.name + "' of shape " + Arrays.toString(entry.shape) + " has "
                    + elements + " elements, array length=" + length + " offset=" + offset + ", expected " + (part ? "at least " : "")
                    + (offset + elements));
        }
        return entry;
    }
}
