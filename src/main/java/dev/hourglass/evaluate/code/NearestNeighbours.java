package dev.hourglass.evaluate.code;

import dev.hourglass.backend.Backend;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.Arrays;

/** Exact k nearest neighbours: |a - b|^2 = |a|^2 - 2 a b + |b|^2, the products in blocks on the device, the k least kept on the host. */
final class NearestNeighbours {
    private static final int QUERY_BLOCK = 256;
    private static final int CODE_BLOCK = 8192;

    private final Backend backend;
    private final float[][] codes;
    private final int[] labels;
    private final int classes;
    private final int neighbours;

    NearestNeighbours(Backend backend, CodeQuality.Codes training, int classes, int neighbours) {
        this.backend = backend;
        this.codes = training.values();
        this.labels = training.labels();
        this.classes = classes;
        this.neighbours = neighbours;
    }

    int[] classify(float[][] queries, ProgressListener progress) {
        int[] classes = new int[queries.length];
        for (int start = 0; start < queries.length; start += QUERY_BLOCK) {
            int count = Math.min(QUERY_BLOCK, queries.length - start);
            int[][] nearest = nearest(queries, start, count);
            for (int i = 0; i < count; i++) {
                classes[start + i] = vote(nearest[i]);
            }
            progress.at(start + count, queries.length);
        }
        return classes;
    }

    /** Rows of the nearest codes, nearest first. */
    private int[][] nearest(float[][] queries, int from, int count) {
        int[][] rows = new int[count][neighbours];
        double[][] distances = new double[count][neighbours];
        for (double[] row : distances) {
            Arrays.fill(row, Double.POSITIVE_INFINITY);
        }
        for (int block = 0; block < codes.length; block += CODE_BLOCK) {
            int size = Math.min(CODE_BLOCK, codes.length - block);
            float[] products = products(queries, from, count, block, size);
            for (int c = 0; c < size; c++) {
                double norm = squaredNorm(codes[block + c]);
                for (int q = 0; q < count; q++) {
                    insert(rows[q], distances[q], block + c, norm - 2.0 * products[q * size + c]);
                }
            }
        }
        return rows;
    }

    private float[] products(float[][] queries, int from, int count, int block, int size) {
        int latent = codes[0].length;
        try (Scope scope = new Scope(backend, "neighbours")) {
            Tensor a = scope.tensor("queries", count, latent);
            a.write(flat(queries, from, count));
            Tensor b = scope.tensor("codes", size, latent);
            b.write(flat(codes, block, size));
            Tensor product = scope.tensor("products", count, size);
            backend.gemm(false, true, count, size, latent, 1, a.buffer(), b.buffer(), 0, product.buffer());
            return product.read();
        }
    }

    private static void insert(int[] rows, double[] distances, int row, double distance) {
        int at = distances.length - 1;
        if (distance >= distances[at]) {
            return;
        }
        while (at > 0 && distances[at - 1] > distance) {
            distances[at] = distances[at - 1];
            rows[at] = rows[at - 1];
            at--;
        }
        distances[at] = distance;
        rows[at] = row;
    }

    /** The commonest class; among equals the one whose last vote came first. */
    private int vote(int[] nearest) {
        int[] votes = new int[classes];
        int best = labels[nearest[0]];
        for (int row : nearest) {
            votes[labels[row]]++;
            best = votes[labels[row]] > votes[best] ? labels[row] : best;
        }
        return best;
    }

    private static double squaredNorm(float[] code) {
        double sum = 0;
        for (float value : code) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static float[] flat(float[][] rows, int from, int count) {
        int width = rows[from].length;
        float[] flat = new float[count * width];
        for (int i = 0; i < count; i++) {
            System.arraycopy(rows[from + i], 0, flat, i * width, width);
        }
        return flat;
    }
}
