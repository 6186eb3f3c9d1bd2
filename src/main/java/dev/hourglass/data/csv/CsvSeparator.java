package dev.hourglass.data.csv;

import dev.hourglass.data.Numbers;

/** What separates the fields of a line: comma, semicolon or tab, whichever there is most of outside quotes. */
final class CsvSeparator {
    private CsvSeparator() {
    }

    /** Comma if there is none of them. Beside semicolons or tabs, commas that can all be decimal commas do not count. */
    static char of(String line) {
        String outside = line.replaceAll("\"[^\"]*\"?", "\"");
        long semicolons = count(outside, ';');
        long tabs = count(outside, '\t');
        long commas = semicolons + tabs > 0 && hasDecimalCommasOnly(outside) ? 0 : count(outside, ',');
        return commas >= semicolons && commas >= tabs ? ',' : semicolons >= tabs ? ';' : '\t';
    }

    private static long count(String line, char wanted) {
        return line.chars().filter(character -> character == wanted).count();
    }

    private static boolean hasDecimalCommasOnly(String line) {
        for (String cell : line.split("[;\t]")) {
            if (cell.indexOf(',') >= 0 && !Numbers.hasDecimalComma(cell)) {
                return false;
            }
        }
        return true;
    }
}
