package dev.hourglass.data.digits;

import java.util.Arrays;

/**
 * A square of pixels on which a round pen draws straight segments, smoothly edged: the ink of a pixel is clamp(radius + 1/2 - distance, 0, 1) with the distance
 * from its centre to the nearest segment. Only pixels near a segment are visited. Plain arithmetic and square roots: the same on every platform.
 */
final class StrokeCanvas {
    private final int size;
    private final double[] squaredDistance;

    StrokeCanvas(int size) {
        this.size = size;
        this.squaredDistance = new double[size * size];
    }

    void clear() {
        Arrays.fill(squaredDistance, Double.MAX_VALUE);
    }

    /** Draws from (x0, y0) to (x1, y1); pixel (row r, column c) has its centre at (c + 1/2, r + 1/2). */
    void segment(double x0, double y0, double x1, double y1, double radius) {
        double reach = radius + 0.5;
        int left = bounded(Math.min(x0, x1) - reach);
        int right = bounded(Math.max(x0, x1) + reach);
        int top = bounded(Math.min(y0, y1) - reach);
        int bottom = bounded(Math.max(y0, y1) + reach);
        double dx = x1 - x0;
        double dy = y1 - y0;
        double length = dx * dx + dy * dy;
        double inverse = length > 0 ? 1 / length : 0;
        for (int row = top; row <= bottom; row++) {
            double py = row + 0.5 - y0;
            double alongRow = py * dy;
            for (int pixel = row * size + left; pixel <= row * size + right; pixel++) {
                double px = pixel - row * size + 0.5 - x0;
                double place = (px * dx + alongRow) * inverse;
                // Comparisons: Math.min and Math.max, which care for NaN and -0.0, take half as long again.
                double along = place > 0 ? place < 1 ? place : 1 : 0;
                double ex = px - along * dx;
                double ey = py - along * dy;
                double squared = ex * ex + ey * ey;
                if (squared < squaredDistance[pixel]) {
                    squaredDistance[pixel] = squared;
                }
            }
        }
    }

    private int bounded(double coordinate) {
        return (int) Math.max(0, Math.min(size - 1, Math.floor(coordinate)));
    }

    /** Ink of a pixel in 0..1 for the pen radius that drew. */
    double ink(int pixel, double radius) {
        double squared = squaredDistance[pixel];
        double reach = radius + 0.5;
        return squared >= reach * reach ? 0 : Math.min(1, reach - Math.sqrt(squared));
    }
}
