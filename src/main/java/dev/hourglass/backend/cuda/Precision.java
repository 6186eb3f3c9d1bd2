package dev.hourglass.backend.cuda;

import dev.hourglass.message.Label;

/**
 * What a matrix product computes with; inputs, outputs and sums stay float32.
 *
 * <p><b>Error.</b> Let u be the rounding of one input: 0 for FP32, 2^-11 for TF32 with its 11 significant bits, 2^-8 for BF16 with
 * its 8. Each of the K terms a b of an element of the product carries (1 + d1)(1 + d2), |d| &lt;= u, and the float32 sum adds at most K 2^-24, so
 * that to first order
 *
 * <pre>|error| &lt;= (2 u + K 2^-24) sum_k |a_k b_k|</pre>
 *
 * about 1e-3 (TF32) and 8e-3 (BF16) of sum |a b|. Roundings of different terms are independent and mostly cancel: the typical error is near
 * u sqrt(2/3) sqrt(sum (a b)^2), which shrinks against sum |a b| like 1/sqrt(K): 2e-5 and 2e-4 of it for normal terms and K = 784. Where terms cancel, the error
 * stays and the product does not, so its relative error has no bound. The bound is derived from the formats for rounding to nearest; a library that
 * truncates doubles u. The bound was not measured on a card.
 *
 * <p>TF32 and BF16 permit rounding, they do not order it: cuBLAS chooses. Version 13.1 on an H200 gave the same bits for BF16 as for TF32 over a whole
 * training. Small FP32 layers run on kernels of our own, those of the other two never do.
 */
public enum Precision {
    /** IEEE float32 throughout. */
    FP32,
    /** Inputs rounded to 11 significant bits (10 stored), on tensor cores; range of float32. */
    TF32,
    /** Inputs rounded to 8 significant bits at the coarsest (7 stored), on tensor cores; range of float32. */
    BF16;

    /** Returns the name used on the command line and in configurations: {@code fp32}, {@code tf32}, {@code bf16}. */
    public String label() {
        return Label.of(this);
    }
}
