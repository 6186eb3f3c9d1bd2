package dev.hourglass.data.csv;

import dev.hourglass.data.Numbers;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Whether the first line of a csv file holds the names of the columns, told from that line and the one below. Only the columns meant as numbers count. Cells that
 * are neither a number nor missing nor a number with a decimal comma are words. In this order:
 * <ol>
 * <li>no words: data. Doubtful if the line holds different whole numbers alone that increase (0,1,2 or 2019,2020 may be names) or stand above fractions, or if a
 *     cell is missing;
 * <li>words alone, besides missing cells: a header. Doubtful if a missing cell is more than empty ("Na" may be sodium);
 * <li>words and numbers: data if a number has a point, a sign or an exponent, for names have none, or if no word with a letter stands above a number; else a
 *     header. Always doubtful.
 * </ol>
 *
 * @param present whether the line is a header
 * @param doubt what speaks against it; null if nothing does
 */
record CsvHeader(boolean present, String doubt) {

    /**
     * @param below the fields of the next line, empty if there is none
     * @param columns positions of the columns meant as numbers
     */
    static CsvHeader guess(List<String> first, List<String> below, int[] columns) {
        return new Lines(first, below, columns).guess();
    }

    private record Lines(List<String> first, List<String> below, int[] columns) {
        CsvHeader guess() {
            boolean words = any(this::isWord);
            boolean numbers = any(column -> isNumber(first.get(column)));
            if (!words) {
                return new CsvHeader(false, doubtfulNumbers());
            }
            if (!numbers) {
                boolean marks = any(column -> Numbers.isMissing(first.get(column)) && !first.get(column).isBlank());
                return new CsvHeader(true, marks ? "it has words and marks of missing values" : null);
            }
            boolean fractions = any(column -> isNumber(first.get(column)) && !Numbers.isPlainWhole(first.get(column)));
            boolean names = any(
                    column -> isWord(column) && first.get(column).chars().anyMatch(Character::isLetter) && !isWordBelow(column));
            return new CsvHeader(!fractions && names, "it has both words and numbers");
        }

        private String doubtfulNumbers() {
            if (any(column -> Numbers.isMissing(first.get(column)))) {
                return "a value in it is missing";
            }
            boolean plain = !any(column -> !Numbers.isPlainWhole(first.get(column)));
            if (!plain || IntStream.of(columns).mapToDouble(this::whole).distinct().count() < columns.length) {
                return null;
            }
            if (columns.length > 1 && IntStream.range(1, columns.length).allMatch(i -> whole(columns[i - 1]) < whole(columns[i]))) {
                return "it holds increasing whole numbers, which may be names";
            }
            boolean fractions = any(
                    column -> column < below.size() && isNumber(below.get(column)) && !Numbers.isPlainWhole(below.get(column)));
            return fractions ? "it holds whole numbers, unlike the line below" : null;
        }

        private double whole(int column) {
            return Numbers.parse(first.get(column));
        }

        private boolean any(IntPredicate test) {
            return IntStream.of(columns).anyMatch(test);
        }

        private boolean isWord(int column) {
            return isWord(first.get(column));
        }

        private boolean isWordBelow(int column) {
            return column < below.size() && isWord(below.get(column));
        }

        private static boolean isWord(String cell) {
            return !Numbers.isMissing(cell) && !isNumber(cell);
        }

        private static boolean isNumber(String cell) {
            return !Numbers.isMissing(cell) && (Numbers.isNumber(cell) || Numbers.hasDecimalComma(cell));
        }
    }

    /** One line for the user: what was guessed, why that may be wrong, what to do; null if there is no doubt. */
    String note(String file) {
        if (doubt == null) {
            return null;
        }
        return file + ": the first line is taken for " + (present ? "the names of the columns" : "data") + ", but " + doubt + "; if it is "
                + (present ? "data, say so with header no" : "the names of the columns, say so with header yes");
    }
}
