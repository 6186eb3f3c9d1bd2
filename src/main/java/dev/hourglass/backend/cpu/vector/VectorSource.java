package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Arithmetic;
import dev.hourglass.backend.cpu.Engine;
import dev.hourglass.backend.cpu.Gemm;
import dev.hourglass.backend.cpu.Lanes;
import dev.hourglass.backend.cpu.Parallel;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Gives {@link Engine} the vector twins. */
public final class VectorSource implements Engine.Source {
    /** The one vector shape of this process. */
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    /** Whether there are registers for a tile of 12 x 2 vectors: AVX-512 and ARM have 32 of them, AVX2 has 16. */
    static final boolean MANY_REGISTERS = SPECIES.vectorBitSize() >= 512 || isArm();

    private final GradualLanes lanes = new GradualLanes();
    private final GradualArithmetic arithmetic = new GradualArithmetic();

    /** Primes the JVM for the vectors of this process and begins to have them compiled. */
    public VectorSource() {
        if (refusal() == null) {
            Priming.run();
            Tile.prepare();
        }
    }

    private static boolean isArm() {
        return System.getProperty("os.arch").toLowerCase(Locale.ROOT).startsWith("aarch64");
    }

    @Override
    public String refusal() {
        return SPECIES.vectorBitSize() >= 256 || isArm() ? null
                : "this processor has no fused multiply-add on vectors (AVX2, AVX-512 or ARM): " + SPECIES.vectorBitSize()
                        + "-bit vectors only";
    }

    @Override
    public String name() {
        return SPECIES.vectorBitSize() + "-bit vectors";
    }

    @Override
    public Gemm gemm(Parallel parallel) {
        return new VectorGemm(parallel, arithmetic);
    }

    @Override
    public Lanes lanes() {
        return lanes;
    }

    @Override
    public Arithmetic arithmetic() {
        return arithmetic;
    }
}
