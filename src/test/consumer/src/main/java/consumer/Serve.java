package consumer;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.Scorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Serve FOLDER NUMBERS [TOLERANCE]: loads the model of another JVM and answers the same rows from 4 threads, all at once and one by one. Exit code 1 unless
 * every number is that of the file: to the bit, or within the tolerance, which is relative.
 */
final class Serve {
    private static final int THREADS = 4;

    private Serve() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        List<Answer> expected = Files.readAllLines(Path.of(arguments[1])).stream().map(Answer::parse).toList();
        if (expected.size() != Rectangles.asked().length) {
            System.err.println("Serve: " + arguments[1] + " holds " + expected.size() + " lines, expected " + Rectangles.asked().length + " from Fit");
            System.exit(1);
        }
        double tolerance = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 0;
        double distance;
        try (Autoencoder model = Hourglass.load(Path.of(arguments[0]))) {
            distance = distance(model, expected, tolerance);
        }
        String found = distance == 0 ? "same bits" : "up to " + distance + " apart";
        System.out.println("Serve, " + Machine.line() + ": " + expected.size() + " rows, " + THREADS + " threads, " + found);
        if (!(distance <= tolerance)) {
            System.err.println("Serve: numbers " + found + ", expected " + (tolerance == 0 ? "the same bits" : "at most " + tolerance));
            System.exit(1);
        }
    }

    private static double distance(Autoencoder model, List<Answer> expected, double tolerance)
            throws InterruptedException, ExecutionException {
        Scorer scorer = model.scorer();
        Callable<Double> client = () -> Math.max(together(model, scorer, expected, tolerance),
                oneByOne(model, scorer, expected, tolerance));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            double distance = 0;
            for (Future<Double> answer : threads.invokeAll(Collections.nCopies(THREADS, client))) {
                distance = Math.max(distance, answer.get());
            }
            return distance;
        } finally {
            threads.shutdown();
        }
    }

    private static double together(Autoencoder model, Scorer scorer, List<Answer> expected, double tolerance) {
        float[][] rows = Rectangles.asked();
        float[][] codes = model.encode(rows);
        double[] scores = scorer.score(rows);
        double distance = 0;
        for (int i = 0; i < rows.length; i++) {
            distance = Math.max(distance, distance(i, expected.get(i), codes[i], scores[i], tolerance));
        }
        return distance;
    }

    private static double oneByOne(Autoencoder model, Scorer scorer, List<Answer> expected, double tolerance) {
        float[][] rows = Rectangles.asked();
        double distance = 0;
        for (int i = 0; i < rows.length; i++) {
            distance = Math.max(distance, distance(i, expected.get(i), model.encode(rows[i]), scorer.score(rows[i]), tolerance));
        }
        return distance;
    }

    private static double distance(int row, Answer expected, float[] code, double score, double tolerance) {
        double distance = expected.distance(code, score);
        if (!(distance <= tolerance)) {
            System.err.println("Serve: row " + row + ": " + new Answer(code, score) + ", expected " + expected);
        }
        return distance;
    }
}
