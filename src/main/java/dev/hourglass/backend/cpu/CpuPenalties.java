package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;

/** Penalties on codes and weights: sparsity, L1, weight decay, row norms and the contractive penalty of one layer. */
final class CpuPenalties {
    private static final double LEAST_MEAN = 1e-6;

    private final Engine engine;
    private final Scratch scratch;
    private final ColumnSums columnSums;

    CpuPenalties(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
        columnSums = new ColumnSums(engine);
    }

    void sparsity(int rows, int columns, Buffer h, boolean signed, float rho, float weight, Buffer mean, Buffer running, float momentum,
            Buffer value, Buffer dh, boolean accumulate) {
        float[] code = CpuBuffer.floats(h);
        int start = CpuBuffer.offset(h);
        double[] sums = columnSums.run(rows, columns, (from, to, worker, target, offset) -> columnSums.add(code, start + from * columns,
                to - from, columns, scratch.of(worker, columns), target, offset));
        float[] slopes = new float[columns];
        double total = 0;
        for (int c = 0; c < columns; c++) {
            double m = sums[c] / rows;
            double share = 1.0 / rows;
            CpuBuffer.floats(mean)[CpuBuffer.offset(mean) + c] = (float) m;
            if (running != null) {
                int at = CpuBuffer.offset(running) + c;
                m = (double) momentum * CpuBuffer.floats(running)[at] + (1 - (double) momentum) * m;
                share *= 1 - (double) momentum;
                CpuBuffer.floats(running)[at] = (float) m;
            }
            double r = signed ? 0.5 * (1 + m) : m;
            double clamped = Math.min(1 - LEAST_MEAN, Math.max(LEAST_MEAN, r));
            total += rho * Math.log(rho / clamped) + (1 - (double) rho) * Math.log((1 - (double) rho) / (1 - clamped));
            double slope = weight * share * (signed ? 0.5 : 1) * (-rho / clamped + (1 - (double) rho) / (1 - clamped));
            slopes[c] = r == clamped ? (float) slope : 0f;
        }
        CpuBuffer.floats(value)[CpuBuffer.offset(value)] = (float) total;
        if (dh != null) {
            spread(rows, columns, slopes, dh, accumulate);
        }
    }

    /** dh[r, c] (+)= slopes[c]. */
    private void spread(int rows, int columns, float[] slopes, Buffer dh, boolean accumulate) {
        float[] target = CpuBuffer.floats(dh);
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                int row = CpuBuffer.offset(dh) + r * columns;
                for (int c = 0; c < columns; c++) {
                    target[row + c] = accumulate ? target[row + c] + slopes[c] : slopes[c];
                }
            }
        });
    }

    void l1(int rows, int columns, Buffer h, Buffer upstream, Buffer value, Buffer dh, boolean accumulate) {
        float[] code = CpuBuffer.floats(h);
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                int row = CpuBuffer.offset(h) + r * columns;
                double sum = 0;
                for (int c = 0; c < columns; c++) {
                    sum += Math.abs(code[row + c]);
                }
                store(value, r, sum);
                if (dh != null) {
                    float u = element(upstream, r);
                    for (int c = 0; c < columns; c++) {
                        put(dh, r * columns + c, u * Math.signum(code[row + c]), accumulate);
                    }
                }
            }
        });
    }

    static float element(Buffer buffer, int index) {
        return CpuBuffer.floats(buffer)[CpuBuffer.offset(buffer) + index];
    }

    static void store(Buffer nullable, int index, double number) {
        if (nullable != null) {
            CpuBuffer.floats(nullable)[CpuBuffer.offset(nullable) + index] = (float) number;
        }
    }

    /** target[index] (+)= number. */
    static void put(Buffer target, int index, float number, boolean accumulate) {
        int at = CpuBuffer.offset(target) + index;
        CpuBuffer.floats(target)[at] = accumulate ? CpuBuffer.floats(target)[at] + number : number;
    }

    void weightDecay(Buffer weights, float lambda, Buffer value, Buffer dw, boolean accumulate) {
        float[] w = CpuBuffer.floats(weights);
        int start = CpuBuffer.offset(weights);
        int length = CpuBuffer.length(weights);
        if (value != null) {
            store(value, 0, 0.5 * sumOfSquares(engine, weights));
        }
        if (dw != null) {
            engine.parallel().rows(length, 1, (from, to, worker) -> engine.arithmetic().scale(lambda, w, start + from,
                    CpuBuffer.floats(dw), CpuBuffer.offset(dw) + from, accumulate, to - from));
        }
    }

    static double sumOfSquares(Engine engine, Buffer buffer) {
        float[] x = CpuBuffer.floats(buffer);
        int start = CpuBuffer.offset(buffer);
        return engine.parallel().sum(CpuBuffer.length(buffer), Parallel.ELEMENTS_PER_PIECE,
                (from, to) -> engine.arithmetic().dot(x, start + from, x, start + from, to - from));
    }

    /** value[r] = factor |x_r|^2 and dx_r (+)= 2 factor upstream[r] x_r, each where there is a place for it. */
    void squaredRows(int rows, int columns, float factor, Buffer x, Buffer upstream, Buffer value, Buffer dx, boolean accumulate) {
        float[] source = CpuBuffer.floats(x);
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                int row = CpuBuffer.offset(x) + r * columns;
                if (value != null) {
                    store(value, r, factor * engine.arithmetic().dot(source, row, source, row, columns));
                }
                if (dx != null) {
                    engine.arithmetic().scale(2 * factor * element(upstream, r), source, row, CpuBuffer.floats(dx),
                            CpuBuffer.offset(dx) + r * columns, accumulate, columns);
                }
            }
        });
    }

    void contraction(int rows, int columns, Activation activation, Buffer saved, Buffer norms, Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNorms, boolean accumulateNorms) {
        contraction(rows, columns, activation, saved, null, norms, upstream, value, dPre, accumulatePre, null, false, dNorms,
                accumulateNorms);
    }

    /** With {@code neighbour} null g' is zero. */
    void contraction(int rows, int columns, Activation activation, Buffer saved, Buffer neighbour, Buffer norms, Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNeighbourPre, boolean accumulateNeighbour,
            Buffer dNorms, boolean accumulateNorms) {
        float[] n = CpuBuffer.floats(norms);
        int nOffset = CpuBuffer.offset(norms);
        Lanes lanes = engine.lanes();
        ColumnSums.Rows piece = (from, to, worker, sums, offset) -> {
            float[] g = scratch.of(worker, 3 * columns);
            for (int r = from; r < to; r++) {
                difference(activation, saved, neighbour, r * columns, columns, g);
                float u = upstream == null ? 0f : element(upstream, r);
                double sum = 0;
                for (int c = 0; c < columns; c++) {
                    double square = (double) g[c] * g[c];
                    sum += square * n[nOffset + c];
                    if (dNorms != null) {
                        sums[offset + c] += u * square;
                    }
                    g[columns + c] = 2 * u * g[c] * n[nOffset + c];
                }
                store(value, r, sum);
                bend(lanes, activation, saved, r * columns, columns, 1f, g, dPre, accumulatePre);
                bend(lanes, activation, neighbour, r * columns, columns, -1f, g, dNeighbourPre, accumulateNeighbour);
            }
        };
        if (dNorms == null) {
            engine.parallel().rows(rows, columns, (from, to, worker) -> piece.add(from, to, worker, null, 0));
        } else {
            ColumnSums.store(columnSums.run(rows, columns, piece), CpuBuffer.floats(dNorms), CpuBuffer.offset(dNorms), columns,
                    accumulateNorms);
        }
    }

    /** g[0 ..] = f'(a) - f'(a'). */
    private void difference(Activation activation, Buffer saved, Buffer neighbour, int start, int columns, float[] g) {
        engine.lanes().slope(activation, CpuBuffer.floats(saved), CpuBuffer.offset(saved) + start, g, 0, columns);
        if (neighbour != null) {
            engine.lanes().slope(activation, CpuBuffer.floats(neighbour), CpuBuffer.offset(neighbour) + start, g, columns, columns);
            for (int c = 0; c < columns; c++) {
                g[c] -= g[columns + c];
            }
        }
    }

    /** dPre (+)= sign f''(a) factor, the factors being the second part of {@code g}. */
    private static void bend(Lanes lanes, Activation activation, Buffer saved, int start, int columns, float sign, float[] g, Buffer dPre,
            boolean accumulate) {
        if (dPre != null) {
            lanes.curvature(activation, CpuBuffer.floats(saved), CpuBuffer.offset(saved) + start, g, 2 * columns, columns);
            for (int c = 0; c < columns; c++) {
                put(dPre, start + c, sign * g[columns + c] * g[2 * columns + c], accumulate);
            }
        }
    }
}
