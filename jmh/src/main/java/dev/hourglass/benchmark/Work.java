package dev.hourglass.benchmark;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What the timed methods did, in units that mean something on every machine; JMH divides by the time. */
public final class Work {
    private Work() {
    }

    /** Arithmetic: useful floating-point operations of the matrix products. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Arithmetic {
        /** Billions of floating-point operations. */
        public double gigaflop;
    }

    /** Memory traffic: every input read once, every output written once. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Traffic {
        /** 10^9 bytes. */
        public double gigabyte;
    }

    /** Training. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Training {
        /** Billions of useful floating-point operations in the matrix products of the steps. */
        public double gigaflop;
        /** Optimizer steps. */
        public long step;
    }
}
