package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A folder of png or jpg pictures of one size, as 8-bit grey rows in the order of their names. Pictures in subfolders (in the order of theirs) have the
 * subfolder's name as label; that is looked at only when the folder itself holds no picture. Colours become grey as round(0.299 R + 0.587 G + 0.114 B).
 */
public final class Images {
    private Images() {
    }

    /** Reads a folder. @throws DataException if it holds no picture, one cannot be read, or sizes differ */
    public static Dataset read(Path folder) {
        List<Path> files = new ArrayList<>(list(folder, Images::isPicture));
        List<String> labels = new ArrayList<>();
        if (files.isEmpty()) {
            for (Path subfolder : list(folder, Files::isDirectory)) {
                List<Path> pictures = list(subfolder, Images::isPicture);
                files.addAll(pictures);
                pictures.forEach(picture -> labels.add(subfolder.getFileName().toString()));
            }
        }
        if (files.isEmpty()) {
            throw new DataException(folder + ": no picture in the folder or its subfolders, expected .png, .jpg or .jpeg files");
        }
        Dataset data = readAll(folder, files);
        return labels.isEmpty() ? data : data.withLabels(labels);
    }

    private static Dataset readAll(Path folder, List<Path> files) {
        BufferedImage first = readPicture(files.get(0));
        int height = first.getHeight();
        int width = first.getWidth();
        RowBlocks values = new RowBlocks(Element.UINT8, new PictureShape(height, width).size());
        for (Path file : files) {
            BufferedImage picture = readPicture(file);
            if (picture.getHeight() != height || picture.getWidth() != width) {
                throw new DataException(file + ": the picture is " + picture.getWidth() + " x " + picture.getHeight() + " pixels, expected "
                    + width + " x " + height + " as " + files.get(0).getFileName() + "; make all pictures the same size");
            }
            values.append(grey(picture), 0, 1);
        }
        return Dataset.of(values, folder.toString()).withPictureShape(height, width);
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg")) && Files.isRegularFile(file);
    }

    private static List<Path> list(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(wanted).sorted((a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString())).toList();
        } catch (IOException failure) {
            throw new DataException(folder + ": the folder cannot be listed: " + failure, failure);
        }
    }

    private static BufferedImage readPicture(Path file) {
        BufferedImage picture;
        try {
            picture = ImageIO.read(file.toFile());
        } catch (IOException | RuntimeException failure) { // damaged files surface as either
            throw new DataException(file + ": the picture cannot be read (" + failure.getMessage() + "); remove it or save it again", failure);
        }
        if (picture == null) {
            throw new DataException(file + ": is no png or jpg picture; remove it or save it again");
        }
        return picture;
    }

    /** Grey pictures give their samples: {@code getRGB} would bend them by the gamma of Java's linear grey. */
    private static byte[] grey(BufferedImage picture) {
        int width = picture.getWidth();
        byte[] grey = new byte[width * picture.getHeight()];
        ColorModel model = picture.getColorModel();
        boolean plain = model.getNumColorComponents() == 1 && !(model instanceof IndexColorModel);
        int shift = picture.getRaster().getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
        Raster raster = picture.getRaster();
        for (int i = 0; i < grey.length; i++) {
            int x = i % width;
            int y = i / width;
            grey[i] = (byte) (plain ? raster.getSample(x, y, 0) >> shift : luma(picture.getRGB(x, y)));
        }
        return grey;
    }

    private static int luma(int rgb) {
        int red = rgb >> 16 & 0xff;
        int green = rgb >> 8 & 0xff;
        int blue = rgb & 0xff;
        return (299 * red + 587 * green + 114 * blue + 500) / 1000;
    }
}
