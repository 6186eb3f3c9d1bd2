package dev.hourglass.autograd;

import dev.hourglass.autograd.Tape.Target;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Posterior;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Tensor;

/** Stochastic codes: reparameterised samples, KL terms and the importance-weighted bound. Heads are laid out as {@link Posterior} says. */
public final class CodeOps {
    private final Tape tape;
    private final Backend backend;
    private final Buffer state;
    private final Buffer keys;

    /** Records on {@code tape}; eps comes from the seed and step of {@code state}. */
    public CodeOps(Tape tape, Buffer state) {
        this(tape, state, null);
    }

    /**
     * Records on {@code tape}; eps of each example comes from its key and the step of {@code state}, so that it does not depend on the batch. Such
     * draws have no gradient: a head that the tape watches is refused.
     *
     * @param keys INT32, low and high word of a key for each head row, or null for the seed of {@code state}
     */
    public CodeOps(Tape tape, Buffer state, Buffer keys) {
        this.tape = tape;
        this.backend = tape.backend();
        this.state = state;
        this.keys = keys;
    }

    /** z = mu + B eps, {@code samples} per head row: z [head rows * samples, latent]. Kingma and Welling 2014, section 2.4. */
    public Tensor sample(Posterior posterior, Tensor head, int latent, int samples) {
        Check.columns("sample", "head", head, posterior.headWidth(latent));
        Require.that(samples >= 1, "sample", "no samples", "samples", samples, "at least 1");
        checkKeys("sample", head);
        int rows = Math.multiplyExact(head.rows(), samples);
        Tensor z = tape.result("z", rows, latent, head);
        tape.append(() -> backend.sample(posterior, rows, samples, latent, head.buffer(), state, keys, z.buffer()), () -> {
            Buffer dz = tape.gradient(z);
            if (dz == null) {
                return null;
            }
            Target dHead = tape.target(head);
            return () -> backend.sampleBackward(posterior, rows, samples, latent, head.buffer(), state, dz, dHead.buffer(),
                    dHead.accumulate());
        });
        return z;
    }

    /**
     * Analytic KL(q(z|x) || p(z)), [rows, 1].
     *
     * @param gate [1, latent] factor on each dimension's gradient from {@link #freeBits}, nullable
     */
    public Tensor kl(Posterior posterior, Tensor head, int latent, PriorHead prior, Tensor gate, LossWeights upstream) {
        Check.columns("kl", "head", head, posterior.headWidth(latent));
        checkPrior("kl", prior, head, latent);
        int rows = head.rows();
        Tensor value = tape.scope().tensor("kl", rows, 1);
        tape.append(() -> backend.kl(posterior, rows, latent, head.buffer(), prior.buffer(), prior.floor(), null, null, value.buffer(),
                null, false, null, false), () -> {
                    if (upstream == null || !tape.isWatched(head)) {
                        return null;
                    }
                    Target dHead = tape.target(head);
                    Target dPrior = tape.target(prior.head());
                    return () -> backend.kl(posterior, rows, latent, head.buffer(), prior.buffer(), prior.floor(),
                            gate == null ? null : gate.buffer(),
                            upstream.weights().buffer(), null, dHead.buffer(), dHead.accumulate(), dPrior.buffer(), dPrior.accumulate());
                });
        return value;
    }

    /** Mean KL of each dimension over the batch, diagonal codes: [1, latent]; no gradient flows through it. */
    public Tensor klPerDimension(Tensor head, int latent, PriorHead prior) {
        Check.columns("kl-per-dimension", "head", head, 2 * latent);
        checkPrior("kl-per-dimension", prior, head, latent);
        Tensor mean = tape.scope().tensor("kl per dimension", 1, latent);
        tape.append(() -> backend.klPerDimension(head.rows(), latent, head.buffer(), prior.buffer(), prior.floor(), mean.buffer()));
        return mean;
    }

    /**
     * Free bits: the objective sum_j max(minimum, mean_j) and the gate its gradient puts on each dimension.
     *
     * @param gate [1, latent]
     * @param value [1, 1]
     */
    public record FreeBits(Tensor gate, Tensor value) {
    }

    /** Free bits over the dimensions' batch means (Kingma et al. 2016, eq. 15). */
    public FreeBits freeBits(Tensor mean, float minimum) {
        int latent = mean.columns();
        FreeBits result = new FreeBits(tape.scope().tensor("free bits gate", 1, latent), tape.scope().tensor("free bits", 1, 1));
        tape.append(() -> backend.freeBits(latent, minimum, mean.buffer(), result.gate().buffer(), result.value().buffer()));
        return result;
    }

    /** log q(z_r | x) - log p(z_r) of samples z drawn by {@link #sample} on this tape: [z rows, 1]. */
    public Tensor sampledKl(Posterior posterior, Tensor head, Tensor z, PriorHead prior, LossWeights upstream) {
        int latent = z.columns();
        Check.columns("sampled-kl", "head", head, posterior.headWidth(latent));
        checkPrior("sampled-kl", prior, head, latent);
        Require.that(z.rows() % head.rows() == 0, "sampled-kl", "rows do not match", "z", z, "a multiple of " + head.rows() + " rows");
        checkKeys("sampled-kl", head);
        int rows = z.rows();
        int samples = rows / head.rows();
        Tensor value = tape.scope().tensor("sampled kl", rows, 1);
        tape.append(() -> backend.sampledKl(posterior, rows, samples, latent, head.buffer(), prior.buffer(), prior.floor(), state, keys,
                z.buffer(), value.buffer()), () -> {
                    if (upstream == null || !tape.isWatched(head)) {
                        return null;
                    }
                    Target dz = tape.target(z);
                    Target dHead = tape.target(head);
                    Target dPrior = tape.target(prior.head());
                    return () -> backend.sampledKlBackward(posterior, rows, samples, latent, head.buffer(), prior.buffer(), prior.floor(),
                            z.buffer(),
                            upstream.weights().buffer(), dz.buffer(), dz.accumulate(), dHead.buffer(), dHead.accumulate(),
                            dPrior.buffer(), dPrior.accumulate());
                });
        return value;
    }

    /**
     * The importance-weighted bound (Burda et al. 2016, eq. 8): value = -(logsumexp_j w - log k), w = -(nll + cost), into {@code value};
     * scale * softmax(w) into {@code weights}, the upstream of both terms.
     *
     * @param value [examples, 1]
     * @param weights [examples * k, 1]
     */
    public void importanceBound(Tensor nll, Tensor cost, float scale, Tensor value, Tensor weights) {
        Check.shape("importance-bound", "cost", cost, nll.rows(), 1);
        Check.shape("importance-bound", "weights", weights, nll.rows(), 1);
        Require.that(nll.rows() % value.rows() == 0, "importance-bound", "rows do not match", "nll", nll,
                "a multiple of " + value.rows() + " rows");
        tape.append(() -> backend.importanceWeights(value.rows(), nll.rows() / value.rows(), nll.buffer(), cost.buffer(), scale,
                value.buffer(), weights.buffer()));
    }

    private void checkKeys(String op, Tensor head) {
        if (keys != null) {
            Require.that(keys.type() == ElementType.INT32 && keys.length() == 2L * head.rows(), op, "keys do not match", "keys",
                    keys.type() + "[" + keys.length() + "]", "INT32[" + 2L * head.rows() + "], two words for each row of " + head);
            Require.that(!tape.isWatched(head), op, "keyed draws have no gradient", "head", head,
                    "a head that the tape does not watch; or leave out the keys");
        }
    }

    private static void checkPrior(String op, PriorHead prior, Tensor head, int latent) {
        if (prior.head() != null) {
            Check.shape(op, "prior", prior.head(), head.rows(), 2 * latent);
        }
    }
}
