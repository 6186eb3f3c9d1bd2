package consumer;

import java.util.Random;

/** Made-up rows of width, height and area. */
final class Rectangles {
    private Rectangles() {
    }

    /** Returns rectangles, the same for the same seed: [count][3]. */
    static float[][] usual(int count, long seed) {
        Random random = new Random(seed);
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            float width = 1 + random.nextFloat();
            float height = 1 + random.nextFloat();
            rows[i] = new float[] {width, height, width * height};
        }
        return rows;
    }

    /** Returns the rows whose codes and scores both programs compute: 64 rectangles, every fourth with a wrong area. */
    static float[][] asked() {
        float[][] rows = usual(64, 1);
        for (int i = 3; i < rows.length; i += 4) {
            rows[i][2] += 3;
        }
        return rows;
    }
}
