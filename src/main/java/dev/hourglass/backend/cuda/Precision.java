package dev.hourglass.backend.cuda;

/** What a matrix product computes with; inputs, outputs and sums stay float32. */
public enum Precision {
    /** IEEE float32 throughout. */
    FP32,
    /** Products of values rounded to 10 bits of mantissa, on tensor cores. */
    TF32,
    /** Products of values rounded to 7 bits of mantissa, on tensor cores. */
    BF16
}
