package dev.hourglass.evaluate;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Code;
import dev.hourglass.model.EncoderJacobian;
import dev.hourglass.model.Examples;
import dev.hourglass.tensor.Tensor;

/** Scores that need no samples: the error of the reconstruction from the code, and the closed-form KL. */
final class CodeScores {
    private static final int LARGEST_BATCH = 512;
    private static final double[] NO_CONTRIBUTIONS = {};

    private final Autoencoder model;
    private final AnomalyScores.Kind kind;
    private final AnomalyScores.Receiver receiver;

    CodeScores(Autoencoder model, AnomalyScores.Kind kind, AnomalyScores.Receiver receiver) {
        this.model = model;
        this.kind = kind;
        this.receiver = receiver;
    }

    void run(Examples examples, long seed, Progress progress) {
        try (Batches batches = new Batches(model, examples, Math.min(LARGEST_BATCH, Draw.rowBudget(model)))) {
            batches.forEach(Batches.inOrder(examples.rows()), seed, 0, encoded -> {
                Batches.Visit visit = kind == AnomalyScores.Kind.KL ? divergence(encoded) : error(encoded);
                return position -> {
                    visit.run(position);
                    progress.at(position + encoded.rows(), examples.rows());
                };
            });
        }
    }

    private Batches.Visit divergence(Encoded encoded) {
        Tape tape = new Tape(encoded.scope());
        Code code = model.specification().code();
        Tensor kl = new CodeOps(tape, null).kl(code.posterior(), encoded.head(), code.latent(), encoded.prior(), null, null);
        return position -> {
            tape.forward();
            float[] values = kl.read();
            for (int b = 0; b < values.length; b++) {
                receiver.score(position + b, values[b], NO_CONTRIBUTIONS);
            }
        };
    }

    private Batches.Visit error(Encoded encoded) {
        Tape tape = new Tape(encoded.scope());
        Tensor code = new EncoderJacobian(model, tape, encoded.layers()).meanCode().output();
        Tensor decoded = model.decode(tape, code, encoded.batch().condition());
        FeatureLoss losses = new FeatureLoss(model);
        return position -> {
            tape.forward();
            float[] outputs = decoded.read();
            float[] targets = encoded.batch().target().read();
            int features = decoded.columns();
            for (int b = 0; b < encoded.rows(); b++) {
                double[] contributions = new double[features];
                double sum = 0;
                for (int j = 0; j < features; j++) {
                    contributions[j] = losses.squaredError(outputs[b * features + j], targets[b * features + j]);
                    sum += contributions[j];
                }
                receiver.score(position + b, sum, contributions);
            }
        };
    }
}
