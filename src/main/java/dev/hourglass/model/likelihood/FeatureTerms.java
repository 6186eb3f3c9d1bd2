package dev.hourglass.model.likelihood;

/** A likelihood of single features on the host, in 64 bits; outputs are those of the decoder, targets on the scale of the target. */
public interface FeatureTerms {
    /** Returns -log p(x_j|z), nats; for the squared error the square. */
    double loss(int feature, double output, double target);

    /** Returns E[x_j|z]. */
    double mean(int feature, double output);
}
