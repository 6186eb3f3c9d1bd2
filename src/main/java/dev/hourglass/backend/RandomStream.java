package dev.hourglass.backend;

/** Third word of the Philox counter: keeps what is drawn for one purpose apart from every other. The ordinal is the stream id. */
public enum RandomStream {
    /** Initial weights. */
    INITIALIZATION,
    /** Order of the rows in an epoch. */
    SHUFFLE,
    /** Corruption of inputs. */
    CORRUPTION,
    /** eps of reparameterised samples. */
    SAMPLING,
    /** Dynamic binarisation. */
    BINARIZATION,
    /** Random signs of the Hutchinson estimator. */
    PROBES,
    /** Neighbours x + e of the contractive Hessian term. */
    NEIGHBOURS
}
