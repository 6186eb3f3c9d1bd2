package dev.hourglass.backend.cpu;

/**
 * The matrix product C = alpha op(A) op(B) + beta C with op(A) [m, k], op(B) [k, n], C [m, n]. Twins: {@link ScalarGemm} and
 * {@code vector.VectorGemm}. For every element of C the products are added in the order of k, cut at places that depend on k alone.
 */
public interface Gemm {
    /**
     * A row-major matrix in an array: element (r, c) of what is stored is at {@code offset + r * stride + c}.
     *
     * @param transposed whether op(A) is the transpose of what is stored
     */
    record Matrix(float[] values, int offset, int stride, boolean transposed) {
    }

    /**
     * C = alpha op(A) op(B) + beta C; beta = 0 ignores what C holds.
     *
     * @param c not transposed; Modified
     */
    void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c);
}
