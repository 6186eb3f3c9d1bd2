package consumer;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.Scorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fit FOLDER NUMBERS: fits a VAE, saves it into the folder and writes codes and scores of some rows to the file. */
final class Fit {
    private Fit() {
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path numbers = Path.of(arguments[1]);
        try (Autoencoder model = Hourglass.vae().hidden(32).latent(2).epochs(30).fit(Rectangles.usual(2_000, 0))) {
            System.out.println("Fit, " + Machine.line() + ": " + model);
            List<String> lines = lines(model, Rectangles.asked());
            model.save(folder);
            Files.write(numbers, lines);
        }
    }

    private static List<String> lines(Autoencoder model, float[][] rows) {
        float[][] codes = model.encode(rows);
        Scorer scorer = model.scorer();
        double[] scores = scorer.score(rows);
        List<String> lines = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < rows.length; i++) {
            lines.add(new Answer(codes[i], scores[i]).line());
            found += i % 4 == 3 && scores[i] > scorer.threshold() ? 1 : 0;
        }
        System.out.println("Fit, threshold " + scorer.threshold() + ": " + found + " of " + rows.length / 4 + " wrong areas above it");
        if (found < rows.length / 4) {
            System.err.println("Fit: the model overlooks wrong areas");
            System.exit(1);
        }
        return lines;
    }
}
