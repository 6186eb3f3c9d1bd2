package dev.hourglass.inference;

import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Model;
import dev.hourglass.model.Schema;

/** Rows encoded as a model reads them: the target, the input, the condition and the key of each. Immutable; any thread may read. */
final class Rows {
    private final Model model;
    private final Schema schema;
    private final Examples examples;
    private final long seed;
    private final String[] ids;

    /**
     * Rows of examples that suit the model.
     *
     * @param seed of what rows draw
     * @param ids what keys the draws in place of the content, one a row; null for the content
     */
    Rows(Model model, Examples examples, long seed, String[] ids) {
        this.model = model;
        this.schema = model.schema();
        this.examples = schema.accept(examples, model.specification().condition());
        this.seed = seed;
        this.ids = ids;
    }

    int count() {
        return examples.rows();
    }

    /**
     * Encodes rows.
     *
     * @param target [count, features] from the start; Modified
     * @param input the same as the encoder sees it; the same array as {@code target} when the two are scaled alike; Modified
     * @param condition [count, conditions], null without one; Modified
     * @param keys two words a row; Modified
     */
    void encode(int from, int count, float[] target, float[] input, float[] condition, int[] keys) {
        for (int r = 0; r < count; r++) {
            int at = r * schema.features();
            if (input != target) {
                schema.inputScaling().encode(examples.features(), from + r, input, at);
            }
            schema.scaling().encode(examples.features(), from + r, target, at);
            if (condition != null) {
                condition(from + r, condition, r * schema.conditions());
            }
            long key = key(from + r, target, at, condition, r);
            keys[2 * r] = (int) key;
            keys[2 * r + 1] = (int) (key >>> 32);
            binarise(target, at, key);
        }
    }

    private void condition(int row, float[] to, int at) {
        int width = schema.conditions();
        if (model.specification().condition() == ConditionKind.LABELS) {
            java.util.Arrays.fill(to, at, at + width, 0);
            to[at + examples.features().label(row)] = 1;
        } else {
            schema.conditionScaling().encode(examples.conditions(), row, to, at);
        }
    }

    private long key(int row, float[] target, int at, float[] condition, int r) {
        long key = RowKey.start(seed);
        if (ids != null) {
            return RowKey.mixed(RowKey.add(key, ids[row]));
        }
        key = RowKey.add(key, target, at, schema.features());
        return RowKey.mixed(condition == null ? key : RowKey.add(key, condition, r * schema.conditions(), schema.conditions()));
    }

    /** Zeros and ones from grey values as training draws them, but by the key of the row. */
    private void binarise(float[] target, int at, long key) {
        Binarization binarization = model.specification().binarization();
        int[] words = new int[binarization == Binarization.DYNAMIC ? 4 : 0];
        for (int i = 0; binarization != Binarization.NONE && i < schema.features(); i++) {
            if (binarization == Binarization.DYNAMIC && i % 4 == 0) {
                Philox.words(key, i / 4, 0, RandomStream.BINARIZATION.ordinal(), words);
            }
            float threshold = binarization == Binarization.DYNAMIC ? Philox.uniform(words[i % 4]) : 0.5f;
            boolean one = binarization == Binarization.DYNAMIC ? threshold < target[at + i] : target[at + i] >= threshold;
            target[at + i] = one ? 1f : 0f;
        }
    }
}
