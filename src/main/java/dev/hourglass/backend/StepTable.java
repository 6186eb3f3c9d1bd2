package dev.hourglass.backend;

/**
 * What each step of an epoch is told by the host, written to the device once: a row a step, its columns learning rate, KL weight and the optimizer's two
 * corrections. The one place beside the devices' own code that knows the columns.
 */
public final class StepTable {
    /** Numbers of a row. */
    public static final int COLUMNS = StepState.TABLE_COLUMNS;

    private final float[] values;

    /** A table of so many steps, all zero. */
    public StepTable(int steps) {
        values = new float[steps * COLUMNS];
    }

    /** A table for passes that update nothing: the same KL weight at every step. */
    public static StepTable constant(double klWeight) {
        return new StepTable(1).set(0, 0, klWeight, 1, 1);
    }

    /** Sets what a step is told; returns this. */
    public StepTable set(int step, double learningRate, double klWeight, float correction1, float correction2) {
        int at = step * COLUMNS;
        values[at] = (float) learningRate;
        values[at + 1] = (float) klWeight;
        values[at + 2] = correction1;
        values[at + 3] = correction2;
        return this;
    }

    /** Puts the first row where a state has its words. */
    void begin(int[] state) {
        state[StepState.LEARNING_RATE] = Float.floatToRawIntBits(values[0]);
        state[StepState.KL_WEIGHT] = Float.floatToRawIntBits(values[1]);
        state[StepState.CORRECTION_1] = Float.floatToRawIntBits(values[2]);
        state[StepState.CORRECTION_2] = Float.floatToRawIntBits(values[3]);
    }

    /** Returns the number of rows. */
    public int steps() {
        return values.length / COLUMNS;
    }

    /** Returns the learning rate of the last step. */
    public float lastLearningRate() {
        return values[values.length - COLUMNS];
    }

    /** Returns all numbers, row by row; not a copy. */
    public float[] values() {
        return values;
    }
}
