package dev.hourglass.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One class per row: {@code codes[row]} in 0..C-1 is an index into the C class names. */
record Labels(int[] codes, List<String> classNames) {

    /** The sorted distinct numbers become classes 0..C-1, named by the number. */
    static Labels of(int[] values) {
        int[] distinct = Arrays.stream(values).sorted().distinct().toArray();
        int[] codes = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            codes[i] = Arrays.binarySearch(distinct, values[i]);
        }
        return new Labels(codes, Arrays.stream(distinct).mapToObj(Integer::toString).toList());
    }

    /** The distinct texts become classes 0..C-1, in numeric order when all are numbers and in text order otherwise. */
    static Labels of(List<String> values) {
        List<String> distinct = values.stream().distinct().toList();
        boolean numeric = distinct.stream().allMatch(Numbers::isNumber);
        Comparator<String> order = numeric ? Comparator.comparingDouble(Numbers::parse).thenComparing(Comparator.naturalOrder())
                : Comparator.naturalOrder();
        List<String> names = distinct.stream().sorted(order).toList();
        Map<String, Integer> codeOf = positions(names);
        return new Labels(values.stream().mapToInt(codeOf::get).toArray(), names);
    }

    static Map<String, Integer> positions(List<String> names) {
        Map<String, Integer> positions = new HashMap<>();
        for (String name : names) {
            positions.putIfAbsent(name, positions.size());
        }
        return positions;
    }

    Labels select(int[] rows) {
        return new Labels(Arrays.stream(rows).map(row -> codes[row]).toArray(), classNames);
    }

    /** The same classes under the codes of another list of names. */
    Labels aligned(List<String> target, String source) {
        Map<String, Integer> codeOf = positions(target);
        int[] renumbered = new int[codes.length];
        for (int row = 0; row < codes.length; row++) {
            String name = classNames.get(codes[row]);
            Integer code = codeOf.get(name);
            if (code == null) {
                throw new DataException(source + ": row " + (row + 1) + " has label '" + name + "', expected one of " + target
                        + "; use data with the labels of the training set");
            }
            renumbered[row] = code;
        }
        return new Labels(renumbered, List.copyOf(target));
    }
}
