package dev.hourglass.cli;

import dev.hourglass.model.Specification;
import dev.hourglass.model.Term;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.train.Plan;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** How a model is trained. What is not given stays as the defaults or the configuration file have it. */
final class PlanOptions {
    @Option(names = "--epochs", paramLabel = "N", description = "passes over the training data (10)")
    Integer epochs;
    @Option(names = "--batch", paramLabel = "N", description = "examples per step (128)")
    Integer batch;
    @Option(names = "--optimizer", paramLabel = "O", description = "adam or sgd")
    Optimizer.Kind optimizer;
    @Option(names = "--momentum", paramLabel = "M", description = "of sgd (0.9), or the first decay rate of adam (0.9)")
    Double momentum;
    @Option(names = "--decay", paramLabel = "D", description = "weight decay of the optimizer, decoupled for adam (0)")
    Double decay;
    @Option(names = "--lr", paramLabel = "R", description = "learning rate (1e-3)")
    Double learningRate;
    @Option(names = "--schedule", paramLabel = "S", description = "of the learning rate: constant, step or cosine")
    LearningRate.Kind schedule;
    @Option(names = "--lr-steps", paramLabel = "E,E", description = "epochs at which a step schedule falls (a half and three quarters of --epochs)")
    String steps;
    @Option(names = "--lr-factor", paramLabel = "F", description = "by which a step schedule falls (0.1)")
    Double factor;
    @Option(names = "--warmup", paramLabel = "E", description = "epochs of linear warm-up of the learning rate (0)")
    Double warmup;
    @Option(names = "--clip-norm", paramLabel = "N", description = "greatest norm of a gradient, 0 for none (0)")
    Double clipNorm;
    @Option(names = "--early-stopping", paramLabel = "PATIENCE[:TERM]", description = "stop after so many epochs without a better TERM (loss);"
            + " the best epoch by TERM is kept")
    String earlyStopping;
    @Option(names = "--time-budget", paramLabel = "SECONDS", description = "stop after the epoch in which this has passed (0: no limit)")
    Double timeBudget;
    @Option(names = "--seed", paramLabel = "S", description = "of everything random (0)")
    Long seed;

    /** Changes a plan as asked. */
    Plan apply(Plan now) {
        int lasting = epochs == null ? now.epochs() : epochs;
        return new Plan(lasting, batch == null ? now.batch() : batch, optimizer(now.optimizer()), learningRate(now.learningRate(), lasting),
                clipNorm == null ? now.clipNorm() : clipNorm, seed == null ? now.seed() : seed,
                earlyStopping == null ? now.earlyStopping() : earlyStopping(), timeBudget == null ? now.timeBudgetSeconds() : timeBudget);
    }

    private Optimizer optimizer(Optimizer now) {
        Optimizer.Kind kind = optimizer == null ? now.kind() : optimizer;
        Optimizer base = kind == now.kind() ? now : kind == Optimizer.Kind.ADAM ? Optimizer.adam() : Optimizer.sgd(0.9);
        return new Optimizer(kind, momentum == null ? base.beta1() : momentum, base.beta2(), base.epsilon(), decay == null ? now.decay() : decay);
    }

    private LearningRate learningRate(LearningRate now, int lasting) {
        LearningRate.Kind kind = schedule == null ? now.kind() : schedule;
        if (kind != LearningRate.Kind.STEP && (steps != null || factor != null)) {
            throw new UsageException("--" + (steps != null ? "lr-steps" : "lr-factor") + ": the schedule is " + Specification.label(kind)
                    + ", expected step; add --schedule step");
        }
        List<Double> at = now.steps();
        double by = now.factor();
        if (kind == LearningRate.Kind.STEP) {
            at = steps != null ? Words.numbers("--lr-steps", steps) : at.isEmpty() ? List.of(lasting / 2.0, lasting * 0.75) : at;
            by = factor != null ? factor : by == 1 ? 0.1 : by;
        }
        return new LearningRate(kind, learningRate == null ? now.base() : learningRate, warmup == null ? now.warmupEpochs() : warmup, at, by);
    }

    private Plan.EarlyStopping earlyStopping() {
        String form = "PATIENCE or PATIENCE:TERM such as 5:reconstruction";
        String[] words = earlyStopping.split(":", -1);
        if (words.length > 2) {
            throw new UsageException("--early-stopping " + earlyStopping + ": expected " + form);
        }
        int patience = (int) Words.number("--early-stopping", earlyStopping, words[0], form, true);
        Term term = words.length == 1 ? Term.LOSS : Arrays.stream(Term.values()).filter(t -> Specification.label(t).equals(words[1])).findFirst()
                .orElseThrow(() -> new UsageException("--early-stopping " + earlyStopping + ": there is no term '" + words[1] + "', expected one of "
                        + String.join(", ", Arrays.stream(Term.values()).map(Specification::label).toList())));
        return new Plan.EarlyStopping(term, patience, 0);
    }
}
