package dev.hourglass.backend.cpu.vector;

/** Sums in plain numbers with the bits of sums in vectors: those of each lane of a block as floats, then the lanes in order as doubles. */
final class LaneSum {
    /** A number to add. */
    @FunctionalInterface
    interface Term {
        float at(int index);
    }

    private LaneSum() {
    }

    /** The sum of terms 0 to {@code bound}, a multiple of the vector length. */
    static double of(int bound, Term term) {
        double sum = 0;
        for (int first = 0; first < bound; first += VectorBlock.CAPACITY) {
            sum += ofBlock(first, Math.min(bound, first + VectorBlock.CAPACITY), term);
        }
        return sum;
    }

    private static double ofBlock(int first, int end, Term term) {
        double sum = 0;
        for (int lane = 0; lane < VectorBlock.LANES; lane++) {
            float part = 0f;
            for (int i = first + lane; i < end; i += VectorBlock.LANES) {
                part = term.at(i) + part;
            }
            sum += part;
        }
        return sum;
    }
}
