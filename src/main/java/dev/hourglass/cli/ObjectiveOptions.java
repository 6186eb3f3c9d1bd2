package dev.hourglass.cli;

import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Noise;
import dev.hourglass.model.Corruption;
import dev.hourglass.model.KlWeight;
import dev.hourglass.model.Penalties;
import dev.hourglass.model.Prior;
import dev.hourglass.model.Specification;
import java.util.List;
import picocli.CommandLine.Option;

/** What is minimised: prior and KL weight, corruption, penalties. What is not given stays as the preset or the configuration file has it. */
final class ObjectiveOptions {
    @Option(names = "--beta", paramLabel = "B", description = "weight of the KL term (1)")
    Double beta;
    @Option(names = "--kl-schedule", paramLabel = "S", description = "constant, linear (from 0) or cyclical")
    KlWeight.Kind klSchedule;
    @Option(names = "--kl-epochs", paramLabel = "E", description = "epochs of the warm-up or of one cycle (a quarter of --epochs)")
    Double klEpochs;
    @Option(names = "--free-bits", paramLabel = "NATS", description = "nats each latent dimension may use for free (0)")
    Double freeBits;
    @Option(names = "--prior", paramLabel = "P", description = "standard-normal, learned (a network p(z|c)) or none")
    Prior.Kind prior;
    @Option(names = "--prior-hidden", paramLabel = "W,W", description = "hidden layers of a learned prior")
    String priorHidden;
    @Option(names = "--importance-samples", paramLabel = "K", description = "K samples of the importance-weighted bound; 1 is the ELBO")
    Integer importanceSamples;
    @Option(names = "--corruption", paramLabel = "C", description = "of inputs: none, masking:P, salt-and-pepper:P or gaussian:S")
    String corruption;
    @Option(names = "--sparsity", paramLabel = "RHO:WEIGHT", description = "KL of mean activations to RHO, for sigmoid and tanh codes")
    String sparsity;
    @Option(names = "--sparsity-momentum", paramLabel = "M", description = "of a running mean activation, for small batches (0)")
    Double sparsityMomentum;
    @Option(names = "--l1", paramLabel = "WEIGHT", description = "L1 penalty on the code")
    Double l1;
    @Option(names = "--contraction", paramLabel = "WEIGHT", description = "penalty on the encoder's Jacobian")
    Double contraction;
    @Option(names = "--contraction-method", paramLabel = "M", description = "auto, exact or hutchinson")
    Penalties.Contraction.Method contractionMethod;
    @Option(names = "--probes", paramLabel = "N", description = "of the hutchinson estimate (1)")
    Integer probes;
    @Option(names = "--hessian", paramLabel = "WEIGHT:SIGMA", description = "penalty on the Jacobian's change at neighbours SIGMA away")
    String hessian;
    @Option(names = "--weight-decay", paramLabel = "WEIGHT", description = "penalty 0.5 |W|^2 in the loss (--decay is the optimizer's)")
    Double weightDecay;

    /** Changes a builder as asked; {@code now} is what it holds. */
    void apply(ModelBuilder builder, Specification now, int epochs) {
        builder.prior(prior(now.prior(), epochs));
        builder.penalties(penalties(now.penalties()));
        if (corruption != null) {
            builder.corruption(corruption());
        }
        if (importanceSamples != null) {
            builder.importanceSamples(importanceSamples);
        }
    }

    private Prior prior(Prior now, int epochs) {
        Prior.Kind kind = prior == null ? now.kind() : prior;
        if (kind == Prior.Kind.NONE) {
            if (beta != null || klSchedule != null || klEpochs != null || freeBits != null || priorHidden != null) {
                throw new UsageException("--" + (beta != null ? "beta" : freeBits != null ? "free-bits" : priorHidden != null ? "prior-hidden" : "kl-schedule")
                        + ": this model has no prior, so no KL term; leave it out or choose a prior");
            }
            return Prior.none();
        }
        if (priorHidden != null && kind != Prior.Kind.LEARNED) {
            throw new UsageException("--prior-hidden: the prior is " + Specification.label(kind) + ", expected learned; add --prior learned");
        }
        boolean kept = now.kind() != Prior.Kind.NONE;
        KlWeight weight = klWeight(kept ? now.weight() : KlWeight.constant(1), epochs);
        List<Integer> hidden = now.kind() == Prior.Kind.LEARNED ? now.hidden() : List.of(100);
        if (priorHidden != null) {
            hidden = List.of(Words.widths("--prior-hidden", priorHidden));
        }
        return new Prior(kind, weight, freeBits == null ? now.freeBits() : freeBits, kind == Prior.Kind.LEARNED ? hidden : List.of());
    }

    private KlWeight klWeight(KlWeight now, int epochs) {
        KlWeight.Kind kind = klSchedule == null ? now.kind() : klSchedule;
        if (kind == KlWeight.Kind.CONSTANT && klEpochs != null) {
            throw new UsageException("--kl-epochs: the KL weight is constant, expected a schedule; add --kl-schedule linear or cyclical");
        }
        double length = klEpochs != null ? klEpochs : now.epochs() > 0 ? now.epochs() : Math.max(1, epochs / 4.0);
        return new KlWeight(kind, beta == null ? now.beta() : beta, kind == KlWeight.Kind.CONSTANT ? 0 : length);
    }

    private Corruption corruption() {
        if (corruption.equals("none")) {
            return Corruption.none();
        }
        String form = "none, masking:P, salt-and-pepper:P or gaussian:S";
        String[] words = corruption.split(":", -1);
        Noise.Kind kind = switch (words[0]) {
            case "masking" -> Noise.Kind.MASKING;
            case "salt-and-pepper" -> Noise.Kind.SALT_AND_PEPPER;
            case "gaussian" -> Noise.Kind.GAUSSIAN;
            default -> throw new UsageException("--corruption " + corruption + ": expected " + form);
        };
        if (words.length != 2) {
            throw new UsageException("--corruption " + corruption + ": expected " + form);
        }
        return new Corruption(kind, Words.number("--corruption", corruption, words[1], form, false));
    }

    private Penalties penalties(Penalties now) {
        return new Penalties(sparsity(now.sparsity()), l1 == null ? now.l1() : l1, contraction(now.contraction()),
                weightDecay == null ? now.weightDecay() : weightDecay);
    }

    private Penalties.Sparsity sparsity(Penalties.Sparsity now) {
        double[] given = sparsity == null ? new double[] {now.rho(), now.weight()} : Words.pair("--sparsity", sparsity, "RHO:WEIGHT such as 0.05:1");
        return new Penalties.Sparsity(given[0], given[1], sparsityMomentum == null ? now.momentum() : sparsityMomentum);
    }

    private Penalties.Contraction contraction(Penalties.Contraction now) {
        double[] given = hessian == null ? new double[] {now.hessianWeight(), now.hessianDeviation()}
                : Words.pair("--hessian", hessian, "WEIGHT:SIGMA such as 0.1:0.1");
        return new Penalties.Contraction(contraction == null ? now.weight() : contraction, contractionMethod == null ? now.method() : contractionMethod,
                probes == null ? now.probes() : probes, given[0], given[1]);
    }
}
