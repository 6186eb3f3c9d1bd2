package dev.hourglass.autograd;

import dev.hourglass.autograd.Tape.Target;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Tensor;

/**
 * Reconstruction terms: the negative log-likelihood of each target row, in nats with constants, one value per parameter row.
 * When there are several parameter rows per target row (importance samples), row r is compared with target row r / samples.
 */
public final class LossOps {
    private final Tape tape;
    private final Backend backend;

    /** Records on {@code tape}. */
    public LossOps(Tape tape) {
        this.tape = tape;
        this.backend = tape.backend();
    }

    /** A loss of single elements, summed over each row: formulas in {@link PointwiseLoss}. Returns [rows, 1]. */
    public Tensor pointwise(PointwiseLoss loss, Tensor parameters, Tensor target, LossWeights upstream) {
        int samples = samples(loss.label(), parameters, target, upstream);
        Tensor value = tape.scope().tensor(loss.label(), parameters.rows(), 1);
        Target[] inForward = {Target.NONE};
        tape.append(() -> runPointwise(loss, parameters, target, samples, upstream, value.buffer(), inForward[0]), () -> {
            Target gradient = tape.target(parameters);
            if (onePass(upstream, gradient)) {
                inForward[0] = gradient;
                return null;
            }
            return () -> runPointwise(loss, parameters, target, samples, upstream, null, gradient);
        });
        return value;
    }

    private void runPointwise(PointwiseLoss loss, Tensor parameters, Tensor target, int samples, LossWeights upstream, Buffer value,
            Target gradient) {
        backend.pointwiseLoss(loss, parameters.rows(), parameters.columns(), samples, parameters.buffer(), target.buffer(),
                weights(upstream),
                value, gradient.buffer(), gradient.accumulate());
    }

    /**
     * Gaussian: sum_c 0.5 (log 2 pi + s + (x - m)^2 e^-s), s = max(logVariance, floor). Returns [rows, 1].
     *
     * @param logVariance [1, 1], shared by all features, or [1, columns]
     */
    public Tensor gaussian(Tensor mean, Tensor logVariance, float floor, Tensor target, LossWeights upstream) {
        int samples = samples("gaussian", mean, target, upstream);
        Require.that(logVariance.size() == 1 || logVariance.size() == mean.columns(), "gaussian", "log variance of another size",
                "logVariance",
                logVariance, "1 or " + mean.columns() + " values");
        Tensor value = tape.scope().tensor("gaussian", mean.rows(), 1);
        Target[] inForward = {Target.NONE, Target.NONE};
        tape.append(() -> runGaussian(mean, logVariance, floor, target, samples, upstream, value.buffer(), inForward[0], inForward[1]),
                () -> {
                    Target dMean = tape.target(mean);
                    Target dLogVariance = tape.target(logVariance);
                    if (onePass(upstream, dMean) && onePass(upstream, dLogVariance)) {
                        inForward[0] = dMean;
                        inForward[1] = dLogVariance;
                        return null;
                    }
                    return () -> runGaussian(mean, logVariance, floor, target, samples, upstream, null, dMean, dLogVariance);
                });
        return value;
    }

    private void runGaussian(Tensor mean, Tensor logVariance, float floor, Tensor target, int samples, LossWeights upstream, Buffer value,
            Target dMean, Target dLogVariance) {
        backend.gaussian(mean.rows(), mean.columns(), samples, mean.buffer(), logVariance.buffer(), floor, target.buffer(),
                weights(upstream), value, dMean.buffer(), dMean.accumulate(), dLogVariance.buffer(), dLogVariance.accumulate());
    }

    /** Whether the forward pass can write this gradient already: its weights are known and no other term has written before. */
    private static boolean onePass(LossWeights upstream, Target gradient) {
        return gradient.buffer() == null || upstream.known() && !gradient.accumulate();
    }

    private static Buffer weights(LossWeights upstream) {
        return upstream == null ? null : upstream.weights().buffer();
    }

    private static int samples(String op, Tensor parameters, Tensor target, LossWeights upstream) {
        Check.columns(op, "target", target, parameters.columns());
        Require.that(parameters.rows() % target.rows() == 0, op, "rows do not match", "parameters", parameters,
                "a multiple of " + target.rows() + " rows");
        if (upstream != null) {
            Check.shape(op, "upstream", upstream.weights(), parameters.rows(), 1);
        }
        return parameters.rows() / target.rows();
    }
}
