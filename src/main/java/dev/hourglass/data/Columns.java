package dev.hourglass.data;

import java.util.ArrayList;
import java.util.List;

/** How users name columns: by header name, by number from 1, or by a range of numbers such as {@code 3-10}. */
final class Columns {
    private static final String NUMBERED = "\\d{1,9}(-\\d{1,9})?";

    private Columns() {
    }

    /**
     * Positions (from 0) of the columns that the words name. A word that equals a name is that column; otherwise it is a number or a range.
     *
     * @param names header names, or empty if there is no header
     * @throws DataException if a word names no column
     */
    static int[] positions(List<String> words, List<String> names, int count, String where) {
        List<Integer> positions = new ArrayList<>();
        for (String word : words) {
            int named = names.indexOf(word);
            if (named >= 0) {
                positions.add(named);
            } else {
                addRange(positions, word, names, count, where);
            }
        }
        if (positions.stream().distinct().count() != positions.size()) {
            throw new DataException(where + ": the columns " + String.join(",", words) + " name a column twice; name each once");
        }
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether the word is a number or a range of numbers within 1..count. */
    static boolean isNumbered(String word, int count) {
        if (!word.matches(NUMBERED)) {
            return false;
        }
        String[] ends = word.split("-");
        return Integer.parseInt(ends[0]) >= 1 && Integer.parseInt(ends[ends.length - 1]) <= count;
    }

    static int position(String word, List<String> names, int count, String where) {
        int[] positions = positions(List.of(word), names, count, where);
        if (positions.length != 1) {
            throw new DataException(where + ": '" + word + "' names " + positions.length + " columns, expected one");
        }
        return positions[0];
    }

    private static void addRange(List<Integer> positions, String word, List<String> names, int count, String where) {
        if (!word.matches(NUMBERED)) {
            throw new DataException(where + ": there is no column '" + word + "'; " + available(names, count));
        }
        String[] ends = word.split("-");
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        if (first < 1 || last > count || first > last) {
            throw new DataException(where + ": there is no column " + word + "; " + available(names, count));
        }
        for (int number = first; number <= last; number++) {
            positions.add(number - 1);
        }
    }

    private static String available(List<String> names, int count) {
        String numbers = "columns are numbered 1 to " + count;
        if (names.isEmpty()) {
            return numbers;
        }
        List<String> shown = names.subList(0, Math.min(names.size(), 12));
        return "the header has " + String.join(", ", shown) + (names.size() > shown.size() ? ", ..." : "") + ", and " + numbers;
    }

    /** "column 3" or "column 'age'". */
    static String describe(int position, List<String> names) {
        return names.isEmpty() ? "column " + (position + 1) : "column '" + names.get(position) + "'";
    }
}
