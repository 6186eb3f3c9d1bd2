package dev.hourglass.cli.output;

import dev.hourglass.data.PictureShape;
import dev.hourglass.model.Schema;
import dev.hourglass.picture.Brightness;
import dev.hourglass.picture.PictureGrid;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Decoded walks of equal length, one after the other.
 *
 * @param names of the walks
 * @param labels of the steps, for the columns of a picture; empty when the walks differ in them
 * @param positionNames what tells the steps apart in a table
 * @param positions [walks * steps][positionNames.size()]
 * @param decoded [walks * steps][features]
 */
public record Walks(List<String> names, List<String> labels, List<String> positionNames, float[][] positions, double[][] decoded) {
    /** Writes a picture with a row for each walk, or a table with a row for each step. */
    public void write(Path out, PrintStream stdout, Schema schema) {
        if (out != null && out.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            pictures(schema).write(out);
            return;
        }
        List<String> header = new ArrayList<>(positionNames);
        header.addAll(schema.featureNames());
        double[][] rows = Output.doubles(positions);
        for (int i = 0; i < rows.length; i++) {
            int extra = rows[i].length;
            rows[i] = Arrays.copyOf(rows[i], extra + decoded[i].length);
            System.arraycopy(decoded[i], 0, rows[i], extra, decoded[i].length);
        }
        Output.write(out, stdout, header, rows, schema, null);
    }

    private PictureGrid pictures(Schema schema) {
        PictureShape picture = schema.picture();
        PictureGrid pictures = new PictureGrid(picture.height(), picture.width()).columnCaptions(labels.toArray(String[]::new));
        float[][] shown = Output.floats(decoded);
        int steps = shown.length / names.size();
        for (int i = 0; i < names.size(); i++) {
            pictures.row(names.get(i), Brightness.of(schema.scaling()).apply(Arrays.copyOfRange(shown, i * steps, (i + 1) * steps)));
        }
        return pictures;
    }
}
