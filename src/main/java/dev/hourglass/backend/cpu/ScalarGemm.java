package dev.hourglass.backend.cpu;

import java.util.Arrays;

/**
 * {@link Gemm} in plain Java. Four rows of op(B) at a time are added to eight rows of sums; all of them are copied into arrays of their own first,
 * because C2 vectorises a loop over several arrays only when they share the index.
 */
public final class ScalarGemm implements Gemm {
    private static final int ROWS = 8;
    private static final int STEPS = 4;

    private final Parallel parallel;
    private final float[][][] memory;
    private float[] straight = new float[0];

    /** Works with the given threads. */
    public ScalarGemm(Parallel parallel) {
        this.parallel = parallel;
        memory = new float[parallel.threads()][ROWS + STEPS][0];
    }

    @Override
    public void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        Matrix right = b.transposed() ? transpose(b, k, n) : b;
        parallel.pieces(m, ROWS, (from, to, worker) -> {
            float[][] rows = rows(worker, n);
            for (int i = from; i < to; i++) {
                load(c, i, n, beta, rows[i - from]);
            }
            for (int p = 0; p < k; p += STEPS) {
                int steps = Math.min(STEPS, k - p);
                for (int s = 0; s < STEPS; s++) {
                    operand(right, p + s, n, s < steps, rows[ROWS + s]);
                }
                for (int i = from; i < to; i++) {
                    add(factor(a, i, p, k, alpha), factor(a, i, p + 1, k, alpha), factor(a, i, p + 2, k, alpha),
                            factor(a, i, p + 3, k, alpha),
                            rows[ROWS], rows[ROWS + 1], rows[ROWS + 2], rows[ROWS + 3], rows[i - from], n);
                }
            }
            for (int i = from; i < to; i++) {
                System.arraycopy(rows[i - from], 0, c.values(), c.offset() + i * c.stride(), n);
            }
        });
    }

    private Matrix transpose(Matrix b, int k, int n) {
        if (straight.length < k * n) {
            straight = new float[k * n];
        }
        float[] target = straight;
        parallel.pieces(n, ROWS, (from, to, worker) -> {
            for (int p = 0; p < k; p++) {
                for (int j = from; j < to; j++) {
                    target[p * n + j] = b.values()[b.offset() + j * b.stride() + p];
                }
            }
        });
        return new Matrix(target, 0, n, false);
    }

    private float[][] rows(int worker, int n) {
        float[][] rows = memory[worker];
        if (rows[0].length < n) {
            for (int i = 0; i < rows.length; i++) {
                rows[i] = new float[n];
            }
        }
        return rows;
    }

    private static void load(Matrix c, int i, int n, float beta, float[] sums) {
        int row = c.offset() + i * c.stride();
        for (int j = 0; j < n; j++) {
            sums[j] = beta == 0f ? 0f : beta * c.values()[row + j];
        }
    }

    /** Row p of op(B), or zeros beyond the last. */
    private static void operand(Matrix b, int p, int n, boolean exists, float[] target) {
        if (exists) {
            System.arraycopy(b.values(), b.offset() + p * b.stride(), target, 0, n);
        } else {
            Arrays.fill(target, 0, n, 0f);
        }
    }

    private static float factor(Matrix a, int i, int p, int k, float alpha) {
        if (p >= k) {
            return 0f;
        }
        return alpha * a.values()[a.transposed() ? a.offset() + p * a.stride() + i : a.offset() + i * a.stride() + p];
    }

    private static void add(float a0, float a1, float a2, float a3, float[] b0, float[] b1, float[] b2, float[] b3, float[] sums, int n) {
        for (int j = 0; j < n; j++) {
            sums[j] = (((sums[j] + a0 * b0[j]) + a1 * b1[j]) + a2 * b2[j]) + a3 * b3[j];
        }
    }
}
