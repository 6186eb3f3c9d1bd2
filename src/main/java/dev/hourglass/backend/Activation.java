package dev.hourglass.backend;

import java.util.Locale;

/**
 * Elementwise activations y = f(a) with the derivatives f'(a) and f''(a) that training and the contractive penalty need.
 * Derivatives are functions of one saved value: the output y where that suffices, the input a for {@link #GELU} and {@link #SILU}.
 */
public enum Activation {
    /** y = a. */
    IDENTITY,
    /** y = max(a, 0); f'(0) = 0. */
    RELU,
    /** y = a for a &gt; 0, 0.01 a otherwise. */
    LEAKY_RELU,
    /** y = a for a &gt; 0, e^a - 1 otherwise. */
    ELU,
    /** y = a Phi(a) with the exact normal distribution function; saves its input. */
    GELU,
    /** y = a sigmoid(a); saves its input. */
    SILU,
    /** y = log(1 + e^a). */
    SOFTPLUS,
    /** y = 1 / (1 + e^-a). */
    SIGMOID,
    /** y = tanh(a). */
    TANH;

    /** Slope of {@link #LEAKY_RELU} below zero. */
    public static final float LEAK = 0.01f;

    /** Returns whether derivatives are functions of the input a (true) or of the output y (false). */
    public boolean savesInput() {
        return this == GELU || this == SILU;
    }

    /** Returns the name used on the command line and in configurations, such as {@code leaky-relu}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
