package dev.hourglass.data.picture;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.PictureShape;
import dev.hourglass.data.RowBlocks;
import java.nio.file.Path;

/**
 * Pictures of one size as rows: bytes as long as every value is an 8-bit one, floats from the first that is not. 16-bit values that are multiples of 257 are
 * 8-bit ones (v * 257 is how v is written with 16 bits).
 */
final class PictureRows {
    private static final int STEP = 257;

    private RowBlocks values;
    private boolean deep;
    private Path first;
    private Path shallowFile;
    private Path deepFile;
    private int height;
    private int width;

    /** @throws DataException if the size or the depth is not that of the others */
    void add(Path file, GreyPicture picture) {
        if (values == null) {
            first = file;
            height = picture.height();
            width = picture.width();
            values = new RowBlocks(Element.UINT8, new PictureShape(height, width).size());
        }
        if (picture.height() != height || picture.width() != width) {
            throw new DataException(file + ": the picture is " + picture.width() + " x " + picture.height() + " pixels, expected "
                    + width + " x " + height + " as " + first.getFileName() + "; make all pictures the same size");
        }
        shallowFile = shallowFile == null && !picture.deep() ? file : shallowFile;
        if (!deep && picture.deep() && hasFineValues(picture.samples())) {
            deep = true;
            deepFile = file;
            values = deepened();
        }
        if (deep && shallowFile != null) {
            throw new DataException(shallowFile + ": the picture has values of 8 bits, but " + deepFile.getFileName()
                    + " of 16 bits, expected the same of all; save all with one depth");
        }
        values.append(row(picture), 0, 1);
    }

    private static boolean hasFineValues(char[] samples) {
        for (char sample : samples) {
            if (sample % STEP != 0) {
                return true;
            }
        }
        return false;
    }

    /** The rows so far as they were in their files. */
    private RowBlocks deepened() {
        RowBlocks deepened = new RowBlocks(Element.FLOAT32, values.columns());
        for (int i = 0; i < values.rows(); i++) {
            float[] row = values.row(i);
            for (int j = 0; j < row.length; j++) {
                row[j] *= STEP;
            }
            deepened.append(row, 0, 1);
        }
        return deepened;
    }

    private Object row(GreyPicture picture) {
        char[] samples = picture.samples();
        byte[] bytes = new byte[deep ? 0 : samples.length];
        float[] floats = new float[deep ? samples.length : 0];
        for (int i = 0; i < samples.length; i++) {
            if (deep) {
                floats[i] = samples[i];
            } else {
                bytes[i] = (byte) (picture.deep() ? samples[i] / STEP : samples[i]);
            }
        }
        return deep ? floats : bytes;
    }

    Dataset finish(String source) {
        return Dataset.of(values, source).withPictureShape(height, width);
    }
}
