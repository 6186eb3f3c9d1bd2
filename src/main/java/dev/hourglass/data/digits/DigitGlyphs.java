package dev.hourglass.data.digits;

import java.util.Arrays;
import java.util.List;

/**
 * How a hand writes each digit: one or more ways, each of one or more strokes, each a smooth curve through control points, with corners.
 * Coordinates are those of a unit box, x to the right and y down.
 */
final class DigitGlyphs {
    /** A point the pen passes; at a corner it turns sharply. */
    record Point(double x, double y, boolean corner) {
    }

    /** One way to write a digit. */
    record Glyph(List<List<Point>> strokes) {
    }

    /** Points are "x,y" in hundredths, "!" marks a corner, "/" lifts the pen. */
    private static final String[][] WRITTEN = {
        {"60,2 37,6 20,34 18,68 34,96 57,97 77,76 82,40 72,11 54,1",
            "48,0 28,14 20,50 28,86 50,100 72,86 80,50 72,14 46,1"},
        {"52,0 50,50 48,100",
            "31,22 53,1! 52,50 51,100",
            "31,22 52,2! 51,50 51,98 / 27,99 75,98"},
        {"20,25 30,7 52,0 74,10 77,32 60,60 18,98! 50,97 86,95",
            "20,20 40,3 66,6 75,28 62,60 38,88 22,96 15,86 28,78 48,90 70,98 90,90"},
        {"21,13 42,1 66,5 74,22 62,40 42,47! 66,53 80,72 70,92 45,100 18,90",
            "22,5 47,4 74,3! 58,22 44,40! 68,48 80,70 68,93 42,100 18,91"},
        {"25,5 20,30 17,54! 50,54 88,50 / 73,6 69,50 65,100",
            "65,0 40,31 12,65! 50,65 90,63 / 66,0 64,50 63,100"},
        {"79,3 53,4 31,6! 28,25 24,45! 50,37 75,50 79,73 63,94 38,99 17,88"},
        {"70,1 43,18 25,45 20,75 36,97 62,95 77,76 66,57 43,57 23,75",
            "56,0 38,28 26,60 30,86 48,99 68,88 70,68 54,58 36,66 27,82"},
        {"16,7 50,6 83,4! 63,40 51,70 43,100",
            "16,10 50,6 84,5! 64,40 52,70 44,100 / 33,53 74,48"},
        {"72,15 52,1 29,10 31,31 54,48 76,69 70,92 48,100 25,91 23,69 47,48 70,30 71,11"},
        {"73,19 56,2 32,8 21,29 35,48 58,43 75,17! 72,60 64,100",
            "73,22 58,3 34,5 21,26 32,46 56,44 75,20! 77,60 66,90 45,99 24,92"}
    };

    private static final List<List<Glyph>> GLYPHS = Arrays.stream(WRITTEN)
            .map(ways -> Arrays.stream(ways).map(DigitGlyphs::parse).toList()).toList();

    private DigitGlyphs() {
    }

    /** The ways to write {@code digit}. */
    static List<Glyph> of(int digit) {
        return GLYPHS.get(digit);
    }

    private static Glyph parse(String written) {
        return new Glyph(Arrays.stream(written.split(" / "))
                .map(stroke -> Arrays.stream(stroke.split(" ")).map(DigitGlyphs::point).toList()).toList());
    }

    private static Point point(String written) {
        String[] coordinates = written.replace("!", "").split(",");
        return new Point(Integer.parseInt(coordinates[0]) / 100.0, Integer.parseInt(coordinates[1]) / 100.0, written.endsWith("!"));
    }
}
