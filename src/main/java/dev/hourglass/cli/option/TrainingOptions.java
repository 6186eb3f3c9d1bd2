package dev.hourglass.cli.option;

import dev.hourglass.cli.output.UsageException;
import dev.hourglass.message.Label;
import dev.hourglass.message.Suggestion;
import dev.hourglass.model.loss.Term;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.train.TrainingSettings;
import java.util.List;
import picocli.CommandLine.Option;

/** How a model is trained. What is not given stays as the defaults or the configuration file have it. */
public final class TrainingOptions {
    @Option(names = "--epochs", paramLabel = "N", description = "passes over the training data (10)")
    Integer epochs;
    @Option(names = "--batch", paramLabel = "N", description = "examples per step (128)")
    Integer batch;
    @Option(names = "--optimizer", paramLabel = "O",
            description = "adam, sgd or lion, whose --lr is best three to ten times smaller (adam)")
    String optimizer;
    @Option(names = {"--momentum", "--beta1"}, paramLabel = "M", description = "momentum of sgd (0.9), beta1 of adam and lion (0.9)")
    Double momentum;
    @Option(names = {"--optimizer-decay", "--decay"}, paramLabel = "D",
            description = "weight decay of the optimizer, decoupled for adam and lion (0); --l2 is the penalty in the loss")
    Double decay;
    @Option(names = "--lr", paramLabel = "R", description = "learning rate (1e-3)")
    Double learningRate;
    @Option(names = "--schedule", paramLabel = "S", description = "of the learning rate: constant, step or cosine")
    LearningRate.Kind schedule;
    @Option(names = "--lr-steps", paramLabel = "E,E",
            description = "epochs at which a step schedule falls (a half and three quarters of --epochs)")
    String steps;
    @Option(names = "--lr-factor", paramLabel = "F", description = "by which a step schedule falls (0.1)")
    Double factor;
    @Option(names = "--warmup", paramLabel = "E", description = "epochs of linear warm-up of the learning rate (0)")
    Double warmup;
    @Option(names = "--clip-norm", paramLabel = "N", description = "greatest norm of a gradient, 0 for none (0)")
    Double clipNorm;
    @Option(names = "--early-stopping", paramLabel = "PATIENCE[:TERM]",
            description = "stop after so many epochs without a better TERM (loss);"
                    + " the best epoch by TERM is kept")
    String earlyStopping;
    @Option(names = "--time-budget", paramLabel = "SECONDS", description = "stop after the epoch in which this has passed (0: no limit)")
    Double timeBudget;
    @Option(names = "--seed", paramLabel = "S", description = "of everything random (0)")
    Long seed;

    /** Changes a plan as asked. */
    public TrainingSettings apply(TrainingSettings now) {
        int lasting = epochs == null ? now.epochs() : epochs;
        return new TrainingSettings(lasting, batch == null ? now.batch() : batch, optimizer(now.optimizer()),
                learningRate(now.learningRate(), lasting),
                clipNorm == null ? now.clipNorm() : clipNorm, seed == null ? now.seed() : seed,
                earlyStopping == null ? now.earlyStopping() : earlyStopping(), timeBudget == null ? now.timeBudgetSeconds() : timeBudget);
    }

    private Optimizer optimizer(Optimizer now) {
        Optimizer base = OptionText.part("--optimizer", optimizer, now, Optimizer.all()).withWeightDecay(now.weightDecay());
        Optimizer paced = momentum == null ? base : base.withMomentum(momentum);
        return decay == null ? paced : paced.withWeightDecay(decay);
    }

    private LearningRate learningRate(LearningRate now, int lasting) {
        LearningRate.Kind kind = schedule == null ? now.kind() : schedule;
        if (kind != LearningRate.Kind.STEP && (steps != null || factor != null)) {
            throw new UsageException("--" + (steps != null ? "lr-steps" : "lr-factor") + ": the schedule is " + Label.of(kind)
                    + ", expected step; add --schedule step");
        }
        List<Double> at = now.steps();
        double by = now.factor();
        if (kind == LearningRate.Kind.STEP) {
            at = steps != null ? OptionText.numbers("--lr-steps", steps) : at.isEmpty() ? List.of(lasting / 2.0, lasting * 0.75) : at;
            by = factor != null ? factor : by == 1 ? 0.1 : by;
        }
        return new LearningRate(kind, learningRate == null ? now.base() : learningRate, warmup == null ? now.warmupEpochs() : warmup, at,
                by);
    }

    private TrainingSettings.EarlyStopping earlyStopping() {
        String form = "PATIENCE or PATIENCE:TERM such as 5:reconstruction";
        String[] words = earlyStopping.split(":", -1);
        if (words.length > 2) {
            throw new UsageException("--early-stopping " + earlyStopping + ": expected " + form);
        }
        int patience = (int) OptionText.number("--early-stopping", earlyStopping, words[0], form, true);
        Term term = words.length == 1 ? Term.LOSS : Label.find(Term.class, words[1])
                .orElseThrow(() -> new UsageException("--early-stopping " + earlyStopping + ": there is no term '" + words[1]
                        + "', expected one of " + Suggestion.among(words[1], Label.all(Term.class))));
        return new TrainingSettings.EarlyStopping(term, patience, 0);
    }
}
