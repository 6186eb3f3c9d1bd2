package dev.hourglass.evaluate;

import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Examples;
import dev.hourglass.message.Require;
import dev.hourglass.model.Encoded;
import dev.hourglass.model.Model;
import dev.hourglass.tensor.Tensor;

/** Draws K codes of every example in chunks: device memory is the same for any K and any number of examples. */
final class StreamedDraws {
    private static final int LARGEST_BATCH = 512;
    private static final int LARGEST_CHUNK = 64;

    private final Model model;
    private final int samples;
    private final boolean fromPrior;
    private final long seed;
    private final int batch;
    private final int chunk;

    /** Receives what was drawn, in the order of the examples. */
    interface Receiver {
        /** {@code count} further samples of every example of the batch that starts at {@code position}. */
        void drawn(int position, Encoded encoded, Draw draw, int count);

        /** All samples of these examples were drawn. */
        void finished(int position, int rows);
    }

    /** Codes z ~ q(z|x), or z ~ p(z|c) when {@code fromPrior}; a deterministic code is decoded once. */
    StreamedDraws(Model model, int samples, boolean fromPrior, long seed) {
        Require.that(samples >= 1, "evaluate", "no samples", "samples", samples, "at least 1");
        this.model = model;
        this.samples = model.specification().code().samples(samples);
        this.fromPrior = fromPrior;
        this.seed = seed;
        int budget = model.codesAtOnce();
        this.batch = Math.max(1, Math.min(LARGEST_BATCH, budget / Math.min(this.samples, LARGEST_CHUNK)));
        this.chunk = Math.max(1, Math.min(this.samples, budget / batch));
    }

    void run(Examples examples, ProgressListener progress, Receiver receiver) {
        try (EncodedBatches batches = new EncodedBatches(model, examples, batch)) {
            long total = (long) examples.rows() * samples;
            batches.forEach(DeviceData.inOrder(examples.rows()), seed, 0, encoded -> {
                Tensor head = fromPrior ? encoded.scope().tensor("prior head", encoded.rows(), 2 * model.specification().code().latent())
                        : null;
                Draw full = draw(encoded, chunk, head);
                Draw rest = samples % chunk == 0 ? null : draw(encoded, samples % chunk, head);
                return position -> {
                    if (fromPrior) {
                        writePrior(encoded, head);
                    }
                    int step = position / batches.batch() * ((samples + chunk - 1) / chunk);
                    for (int done = 0; done < samples; done += chunk) {
                        Draw draw = samples - done >= chunk ? full : rest;
                        int count = Math.min(chunk, samples - done);
                        draw.run(seed, step++);
                        receiver.drawn(position, encoded, draw, count);
                        progress.at((long) position * samples + (long) encoded.rows() * (done + count), total);
                    }
                    receiver.finished(position, encoded.rows());
                };
            });
        }
    }

    private Draw draw(Encoded encoded, int count, Tensor priorHead) {
        return fromPrior ? Draw.fromPrior(model, encoded, count, priorHead)
                : Draw.fromCode(model, encoded, count);
    }

    /** p(z|c) as a head to draw from: the floor of its log variance applied; zeros are N(0, I). */
    private static void writePrior(Encoded encoded, Tensor head) {
        float[] values = new float[head.size()];
        if (encoded.prior().head() != null) {
            values = encoded.prior().head().read();
            int latent = head.columns() / 2;
            for (int i = 0; i < values.length; i++) {
                values[i] = i % head.columns() < latent ? values[i] : Math.max(encoded.prior().floor(), values[i]);
            }
        }
        head.write(values);
    }
}
