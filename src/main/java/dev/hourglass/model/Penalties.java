package dev.hourglass.model;

/**
 * Penalties beside the KL term; each is off at weight 0.
 *
 * @param sparsity KL of the mean activation to a target
 * @param l1 weight of sum_j |h_j|, at least 0
 * @param contraction squared Frobenius norm of the encoder's Jacobian
 * @param weightDecay weight of 0.5 |W|^2 over all weight matrices, at least 0
 */
public record Penalties(Sparsity sparsity, double l1, Contraction contraction, double weightDecay) {
    public Penalties {
        Refused.unless(l1 >= 0 && Double.isFinite(l1), "negative weight", "l1", l1, "at least 0");
        Refused.unless(weightDecay >= 0 && Double.isFinite(weightDecay), "negative weight", "weight decay", weightDecay, "at least 0");
    }

    /** No penalty. */
    public static Penalties none() {
        return new Penalties(Sparsity.off(), 0, Contraction.off(), 0);
    }

    /**
     * KL to rho of the mean activation of each unit over the batch (Ng, CS294A).
     *
     * @param rho target in (0, 1)
     * @param weight at least 0
     * @param momentum of a running mean for small batches, in [0, 1); 0 uses the batch mean alone
     */
    public record Sparsity(double rho, double weight, double momentum) {
        public Sparsity {
            Refused.unless(rho > 0 && rho < 1, "sparsity target out of range", "rho", rho, "0 < rho < 1");
            Refused.unless(weight >= 0 && Double.isFinite(weight), "negative weight", "sparsity", weight, "at least 0");
            Refused.unless(momentum >= 0 && momentum < 1, "momentum out of range", "sparsity momentum", momentum, "0 <= momentum < 1");
        }

        /** Weight 0. */
        public static Sparsity off() {
            return new Sparsity(0.05, 0, 0);
        }
    }

    /**
     * lambda ||dh/dx||_F^2 (Rifai et al. 2011), and the Hessian term of CAE+H.
     *
     * @param weight lambda, at least 0
     * @param method exact, Hutchinson, or the cheaper of them
     * @param probes of the Hutchinson estimator, at least 1
     * @param hessianWeight gamma, at least 0; one-layer encoders only
     * @param hessianDeviation sigma of the neighbours x + e, more than 0
     */
    public record Contraction(double weight, Method method, int probes, double hessianWeight, double hessianDeviation) {
        /** How the norm is found. */
        public enum Method {
            /** Exact up to 64 code units, Hutchinson beyond. */
            AUTO,
            /** Closed form for one layer; accumulated from the code side for more. */
            EXACT,
            /** Random signs: unbiased. */
            HUTCHINSON
        }

        public Contraction {
            Refused.unless(weight >= 0 && Double.isFinite(weight), "negative weight", "contraction", weight, "at least 0");
            Refused.unless(probes >= 1, "no probes", "probes", probes, "at least 1");
            Refused.unless(hessianWeight >= 0 && Double.isFinite(hessianWeight), "negative weight", "hessian", hessianWeight, "at least 0");
            Refused.unless(hessianDeviation > 0 && Double.isFinite(hessianDeviation), "deviation out of range", "hessian deviation",
                    hessianDeviation, "more than 0");
        }

        /** Weight 0. */
        public static Contraction off() {
            return of(0);
        }

        /** That weight, method chosen by cost. */
        public static Contraction of(double weight) {
            return new Contraction(weight, Method.AUTO, 1, 0, 0.1);
        }

        /** Returns the method for an encoder of that depth and code size: never AUTO. */
        public Method resolve(int depth, int latent) {
            if (method != Method.AUTO) {
                return method;
            }
            return depth == 1 || latent <= 64 ? Method.EXACT : Method.HUTCHINSON;
        }
    }

    /** Returns the same with another sparsity term. */
    public Penalties withSparsity(Sparsity newSparsity) {
        return new Penalties(newSparsity, l1, contraction, weightDecay);
    }

    /** Returns the same with another L1 weight. */
    public Penalties withL1(double weight) {
        return new Penalties(sparsity, weight, contraction, weightDecay);
    }

    /** Returns the same with another contraction. */
    public Penalties withContraction(Contraction newContraction) {
        return new Penalties(sparsity, l1, newContraction, weightDecay);
    }

    /** Returns the same with another weight decay. */
    public Penalties withWeightDecay(double weight) {
        return new Penalties(sparsity, l1, contraction, weight);
    }
}
