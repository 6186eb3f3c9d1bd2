package dev.hourglass.data.digits;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.RowBlocks;
import dev.hourglass.data.SeededRandom;
import dev.hourglass.data.digits.DigitGlyphs.Glyph;
import dev.hourglass.data.digits.DigitGlyphs.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Built-in handwritten-looking digits: 28 x 28 grey pixels, ink 255 on 0, labels 0..9. No file, no download. Each picture is one of the ways to write a digit
 * with wobbling control points, a random pen width, slant, rotation, size and place, and slight noise in the ink. Picture {@code index} of {@code seed} is
 * always the same, whatever the count, the Java version and the platform.
 */
public final class SyntheticDigits {
    /** Height and width of a picture in pixels. */
    public static final int SIZE = 28;

    private static final int CLASSES = 10;
    private static final List<String> CLASS_NAMES = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    private static final int SEGMENTS_PER_SPAN = 5;
    private static final double WOBBLE = 0.028;
    private static final double LARGEST_EXTENT = 20.5;
    /** Pictures that a thread draws at a time: some milliseconds of work. */
    private static final int PICTURES_PER_PIECE = 200;

    private final StrokeCanvas canvas = new StrokeCanvas(SIZE);

    private SyntheticDigits() {
    }

    /** Pictures 0..count-1 of the seed: shape [count, 784] UINT8 with labels. @throws IllegalArgumentException if count is below 1 */
    public static Dataset generate(int count, long seed) {
        RowBlocks pictures = new RowBlocks(Element.UINT8, SIZE * SIZE);
        int[] labels = new int[Math.max(0, count)];
        pictures.resize(labels.length);
        int pieces = (int) Math.ceil(labels.length / (double) PICTURES_PER_PIECE);
        IntStream.range(0, pieces).parallel().forEach(piece -> drawPiece(seed, piece * PICTURES_PER_PIECE, pictures, labels));
        return Dataset.of(pictures, "digits (seed " + seed + ")").withPictureShape(SIZE, SIZE).withLabels(labels, CLASS_NAMES);
    }

    private static void drawPiece(long seed, int first, RowBlocks pictures, int[] labels) {
        SyntheticDigits pen = new SyntheticDigits();
        byte[] picture = new byte[SIZE * SIZE];
        for (int index = first; index < Math.min(labels.length, first + PICTURES_PER_PIECE); index++) {
            labels[index] = pen.draw(seed, index, picture);
            pictures.copy(picture, 0, index, 1, true);
        }
    }

    private int draw(long seed, int index, byte[] picture) {
        SeededRandom random = new SeededRandom(seed, index);
        int digit = random.below(CLASSES);
        List<Glyph> ways = DigitGlyphs.of(digit);
        Glyph glyph = ways.get(random.below(ways.size()));
        double radius = random.uniform(0.75, 1.55);
        List<double[]> strokes = strokes(glyph, random);
        place(strokes, radius, random);
        canvas.clear();
        for (double[] stroke : strokes) {
            for (int i = 0; i + 3 < stroke.length; i += 2) {
                canvas.segment(stroke[i], stroke[i + 1], stroke[i + 2], stroke[i + 3], radius);
            }
        }
        develop(picture, radius, random);
        return digit;
    }

    /** The pen's path as x, y, x, y, ... in pixels around the origin: wobble, then one linear map for slant, rotation and size. */
    private static List<double[]> strokes(Glyph glyph, SeededRandom random) {
        double angle = 0.11 * random.bell();
        double slant = 0.1 + 0.17 * random.bell();
        double height = random.uniform(17, 20.5);
        double width = height * random.uniform(0.74, 1.12);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        List<double[]> strokes = new ArrayList<>();
        for (List<Point> points : glyph.strokes()) {
            double[] path = new double[2 * points.size()];
            for (int i = 0; i < points.size(); i++) {
                double y = (points.get(i).y() - 0.5 + WOBBLE * random.bell()) * height;
                double x = (points.get(i).x() - 0.5 + WOBBLE * random.bell()) * width - slant * y;
                path[2 * i] = cos * x - sin * y;
                path[2 * i + 1] = sin * x + cos * y;
            }
            strokes.add(smooth(path, points));
        }
        return strokes;
    }

    /** Catmull-Rom spline through the points; at ends and corners the tangent points along the span, so the pen turns sharply there. */
    private static double[] smooth(double[] path, List<Point> points) {
        int spans = points.size() - 1;
        double[] curve = new double[2 * (spans * SEGMENTS_PER_SPAN + 1)];
        curve[0] = path[0];
        curve[1] = path[1];
        int at = 2;
        for (int span = 0; span < spans; span++) {
            int before = span == 0 || points.get(span).corner() ? span : span - 1;
            int after = span + 1 == spans || points.get(span + 1).corner() ? span + 1 : span + 2;
            for (int step = 1; step <= SEGMENTS_PER_SPAN; step++) {
                double t = step / (double) SEGMENTS_PER_SPAN;
                for (int axis = 0; axis < 2; axis++) {
                    curve[at++] = catmullRom(path[2 * before + axis], path[2 * span + axis], path[2 * span + 2 + axis],
                            path[2 * after + axis], t);
                }
            }
        }
        return curve;
    }

    private static double catmullRom(double before, double from, double to, double after, double t) {
        double linear = to - before;
        double square = 2 * before - 5 * from + 4 * to - after;
        double cube = 3 * from - before - 3 * to + after;
        return from + 0.5 * t * (linear + t * (square + t * cube));
    }

    /** Moves the drawing to near the middle of the picture, smaller if it would not fit. */
    private static void place(List<double[]> strokes, double radius, SeededRandom random) {
        double[] least = {Double.MAX_VALUE, Double.MAX_VALUE};
        double[] greatest = {-Double.MAX_VALUE, -Double.MAX_VALUE};
        for (double[] stroke : strokes) {
            for (int i = 0; i < stroke.length; i++) {
                least[i % 2] = Math.min(least[i % 2], stroke[i]);
                greatest[i % 2] = Math.max(greatest[i % 2], stroke[i]);
            }
        }
        double extent = Math.max(greatest[0] - least[0], greatest[1] - least[1]) + 2 * radius;
        double shrink = Math.min(1, (LARGEST_EXTENT + radius) / extent);
        double[] middle = {SIZE / 2.0 + random.uniform(-1.5, 1.5), SIZE / 2.0 + random.uniform(-1.5, 1.5)};
        for (double[] stroke : strokes) {
            for (int i = 0; i < stroke.length; i++) {
                stroke[i] = (stroke[i] - (least[i % 2] + greatest[i % 2]) / 2) * shrink + middle[i % 2];
            }
        }
    }

    /** Ink to bytes: darkness of the pen, and up to a tenth less ink here and there. Paper stays 0. */
    private void develop(byte[] picture, double radius, SeededRandom random) {
        double darkness = random.uniform(0.88, 1);
        for (int pixel = 0; pixel < picture.length; pixel++) {
            double ink = canvas.ink(pixel, radius);
            picture[pixel] = ink == 0 ? 0 : (byte) (int) (255 * darkness * ink * (1 - 0.1 * random.uniform()) + 0.5);
        }
    }
}
