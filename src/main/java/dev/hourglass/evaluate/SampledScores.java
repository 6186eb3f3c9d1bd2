package dev.hourglass.evaluate;

import dev.hourglass.model.Autoencoder;

/** Scores from samples of q(z|x): the mean of -log p(x|z), or the importance-sampled -log p(x); with the terms of each feature when asked. */
final class SampledScores implements StreamedDraws.Receiver {
    private final boolean importance;
    private final boolean explained;
    private final AnomalyScores.Receiver receiver;
    private final FeatureLoss losses;
    private final int features;
    private ImportanceSum[] weights;
    private double[] means;

    SampledScores(Autoencoder model, boolean importance, boolean explained, AnomalyScores.Receiver receiver) {
        this.importance = importance;
        this.explained = explained;
        this.receiver = receiver;
        this.losses = new FeatureLoss(model);
        this.features = model.domain().features();
    }

    @Override
    public void drawn(int position, Encoded encoded, Draw draw, int count) {
        if (weights == null) {
            weights = LogLikelihood.start(encoded.rows(), explained ? features : 0);
            means = new double[encoded.rows()];
        }
        float[] outputs = explained ? draw.outputs().read() : null;
        float[] targets = explained ? encoded.batch().target().read() : null;
        float[] terms = draw.reconstruction().read();
        double[] logWeights = importance ? LogLikelihood.logWeights(draw, true) : new double[terms.length];
        for (int i = 0; i < terms.length; i++) {
            int b = i / count;
            double weight = weights[b].add(logWeights[i]);
            means[b] += terms[i];
            for (int j = 0; explained && j < features; j++) {
                weights[b].addWeighted(j, weight * losses.of(j, outputs[i * features + j], targets[b * features + j]));
            }
        }
    }

    @Override
    public void finished(int position, int rows) {
        for (int b = 0; b < rows; b++) {
            double score = importance ? -weights[b].logMean() : means[b] / weights[b].count();
            receiver.score(position + b, score, weights[b].weightedMean());
        }
        weights = null;
    }
}
