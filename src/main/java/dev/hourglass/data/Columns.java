package dev.hourglass.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How users name columns. A number from 1, or a range of numbers such as {@code 3-10}, is always a position; any other word is a name of the header; {@code =NAME}
 * is a name whatever it looks like.
 */
public final class Columns {
    static final String NAME_MARK = "=";

    private static final String NUMBERED = "\\d{1,9}(-\\d{1,9})?";
    private static final int SHOWN_NAMES = 12;
    private static final int SHOWN_CHARACTERS = 40;

    private Columns() {
    }

    /**
     * Positions (from 0) of the columns that the words name.
     *
     * @param names header names, or empty if there is no header
     * @throws DataException if a word names no column
     */
    public static int[] positions(List<String> words, List<String> names, int count, String where) {
        List<Integer> positions = new ArrayList<>();
        for (String word : words) {
            if (isName(word)) {
                positions.add(named(name(word), names, count, where));
            } else {
                addRange(positions, word, names, count, where);
            }
        }
        return distinct(positions, words, where);
    }

    /** Positions (from 0) of the columns of exactly these names, numbers or not. @throws DataException if there is no such column */
    static int[] named(List<String> wanted, List<String> names, int count, String where) {
        return distinct(wanted.stream().map(name -> named(name, names, count, where)).toList(), wanted, where);
    }

    private static int[] distinct(List<Integer> positions, List<String> words, String where) {
        if (positions.stream().distinct().count() != positions.size()) {
            throw new DataException(where + ": the columns " + String.join(",", words) + " name a column twice; name each once");
        }
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether the word means a name, not a position. */
    public static boolean isName(String word) {
        return !word.matches(NUMBERED);
    }

    private static String name(String word) {
        return word.startsWith(NAME_MARK) ? word.substring(NAME_MARK.length()) : word;
    }

    /** The position (from 0) of the one column that the word names. @throws DataException if it names none or several */
    public static int position(String word, List<String> names, int count, String where) {
        int[] positions = positions(List.of(word), names, count, where);
        if (positions.length != 1) {
            throw new DataException(where + ": '" + word + "' names " + positions.length + " columns, expected one");
        }
        return positions[0];
    }

    private static int named(String name, List<String> names, int count, String where) {
        int position = names.indexOf(name);
        if (position < 0) {
            throw new DataException(where + ": there is no column '" + name + "'; " + available(names, count));
        }
        return position;
    }

    private static void addRange(List<Integer> positions, String word, List<String> names, int count, String where) {
        String[] ends = word.split("-");
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        if (first < 1 || last > count || first > last) {
            String remedy = names.contains(word) ? "; write " + NAME_MARK + word + " for the column of that name" : "";
            throw new DataException(where + ": there is no column " + word + "; " + available(names, count) + remedy);
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
        List<String> shown = names.subList(0, Math.min(names.size(), SHOWN_NAMES)).stream().map(Columns::shortened).toList();
        return "the header has " + String.join(", ", shown) + (names.size() > shown.size() ? ", ..." : "") + ", and " + numbers;
    }

    /** "column 3" or "column 'age'". */
    public static String describe(int position, List<String> names) {
        return names.isEmpty() ? "column " + (position + 1) : "column '" + shortened(names.get(position)) + "'";
    }

    /** At most 40 characters of a text from a file, so that a message stays one line. */
    public static String shortened(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
