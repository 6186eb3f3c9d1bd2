package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Arithmetic;
import dev.hourglass.backend.cpu.Lanes;

/** The vector twins as they are: those of an engine are plain numbers at first. */
public final class Forms {
    private Forms() {
    }

    /** Returns the vector twin. */
    public static Lanes vectorLanes() {
        return new VectorLanes();
    }

    /** Returns the vector twin. */
    public static Arithmetic vectorArithmetic() {
        return new VectorArithmetic();
    }
}
