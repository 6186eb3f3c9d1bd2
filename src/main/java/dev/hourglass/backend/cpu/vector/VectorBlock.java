package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A block of elements on its way through the loops that make up a function; what stands between two loops stays in the first cache.
 *
 * <p>C2 keeps vectors in registers only while it is certain of their class, and on JDK 17 it gives that up in a method with many operations ({@link Priming}
 * tells why, and helps). Hence the rules for all loops of this package. They are short, at most some 40 operations, and call nothing but the vector library. A
 * function is a list of at least three loops called from one place, {@link #run}, where C2 sees too many receivers to inline them together. Constants of an
 * inner loop are vectors made just before it: a plain number costs a second operation for C2, and a vector in a static field is read again after every
 * store. Integer vectors meet plain numbers in shifts alone, since that overload looks for shifts first and C2 must see it always find one.
 */
final class VectorBlock {
    /** A loop over the block. */
    @FunctionalInterface
    interface Loop {
        void run(VectorBlock block);
    }

    /** Vectors in a block: no more floats than this are added up in a lane before a sum moves on to a double. */
    static final int VECTORS = 16;
    static final int LANES = SPECIES.length();
    static final int CAPACITY = VECTORS * LANES;

    /** Input and where the block begins in it. */
    final float[] x;
    int xOffset;
    /** Output, likewise. */
    final float[] y;
    int yOffset;
    /** Elements, a multiple of the vector length. */
    int length;
    /** What the exponential works on, in place. */
    final float[] e;
    /** A second result on its way. */
    final float[] d;
    /** A factor, where a loop has one. */
    final float factor;
    private final int total;

    /** @param total elements that the loops will run over */
    VectorBlock(float[] x, int xOffset, float[] y, int yOffset, float factor, int total) {
        this.x = x;
        this.xOffset = xOffset;
        this.y = y;
        this.yOffset = yOffset;
        this.factor = factor;
        this.total = total;
        e = new float[Math.min(total, CAPACITY)];
        d = new float[e.length];
    }

    /** Runs the loops over all elements, block by block. */
    void run(Loop[] loops) {
        for (int done = 0; done < total; done += CAPACITY) {
            length = Math.min(CAPACITY, total - done);
            for (Loop loop : loops) {
                loop.run(this);
            }
            xOffset += length;
            yOffset += length;
        }
    }

    static FloatVector constant(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
