package dev.hourglass.backend;

/** How grey values in [0, 1] become zeros and ones when a batch is gathered. */
public enum Binarization {
    /** Left grey. */
    NONE,
    /** x &gt;= 0.5. */
    FIXED,
    /** One with probability x, drawn afresh at every step. */
    DYNAMIC
}
