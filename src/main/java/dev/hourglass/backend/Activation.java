package dev.hourglass.backend;

import dev.hourglass.message.Label;

/**
 * Elementwise activations y = f(a) with the derivatives f'(a) and f''(a) that training and the contractive penalty need.
 * Derivatives are functions of one saved value: the output y where that suffices, the input a for {@link #GELU} and {@link #SILU}.
 */
public enum Activation {
    /** y = a. */
    IDENTITY(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
    /** y = max(a, 0); f'(0) = 0. */
    RELU(0, Double.POSITIVE_INFINITY),
    /** y = a for a &gt; 0, 0.01 a otherwise. */
    LEAKY_RELU(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
    /** y = a for a &gt; 0, e^a - 1 otherwise. */
    ELU(-1, Double.POSITIVE_INFINITY),
    /** y = a Phi(a) with the exact normal distribution function; saves its input. */
    GELU(-0.17, Double.POSITIVE_INFINITY),
    /** y = a sigmoid(a); saves its input. */
    SILU(-0.279, Double.POSITIVE_INFINITY),
    /** y = log(1 + e^a). */
    SOFTPLUS(0, Double.POSITIVE_INFINITY),
    /** y = 1 / (1 + e^-a). */
    SIGMOID(0, 1),
    /** y = tanh(a). */
    TANH(-1, 1);

    /** Slope of {@link #LEAKY_RELU} below zero. */
    public static final float LEAK = 0.01f;

    private final double low;
    private final double high;

    Activation(double low, double high) {
        this.low = low;
        this.high = high;
    }

    /** Returns a number that y is never below, for {@link #GELU} and {@link #SILU} within 0.001 of the least; -Infinity when there is none. */
    public double low() {
        return low;
    }

    /** Returns a number that y is never above; +Infinity when there is none. */
    public double high() {
        return high;
    }

    /** Returns whether y lies between fixed ends, so that a unit can saturate and its mean can be held at a target. */
    public boolean isBounded() {
        return Double.isFinite(low) && Double.isFinite(high);
    }

    /** Returns whether derivatives are functions of the input a (true) or of the output y (false). */
    public boolean savesInput() {
        return this == GELU || this == SILU;
    }

    /** Returns the name used on the command line and in configurations, such as {@code leaky-relu}. */
    public String label() {
        return Label.of(this);
    }
}
