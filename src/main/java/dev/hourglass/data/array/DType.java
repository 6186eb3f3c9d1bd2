package dev.hourglass.data.array;

/** Element types of a safetensors file, by the names the format uses. */
public enum DType {
    /** 64-bit float, a Java {@code double}. */
    F64(8),
    /** 32-bit float, a Java {@code float}. */
    F32(4),
    /** IEEE 754 half precision; read as {@code float}, not written. */
    F16(2),
    /** The upper half of a 32-bit float; read as {@code float}, not written. */
    BF16(2),
    /** 64-bit integer, a Java {@code long}. */
    I64(8),
    /** 32-bit integer, a Java {@code int}. */
    I32(4),
    /** Unsigned byte, the bits of a Java {@code byte}. */
    U8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
