package dev.hourglass.backend.cuda;

import java.util.Locale;

/** What a matrix product computes with; inputs, outputs and sums stay float32. */
public enum Precision {
    /** IEEE float32 throughout. */
    FP32,
    /** Products of values rounded to 10 bits of mantissa, on tensor cores. */
    TF32,
    /** Products of values rounded to 7 bits of mantissa, on tensor cores. */
    BF16;

    /** Returns the name used on the command line and in configurations: {@code fp32}, {@code tf32}, {@code bf16}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
