package dev.hourglass.evaluate.code;

import dev.hourglass.evaluate.RandomSequence;
import java.util.Arrays;

/** k-means++ centres (Arthur and Vassilvitskii 2007), refined by a few rounds of Lloyd's algorithm. */
final class Seeding {
    private static final int ROUNDS = 10;

    private Seeding() {
    }

    static double[][] plusPlus(float[][] codes, int count, RandomSequence random) {
        double[][] centres = new double[count][];
        double[] distances = new double[codes.length];
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        int chosen = random.below(codes.length);
        for (int k = 0; k < count; k++) {
            centres[k] = widened(codes[chosen]);
            double total = 0;
            for (int n = 0; n < codes.length; n++) {
                distances[n] = Math.min(distances[n], distance(codes[n], centres[k]));
                total += distances[n];
            }
            chosen = draw(distances, total, random);
        }
        for (int round = 0; round < ROUNDS; round++) {
            centres = means(codes, assign(codes, centres), centres);
        }
        return centres;
    }

    /** The nearest centre of every code. */
    static int[] assign(float[][] codes, double[][] centres) {
        int[] nearest = new int[codes.length];
        for (int n = 0; n < codes.length; n++) {
            for (int k = 1; k < centres.length; k++) {
                nearest[n] = distance(codes[n], centres[k]) < distance(codes[n], centres[nearest[n]]) ? k : nearest[n];
            }
        }
        return nearest;
    }

    private static int draw(double[] distances, double total, RandomSequence random) {
        double target = random.uniform() * total;
        int last = 0;
        for (int n = 0; n < distances.length; n++) {
            target -= distances[n];
            last = distances[n] > 0 ? n : last;
            if (target < 0) {
                return n;
            }
        }
        return last;
    }

    private static double[][] means(float[][] codes, int[] nearest, double[][] centres) {
        double[][] sums = new double[centres.length][centres[0].length];
        int[] counts = new int[centres.length];
        for (int n = 0; n < codes.length; n++) {
            counts[nearest[n]]++;
            for (int j = 0; j < sums[0].length; j++) {
                sums[nearest[n]][j] += codes[n][j];
            }
        }
        for (int k = 0; k < sums.length; k++) {
            for (int j = 0; j < sums[k].length; j++) {
                sums[k][j] = counts[k] == 0 ? centres[k][j] : sums[k][j] / counts[k];
            }
        }
        return sums;
    }

    private static double distance(float[] code, double[] centre) {
        double sum = 0;
        for (int j = 0; j < centre.length; j++) {
            sum += (code[j] - centre[j]) * (code[j] - centre[j]);
        }
        return sum;
    }

    private static double[] widened(float[] code) {
        double[] values = new double[code.length];
        for (int j = 0; j < values.length; j++) {
            values[j] = code[j];
        }
        return values;
    }
}
