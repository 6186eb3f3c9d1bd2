package dev.hourglass.cli.option;

import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Noise;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.message.Label;
import dev.hourglass.model.Corruption;
import dev.hourglass.model.Specification;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Hessian;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.model.prior.Learned;
import dev.hourglass.model.prior.Prior;
import java.util.List;
import picocli.CommandLine.Option;

/** What is minimised: prior and KL weight, corruption, penalties. What is not given stays as the preset or the configuration file has it. */
public final class ObjectiveOptions {
    @Option(names = "--beta", paramLabel = "B", description = "weight of the KL term (1)")
    Double beta;
    @Option(names = "--kl-schedule", paramLabel = "S", description = "constant, linear (from 0) or cyclical")
    KlWeight.Kind klSchedule;
    @Option(names = "--kl-epochs", paramLabel = "E", description = "epochs of the warm-up or of one cycle (a quarter of --epochs)")
    Double klEpochs;
    @Option(names = "--free-bits", paramLabel = "NATS", description = "nats each latent dimension may use for free (0)")
    Double freeBits;
    @Option(names = "--prior", paramLabel = "P", description = "standard-normal, learned (a network p(z|c)) or none")
    String prior;
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
    Contraction.Method contractionMethod;
    @Option(names = "--probes", paramLabel = "N", description = "of the hutchinson estimate (1)")
    Integer probes;
    @Option(names = "--hessian", paramLabel = "WEIGHT:SIGMA", description = "penalty on the Jacobian's change at neighbours SIGMA away")
    String hessian;
    @Option(names = {"--l2", "--weight-decay"}, paramLabel = "WEIGHT",
            description = "penalty 0.5 |W|^2 in the loss (--optimizer-decay is the optimizer's own)")
    Double weightDecay;

    /** Changes a builder as asked; {@code now} is what it starts from. */
    public void apply(ModelBuilder builder, Specification now, int epochs) {
        prior(builder, now.prior(), epochs);
        penalties(builder, now.penalties());
        if (corruption != null) {
            builder.corruption(corruption());
        }
        if (importanceSamples != null) {
            builder.importanceSamples(importanceSamples);
        }
    }

    private void prior(ModelBuilder builder, Prior now, int epochs) {
        Prior chosen = OptionText.part("--prior", prior, now, Prior.all());
        if (!chosen.isProper() && (beta != null || klSchedule != null || klEpochs != null || freeBits != null || priorHidden != null)) {
            throw new UsageException(
                    "--" + (beta != null ? "beta" : freeBits != null ? "free-bits" : priorHidden != null ? "prior-hidden" : "kl-schedule")
                            + ": this model has no prior, so no KL term; leave it out or choose a prior");
        }
        if (priorHidden != null && !(chosen instanceof Learned)) {
            throw new UsageException(
                    "--prior-hidden: the prior is " + Label.of(chosen.getClass()) + ", expected learned; add --prior learned");
        }
        if (chosen.isProper()) {
            Prior base = now.isProper() ? now : chosen;
            chosen = chosen.withKl(klWeight(base.weight(), epochs), freeBits == null ? base.freeBits() : freeBits);
        }
        builder.prior(priorHidden == null ? chosen : chosen.withHidden(List.of(OptionText.widths("--prior-hidden", priorHidden))));
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
        Noise.Kind kind = Label.find(Noise.Kind.class, words[0]).orElse(Noise.Kind.NONE);
        if (kind == Noise.Kind.NONE || words.length != 2) {
            throw new UsageException("--corruption " + corruption + ": expected " + form);
        }
        return new Corruption(kind, OptionText.number("--corruption", corruption, words[1], form, false));
    }

    private void penalties(ModelBuilder builder, List<Penalty> now) {
        if (sparsity != null) {
            double[] given = OptionText.pair("--sparsity", sparsity, "RHO:WEIGHT such as 0.05:1");
            builder.sparsity(given[0], given[1]);
        }
        if (sparsityMomentum != null) {
            builder.sparsityMomentum(sparsityMomentum);
        }
        if (l1 != null) {
            builder.l1(l1);
        }
        if (contraction != null || contractionMethod != null || probes != null) {
            builder.penalty(contraction((Contraction) now.stream().filter(penalty -> penalty.term() == Term.CONTRACTION).findFirst()
                    .orElse(Contraction.of(0))));
        }
        if (hessian != null) {
            double[] given = OptionText.pair("--hessian", hessian, "WEIGHT:SIGMA such as 0.1:0.1");
            builder.penalty(new Hessian(given[0], given[1]));
        }
        if (weightDecay != null) {
            builder.weightDecay(weightDecay);
        }
    }

    private Contraction contraction(Contraction now) {
        if (contraction == null && now.weight() == 0) {
            throw new UsageException("--" + (contractionMethod != null ? "contraction-method" : "probes")
                    + ": there is no contraction; add --contraction WEIGHT");
        }
        return new Contraction(contraction == null ? now.weight() : contraction,
                contractionMethod == null ? now.method() : contractionMethod,
                probes == null ? now.probes() : probes);
    }
}
