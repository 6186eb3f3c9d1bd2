package dev.hourglass.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Round positions for the marks of an axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param positions ascending
 * @param decimals that their labels need
 */
public record Ticks(List<Double> positions, int decimals) {

    /** Returns about {@code wanted} marks within {@code [low, high]}, {@code low < high}. */
    public static Ticks within(double low, double high, int wanted) {
        double raw = (high - low) / wanted;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = raw / power < 1.5 ? power : raw / power < 3.5 ? 2 * power : raw / power < 7.5 ? 5 * power : 10 * power;
        List<Double> positions = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
            positions.add(i * step);
        }
        return new Ticks(positions, (int) Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9))));
    }

    /** Returns a position as text. */
    public String label(double position) {
        return String.format(Locale.ROOT, "%." + decimals + "f", position + 0.0);
    }
}
