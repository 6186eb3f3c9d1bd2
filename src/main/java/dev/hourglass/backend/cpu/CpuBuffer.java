package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import java.util.Arrays;

/** A range of a Java array. New float memory is NaN, so that reading what was never written shows. */
final class CpuBuffer implements Buffer {
    /** One allocation, shared by its slices. */
    private static final class Memory {
        private Object array;

        Memory(Object array) {
            this.array = array;
        }
    }

    /**
     * Elements before the first float of an allocation. A large array is a humongous object of G1, whose element 0 lies 16 bytes past a cache line: so many
     * floats on, every vector of it is one line instead of two halves (2 to 3 % of a training step on a Zen 5).
     */
    static final int LINE_START = 12;

    /** What every JVM can put into one array. */
    private static final int MOST = Integer.MAX_VALUE - 8 - LINE_START;

    private final Memory memory;
    private final ElementType type;
    private final int offset;
    private final int length;

    private CpuBuffer(Memory memory, ElementType type, int offset, int length) {
        this.memory = memory;
        this.type = type;
        this.offset = offset;
        this.length = length;
    }

    static CpuBuffer allocate(ElementType type, long length) {
        if (length < 0 || length > MOST) {
            throw new IllegalArgumentException("allocate: length=" + length + ", expected 0 to " + MOST
                    + " elements in one buffer on the CPU");
        }
        int size = (int) length;
        int start = type == ElementType.FLOAT32 ? LINE_START : 0;
        return new CpuBuffer(new Memory(switch (type) {
            case FLOAT32 -> filled(new float[start + size]);
            case UINT8 -> new byte[size];
            case INT32 -> new int[size];
            case FLOAT64 -> filled(new double[size]);
        }), type, start, size);
    }

    private static float[] filled(float[] array) {
        Arrays.fill(array, Float.NaN);
        return array;
    }

    private static double[] filled(double[] array) {
        Arrays.fill(array, Double.NaN);
        return array;
    }

    /** The buffer as one of this backend. */
    static CpuBuffer of(Buffer buffer) {
        if (buffer instanceof CpuBuffer own) {
            return own;
        }
        throw new IllegalArgumentException(
                "buffer: not of the CPU backend: class=" + (buffer == null ? "null" : buffer.getClass().getName()));
    }

    /** The array of a FLOAT32 buffer; its elements start at {@link #offset}. */
    static float[] floats(Buffer buffer) {
        return (float[]) of(buffer).array();
    }

    static byte[] bytes(Buffer buffer) {
        return (byte[]) of(buffer).array();
    }

    static int[] ints(Buffer buffer) {
        return (int[]) of(buffer).array();
    }

    static double[] doubles(Buffer buffer) {
        return (double[]) of(buffer).array();
    }

    /** Index of the first element in the array. */
    static int offset(Buffer buffer) {
        return of(buffer).offset;
    }

    static int length(Buffer buffer) {
        return of(buffer).length;
    }

    private Object array() {
        Object array = memory.array;
        if (array == null) {
            throw new IllegalStateException("buffer: used after release: length=" + length + ", type=" + type);
        }
        return array;
    }

    /** Forgets the memory, for every slice of it. */
    void release() {
        if (memory.array == null) {
            throw new IllegalStateException("buffer: released twice: length=" + length + ", type=" + type);
        }
        memory.array = null;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Buffer slice(long start, long count) {
        if (start < 0 || count < 0 || start + count > length) {
            throw new IndexOutOfBoundsException(
                    "slice: offset=" + start + ", length=" + count + ", expected inside " + length + " elements");
        }
        return new CpuBuffer(memory, type, offset + (int) start, (int) count);
    }
}
