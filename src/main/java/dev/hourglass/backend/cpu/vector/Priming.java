package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Mixes the operations on floats before anything is compiled: some 40 ms, loading the library's classes included.
 *
 * <p>C2 believes what it has seen. It compiles the library's inner method for, say, all operations of two operands when it has met one of them only; the
 * next one ends in a trap, and traps are counted. That method is part of every such operation, so in a loop of ours with many operations C2 adds its traps
 * up, and beyond a hundred (PerMethodTrapLimit) it trusts no class any more and puts every vector of the loop on the heap. Whether that happened hung on the
 * moment of compilation: one start in five lost a third of its speed. After a mixture there are no such traps. Floats alone: a second kind of vector would
 * blur what must stay certain.
 */
final class Priming {
    private static final int ROUNDS = 1000;

    private Priming() {
    }

    /** Runs the operations; the result depends on all of them. */
    static float run() {
        float[] values = new float[SPECIES.length()];
        for (int round = 0; round < ROUNDS; round++) {
            FloatVector x = FloatVector.fromArray(SPECIES, values, 0);
            FloatVector y = FloatVector.broadcast(SPECIES, 2f);
            y.fma(x, y).add(y).mul(y).sub(x).div(y).min(y).max(x).abs().neg().sqrt().intoArray(values, 0);
        }
        return values[0];
    }
}
