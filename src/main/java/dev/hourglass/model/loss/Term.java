package dev.hourglass.model.loss;

/** What is reported of a model on data; all in nats per example except {@link #LOSS} where penalties carry their weights. The ordinal is the slot of its sum. */
public enum Term {
    /** What is minimised. */
    LOSS,
    /** -log p(x|z), or the squared error. */
    RECONSTRUCTION,
    /** KL(q(z|x) || p(z)); log q(z|x) - log p(z) at the samples for an importance-weighted model. */
    KL,
    /** sum_j max(free bits, KL_j): what stands for the KL in the loss when free bits are on. */
    FREE_BITS,
    /** The negative importance-weighted bound. */
    BOUND,
    /** KL of mean activations to rho, before its weight. */
    SPARSITY,
    /** sum_j |h_j|, before its weight. */
    L1,
    /** Squared Frobenius norm of the encoder's Jacobian, before its weight. */
    CONTRACTION,
    /** Squared change of the Jacobian between neighbours, before its weight. */
    HESSIAN,
    /** 0.5 |W|^2, before its weight. */
    WEIGHT_DECAY;

    /** Returns whether this is a penalty, reported under that heading. */
    public boolean isPenalty() {
        return ordinal() >= SPARSITY.ordinal();
    }
}
