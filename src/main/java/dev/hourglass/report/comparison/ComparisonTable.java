package dev.hourglass.report.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A table as text: names at the left, a column for each run, as wide as it must be. */
final class ComparisonTable {
    private static final int WIDEST = 40;

    private final List<List<String>> lines = new ArrayList<>();
    private final int columns;

    ComparisonTable(List<String> runs) {
        columns = runs.size();
        // Names whole: shortened ones might be the same.
        lines.add(Stream.concat(Stream.of(""), runs.stream()).toList());
    }

    void row(String name, List<String> values) {
        List<String> line = new ArrayList<>(List.of(name));
        values.forEach(value -> line.add(value.length() <= WIDEST ? value : value.substring(0, WIDEST - 3) + "..."));
        lines.add(line);
    }

    void heading(String words) {
        lines.add(List.of());
        lines.add(List.of(words));
    }

    static String number(Double value) {
        return value == null ? SettingDifferences.ABSENT : String.format(Locale.ROOT, "%.6f", value);
    }

    static String tenths(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static String count(int value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            int end = width(0);
            StringBuilder cells = new StringBuilder(line.isEmpty() ? "" : line.get(0));
            for (int i = 1; i < line.size(); i++) {
                end += 2 + width(i);
                cells.append(" ".repeat(end - cells.length() - line.get(i).length())).append(line.get(i));
            }
            text.append(cells).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return lines.stream().filter(line -> line.size() == columns + 1).mapToInt(line -> line.get(column).length()).max().orElse(1);
    }
}
