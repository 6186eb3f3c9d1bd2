package dev.hourglass.backend;

/**
 * Layout of the step state: sixteen words of an INT32 buffer, floats by their bits. Everything that changes between steps is read from here by
 * the device, never passed by value, so that one recorded {@link Program} serves every step. Mirrors {@code struct StepState} of common.cuh.
 */
public final class StepState {
    /** Number of words. */
    public static final int WORDS = 16;
    /** Key of the random streams: low word of the seed. */
    public static final int SEED_LOW = 0;
    /** Key of the random streams: high word of the seed. */
    public static final int SEED_HIGH = 1;
    /** Steps done so far; second word of the Philox counter. */
    public static final int STEP = 2;
    /** First position of the current batch in the epoch's order. */
    public static final int ROW = 3;
    /** Float: learning rate of this step. */
    public static final int LEARNING_RATE = 4;
    /** Float: weight of the KL term in this step. */
    public static final int KL_WEIGHT = 5;
    /** Float: factor the optimizer applies to gradients, from norm clipping; 1 when clipping is off. */
    public static final int CLIP_SCALE = 6;
    /** Float: norm of the gradient before clipping. */
    public static final int GRADIENT_NORM = 7;
    /** Rows in the epoch's order. */
    public static final int EPOCH_ROWS = 8;
    /** Row of the schedule table this step uses. */
    public static final int TABLE_ROW = 9;
    /** Float: 1 - beta1^t, t counted from 1. */
    public static final int CORRECTION_1 = 10;
    /** Float: 1 - beta2^t. */
    public static final int CORRECTION_2 = 11;
    /** Columns of the schedule table: learning rate, KL weight, correction 1, correction 2. */
    public static final int TABLE_COLUMNS = 4;

    private StepState() {
    }

    /** Returns the words of a state that only draws: nothing is updated and no batch is taken from an order. */
    public static int[] words(long seed, int step) {
        return words(seed, step, 0, StepTable.constant(0));
    }

    /** Returns the words of a state at the start of an epoch; learning rate and weights are those of the first row of {@code table}. */
    public static int[] words(long seed, int step, int epochRows, StepTable table) {
        int[] words = new int[WORDS];
        words[SEED_LOW] = (int) seed;
        words[SEED_HIGH] = (int) (seed >>> 32);
        words[STEP] = step;
        words[EPOCH_ROWS] = epochRows;
        table.begin(words);
        words[CLIP_SCALE] = Float.floatToRawIntBits(1f);
        return words;
    }
}
