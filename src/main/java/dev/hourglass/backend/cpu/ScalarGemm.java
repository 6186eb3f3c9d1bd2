package dev.hourglass.backend.cpu;

/** {@link Gemm} in plain Java: rows of op(B) are added up by loops that C2 vectorises, four at a time. */
public final class ScalarGemm implements Gemm {
    private static final int ROWS_PER_TASK = 8;

    private final Parallel parallel;
    private float[] straight = new float[0];

    /** Works with the given threads. */
    public ScalarGemm(Parallel parallel) {
        this.parallel = parallel;
    }

    @Override
    public void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        Matrix rows = b.transposed() ? transpose(b, k, n) : b;
        parallel.pieces(m, ROWS_PER_TASK, (from, to, worker) -> {
            for (int i = from; i < to; i++) {
                row(i, n, k, alpha, a, rows, beta, c);
            }
        });
    }

    private Matrix transpose(Matrix b, int k, int n) {
        if (straight.length < k * n) {
            straight = new float[k * n];
        }
        float[] target = straight;
        parallel.pieces(k, ROWS_PER_TASK, (from, to, worker) -> {
            for (int j = 0; j < n; j++) {
                int source = b.offset() + j * b.stride();
                for (int p = from; p < to; p++) {
                    target[p * n + j] = b.values()[source + p];
                }
            }
        });
        return new Matrix(target, 0, n, false);
    }

    private static void row(int i, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        int target = c.offset() + i * c.stride();
        scale(c.values(), target, n, beta);
        int start = a.transposed() ? a.offset() + i : a.offset() + i * a.stride();
        int step = a.transposed() ? a.stride() : 1;
        int p = 0;
        for (; p + 4 <= k; p += 4) {
            int at = start + p * step;
            float[] v = a.values();
            addFour(alpha * v[at], alpha * v[at + step], alpha * v[at + 2 * step], alpha * v[at + 3 * step], b, p, c.values(), target, n);
        }
        for (; p < k; p++) {
            addOne(alpha * a.values()[start + p * step], b.values(), b.offset() + p * b.stride(), c.values(), target, n);
        }
    }

    private static void scale(float[] c, int offset, int n, float beta) {
        for (int j = 0; j < n; j++) {
            c[offset + j] = beta == 0f ? 0f : beta * c[offset + j];
        }
    }

    private static void addFour(float a0, float a1, float a2, float a3, Matrix matrix, int p, float[] c, int target, int n) {
        float[] b = matrix.values();
        int stride = matrix.stride();
        int source = matrix.offset() + p * stride;
        for (int j = 0; j < n; j++) {
            int at = source + j;
            c[target + j] = (((c[target + j] + a0 * b[at]) + a1 * b[at + stride]) + a2 * b[at + 2 * stride]) + a3 * b[at + 3 * stride];
        }
    }

    private static void addOne(float a, float[] b, int source, float[] c, int target, int n) {
        for (int j = 0; j < n; j++) {
            c[target + j] += a * b[source + j];
        }
    }
}
