package dev.hourglass.backend;

/** What one element of a {@link Buffer} is. */
public enum ElementType {
    /** 32-bit float: every tensor. */
    FLOAT32(4),
    /** Unsigned byte: pictures kept in their own type. */
    UINT8(1),
    /** 32-bit integer: row orders, labels and the step state. */
    INT32(4),
    /** 64-bit float: sums over an epoch. */
    FLOAT64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
