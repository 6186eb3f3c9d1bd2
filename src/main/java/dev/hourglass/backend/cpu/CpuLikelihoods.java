package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;

/** Negative log likelihoods of each row and their gradients. */
final class CpuLikelihoods {
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final Engine engine;
    private final Scratch scratch;
    private final ColumnSums columnSums;

    CpuLikelihoods(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
        columnSums = new ColumnSums(engine);
    }

    void bernoulli(int rows, int columns, int samples, Buffer logits, Buffer target, Buffer upstream,
                   Buffer value, Buffer dLogits, boolean accumulate) {
        Lanes lanes = engine.lanes();
        float[] l = CpuBuffer.floats(logits);
        float[] x = CpuBuffer.floats(target);
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                int lRow = CpuBuffer.offset(logits) + r * columns;
                int xRow = CpuBuffer.offset(target) + r / samples * columns;
                double sum = dLogits == null ? lanes.bernoulli(l, lRow, x, xRow, columns)
                        : lanes.bernoulli(l, lRow, x, xRow, element(upstream, r), CpuBuffer.floats(dLogits),
                                CpuBuffer.offset(dLogits) + r * columns, accumulate, columns);
                store(value, r, sum);
            }
        });
    }

    private static float element(Buffer buffer, int index) {
        return CpuBuffer.floats(buffer)[CpuBuffer.offset(buffer) + index];
    }

    private static void store(Buffer nullable, int index, double number) {
        if (nullable != null) {
            CpuBuffer.floats(nullable)[CpuBuffer.offset(nullable) + index] = (float) number;
        }
    }

    void squaredError(int rows, int columns, int samples, Buffer mean, Buffer target, Buffer upstream,
                      Buffer value, Buffer dMean, boolean accumulate) {
        float[] m = CpuBuffer.floats(mean);
        float[] x = CpuBuffer.floats(target);
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                int mRow = CpuBuffer.offset(mean) + r * columns;
                int xRow = CpuBuffer.offset(target) + r / samples * columns;
                if (value != null) {
                    store(value, r, engine.arithmetic().squaredDistance(m, mRow, x, xRow, columns));
                }
                if (dMean != null) {
                    engine.arithmetic().difference(2f * element(upstream, r), m, mRow, x, xRow, CpuBuffer.floats(dMean),
                            CpuBuffer.offset(dMean) + r * columns, accumulate, columns);
                }
            }
        });
    }

    /** Inverse standard deviations of all columns, and the sum over columns of the (floored) log variances. */
    private record Spread(float[] inverse, double logDeterminant) {
        static Spread of(Buffer logVariance, float floor, int columns) {
            float[] inverse = new float[columns];
            double sum = 0;
            int step = logVariance.length() == 1 ? 0 : 1;
            for (int c = 0; c < columns; c++) {
                float s = Math.max(element(logVariance, c * step), floor);
                inverse[c] = step == 0 && c > 0 ? inverse[0] : (float) Math.exp(-0.5 * s);
                sum += s;
            }
            return new Spread(inverse, sum);
        }
    }

    void gaussian(int rows, int columns, int samples, Buffer mean, Buffer logVariance, float floor, Buffer target, Buffer upstream,
                  Buffer value, Buffer dMean, boolean accumulateMean, Buffer dLogVariance, boolean accumulateLogVariance) {
        Spread spread = Spread.of(logVariance, floor, columns);
        ColumnSums.Rows piece = (from, to, worker, sums, offset) -> {
            float[] standardized = scratch.of(worker, columns);
            for (int r = from; r < to; r++) {
                engine.arithmetic().difference(1f, CpuBuffer.floats(mean), CpuBuffer.offset(mean) + r * columns, CpuBuffer.floats(target),
                        CpuBuffer.offset(target) + r / samples * columns, standardized, 0, false, columns);
                engine.arithmetic().multiply(standardized, 0, spread.inverse, 0, standardized, 0, false, columns);
                if (value != null) {
                    double squares = engine.arithmetic().dot(standardized, 0, standardized, 0, columns);
                    store(value, r, 0.5 * (columns * LOG_2_PI + spread.logDeterminant + squares));
                }
                if (dLogVariance != null) {
                    double half = 0.5 * element(upstream, r);
                    for (int c = 0; c < columns; c++) {
                        sums[offset + c] += half * (1 - (double) standardized[c] * standardized[c]);
                    }
                }
                if (dMean != null) {
                    engine.arithmetic().multiply(standardized, 0, spread.inverse, 0, standardized, 0, false, columns);
                    engine.arithmetic().scale(element(upstream, r), standardized, 0, CpuBuffer.floats(dMean),
                            CpuBuffer.offset(dMean) + r * columns, accumulateMean, columns);
                }
            }
        };
        if (dLogVariance == null) {
            engine.parallel().rows(rows, columns, (from, to, worker) -> piece.add(from, to, worker, null, 0));
        } else {
            spreadGradient(columnSums.run(rows, columns, piece), columns, logVariance, floor, dLogVariance, accumulateLogVariance);
        }
    }

    private static void spreadGradient(double[] sums, int columns, Buffer logVariance, float floor, Buffer target, boolean accumulate) {
        boolean shared = logVariance.length() == 1;
        if (shared) {
            for (int c = 1; c < columns; c++) {
                sums[0] += sums[c];
            }
        }
        int count = shared ? 1 : columns;
        for (int c = 0; c < count; c++) {
            sums[c] = element(logVariance, c) < floor ? 0 : sums[c];
        }
        ColumnSums.store(sums, CpuBuffer.floats(target), CpuBuffer.offset(target), count, accumulate);
    }
}
