package dev.hourglass.backend.cpu;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The fast parts of the CPU backend as one choice: vector twins where the JVM has them, scalar twins elsewhere.
 *
 * @param parallel the threads both work with
 * @param name what was chosen, for people
 */
public record Engine(Parallel parallel, Gemm gemm, Lanes lanes, Arithmetic arithmetic, String name) {
    private static final String VECTOR_SOURCE = Engine.class.getPackageName() + ".vector.VectorSource";
    private static final Logger LOG = System.getLogger(Engine.class.getName());
    private static final Choice CHOICE = choose();

    /** Where the vector twins come from; implemented beside them, so that no class here refers to the incubator module. */
    public interface Source {
        /** Returns why this machine should not use vectors, or null when it should. */
        String refusal();

        /** Returns the vector shape, for people. */
        String name();

        /** Returns matrix products on these threads. */
        Gemm gemm(Parallel parallel);

        /** Returns elementary functions, losses and random numbers over ranges. */
        Lanes lanes();

        /** Returns sums and products over ranges. */
        Arithmetic arithmetic();
    }

    private record Choice(Source source, String reason) {
    }

    /** Returns the fastest engine this JVM allows. */
    public static Engine best(Parallel parallel) {
        Source source = CHOICE.source();
        return source == null ? scalar(parallel)
                : new Engine(parallel, source.gemm(parallel), source.lanes(), source.arithmetic(), source.name());
    }

    /** Makes the choice of {@link #best} now, with which the vector twins begin to be compiled in the background. */
    public static void prepare() {
        // Loading this class has done it.
    }

    /** Returns the engine of plain Java. */
    public static Engine scalar(Parallel parallel) {
        return new Engine(parallel, new ScalarGemm(parallel), new ScalarLanes(), new ScalarArithmetic(), "plain Java");
    }

    private static Choice choose() {
        Choice choice = probe();
        if (choice.source() == null) {
            LOG.log(Level.WARNING, "CPU backend runs several times slower than it could: {0}", choice.reason());
        }
        return choice;
    }

    private static Choice probe() {
        if (!VectorModule.isThere()) {
            return new Choice(null, "start java with --add-modules " + VectorModule.NAME);
        }
        try {
            Source source = (Source) Class.forName(VECTOR_SOURCE).getDeclaredConstructor().newInstance();
            return source.refusal() == null ? new Choice(source, "") : new Choice(null, source.refusal());
        } catch (ReflectiveOperationException | LinkageError e) {
            return new Choice(null, "vector engine not usable: " + e);
        }
    }
}
