package dev.hourglass.data.array;

import dev.hourglass.data.Columns;
import dev.hourglass.data.DataException;
import java.util.Arrays;

/**
 * Reads the Python dictionary at the start of an npy file, {@code {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }}: the three keys once each, in any
 * order. One pass from left to right, so linear in its length; nothing is evaluated.
 *
 * <p>Source: <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">the format's description</a>.
 */
final class NpyDictionary {
    private static final int SHOWN_CHARACTERS = 120;

    private final String where;
    private final String text;
    private int at;
    private String descr;
    private Boolean fortranOrder;
    private int[] shape;

    private NpyDictionary(String where, String text) {
        this.where = where;
        this.text = text;
    }

    /** @throws DataException if the text is no such dictionary */
    static NpyHeader parse(String where, String text) {
        return new NpyDictionary(where, text).read();
    }

    private NpyHeader read() {
        expect('{');
        while (!accept('}')) {
            entry();
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        if (next() != 0 || descr == null || fortranOrder == null || shape == null) {
            throw damaged();
        }
        return new NpyHeader(descr, fortranOrder, shape);
    }

    private void entry() {
        String key = quoted();
        expect(':');
        if (key.equals("descr") && descr == null) {
            descr = type();
        } else if (key.equals("fortran_order") && fortranOrder == null) {
            fortranOrder = truth();
        } else if (key.equals("shape") && shape == null) {
            shape = tuple();
        } else {
            throw damaged();
        }
    }

    /** A quoted type; a list of fields is a table of records, which is refused at once. */
    private String type() {
        if (next() == '[') {
            throw new DataException(where + ": values of type " + Columns.shortened(text.substring(at))
                    + ", expected floats or integers; save one plain array, such as numpy.array(a.tolist(), 'float32')");
        }
        return quoted();
    }

    private boolean truth() {
        String word = next() == 'T' ? "True" : "False";
        if (!text.startsWith(word, at)) {
            throw damaged();
        }
        at += word.length();
        return word.equals("True");
    }

    /** {@code (3, 4)}, {@code (3,)} or {@code ()}; Python 2 wrote {@code 3L}. */
    private int[] tuple() {
        int[] sizes = new int[NpyHeader.MOST_DIMENSIONS];
        int count = 0;
        expect('(');
        while (!accept(')')) {
            if (count == sizes.length) {
                throw new DataException(where + ": more than " + sizes.length + " dimensions, expected fewer; the file is damaged");
            }
            sizes[count++] = number();
            accept('L');
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        return Arrays.copyOf(sizes, count);
    }

    private int number() {
        char first = next();
        long value = 0;
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            value = Math.min(Integer.MAX_VALUE + 1L, 10 * value + text.charAt(at++) - '0');
        }
        if (first < '0' || first > '9') {
            throw damaged();
        }
        if (value > Integer.MAX_VALUE) {
            throw new DataException(
                    where + ": a dimension of " + Columns.shortened(text.substring(start, at)) + ", expected whole numbers up to "
                            + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    private String quoted() {
        char quote = next();
        int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
        if (end < 0) {
            throw damaged();
        }
        String content = text.substring(at + 1, end);
        at = end + 1;
        return content;
    }

    private void expect(char wanted) {
        if (!accept(wanted)) {
            throw damaged();
        }
    }

    private boolean accept(char wanted) {
        if (next() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    /** The next character that is no space, 0 at the end. */
    private char next() {
        while (at < text.length() && " \n\t\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private DataException damaged() {
        String shown = text.length() <= SHOWN_CHARACTERS ? text.strip() : text.substring(0, SHOWN_CHARACTERS) + "...";
        return new DataException(
                where + ": the npy header is '" + shown + "', expected descr, fortran_order and shape; the file is damaged");
    }
}
