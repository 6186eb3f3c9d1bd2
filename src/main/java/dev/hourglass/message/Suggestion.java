package dev.hourglass.message;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds what someone probably meant. */
public final class Suggestion {
    private Suggestion() {
    }

    /** Returns the candidate with the least edit distance to {@code word}, unless more than a third of the letters are wrong. */
    public static Optional<String> of(String word, Collection<String> candidates) {
        return candidates.stream().min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(nearest -> distance(word, nearest) <= Math.max(1, nearest.length() / 3));
    }

    /** Returns what is expected in place of an unknown word: {@code mean, median or zero; did you mean 'mean'?}. */
    public static String among(String word, List<String> candidates) {
        int last = candidates.size() - 1;
        String all = last < 1 ? String.join("", candidates)
                : String.join(", ", candidates.subList(0, last)) + " or " + candidates.get(last);
        return all + of(word, candidates).map(near -> "; did you mean '" + near + "'?").orElse("");
    }

    /** Levenshtein's distance, one row of the table at a time. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
