package dev.hourglass.backend;

/** A range of elements in the memory of one {@link Backend}; only that backend reads or writes it. */
public interface Buffer {
    /** Returns what the elements are. */
    ElementType type();

    /** Returns the number of elements. */
    long length();

    /**
     * Returns a view of {@code length} elements from {@code offset}; it shares memory with this buffer and needs no release of its own.
     *
     * @throws IndexOutOfBoundsException when the range is not inside this buffer
     */
    Buffer slice(long offset, long length);
}
