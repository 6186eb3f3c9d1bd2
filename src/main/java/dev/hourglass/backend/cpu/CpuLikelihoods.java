package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.PointwiseLoss;

/** Negative log likelihoods of each row and their gradients. */
final class CpuLikelihoods {
    private static final double LOG_2_PI = Math.log(2 * Math.PI);
    private static final double[] STIRLING_REST = stirlingRest(16);

    private final Engine engine;
    private final Scratch scratch;
    private final ColumnSums columnSums;

    CpuLikelihoods(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
        columnSums = new ColumnSums(engine);
    }

    /** A row of parameters and its targets. {@code valued}: the sum is wanted; {@code gradient}: null when it is not. */
    private record Row(float[] parameters, int at, float[] target, int targetAt, boolean valued, float upstream, float[] gradient,
            int gradientAt,
            boolean accumulate, int length) {
    }

    void pointwiseLoss(PointwiseLoss loss, int rows, int columns, int samples, Buffer parameters, Buffer target, Buffer upstream,
            Buffer value, Buffer gradient, boolean accumulate) {
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                Row row = new Row(CpuBuffer.floats(parameters), CpuBuffer.offset(parameters) + r * columns, CpuBuffer.floats(target),
                        CpuBuffer.offset(target) + r / samples * columns, value != null, gradient == null ? 0f : element(upstream, r),
                        gradient == null ? null : CpuBuffer.floats(gradient),
                        gradient == null ? 0 : CpuBuffer.offset(gradient) + r * columns,
                        accumulate, columns);
                store(value, r, switch (loss) {
                    case BERNOULLI -> bernoulli(row);
                    case SQUARED_ERROR -> squaredError(row);
                    case POISSON -> poisson(row);
                });
            }
        });
    }

    private double bernoulli(Row row) {
        return row.gradient == null ? engine.lanes().bernoulli(row.parameters, row.at, row.target, row.targetAt, row.length)
                : engine.lanes().bernoulli(row.parameters, row.at, row.target, row.targetAt, row.upstream, row.gradient, row.gradientAt,
                        row.accumulate, row.length);
    }

    private double squaredError(Row row) {
        double sum = row.valued ? engine.arithmetic().squaredDistance(row.parameters, row.at, row.target, row.targetAt, row.length) : 0;
        if (row.gradient != null) {
            engine.arithmetic().difference(2f * row.upstream, row.parameters, row.at, row.target, row.targetAt, row.gradient,
                    row.gradientAt,
                    row.accumulate, row.length);
        }
        return sum;
    }

    private static float element(Buffer buffer, int index) {
        return CpuBuffer.floats(buffer)[CpuBuffer.offset(buffer) + index];
    }

    private static void store(Buffer nullable, int index, double number) {
        if (nullable != null) {
            CpuBuffer.floats(nullable)[CpuBuffer.offset(nullable) + index] = (float) number;
        }
    }

    private static double poisson(Row row) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            float a = row.parameters[row.at + i];
            double x = row.target[row.targetAt + i];
            boolean beyond = a > PointwiseLoss.HIGHEST_LOG_RATE;
            double b = beyond ? PointwiseLoss.HIGHEST_LOG_RATE : a;
            double r = Math.exp(b);
            sum += row.valued ? poisson(b, r, x) : 0;
            if (row.gradient != null) {
                float d = beyond ? 0f : (float) (row.upstream * (r - x));
                row.gradient[row.gradientAt + i] = row.accumulate ? row.gradient[row.gradientAt + i] + d : d;
            }
        }
        return sum;
    }

    /** r - x b + log x!, r = e^b; NaN when x is not a natural number. */
    private static double poisson(double b, double r, double x) {
        if (x == 0) {
            return r;
        }
        double logX = Math.log(x);
        double rest = x < STIRLING_REST.length ? STIRLING_REST[Math.max(0, (int) x)]
                : 0.5 * (LOG_2_PI + logX) + (1.0 / 12 - (1.0 / 360 - 1 / (1260 * x * x)) / (x * x)) / x;
        return x == Math.rint(x) ? r - x - x * (b - logX) + rest : Double.NaN;
    }

    /** log n! - n log n + n for small n; for larger ones a series is exact enough. */
    private static double[] stirlingRest(int count) {
        double[] rest = new double[count];
        double logFactorial = 0;
        for (int n = 1; n < count; n++) {
            logFactorial += Math.log(n);
            rest[n] = logFactorial - n * Math.log(n) + n;
        }
        return rest;
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
