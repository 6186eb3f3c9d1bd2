package dev.hourglass.data.spec;

import dev.hourglass.data.DataException;
import dev.hourglass.data.file.Input;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a file or folder holds, told by its name or else by its first bytes. */
enum FileKind {
    PICTURES, IDX, NPY, NPZ, CSV;

    private static final int SNIFFED_BYTES = 512;

    /** @throws DataException if neither the name nor the content is known */
    static FileKind of(Path file) {
        if (Files.isDirectory(file)) {
            return PICTURES;
        }
        Input.requireFile(file);
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        if (name.endsWith(".npz")) {
            return NPZ;
        }
        if (name.endsWith(".npy")) {
            return NPY;
        }
        if (name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".txt")) {
            return CSV;
        }
        return name.endsWith(".idx") || name.matches(".*[-.]idx[1-9]-.*") ? IDX : byContent(file);
    }

    private static FileKind byContent(Path file) {
        byte[] start = Input.read(file, in -> in.readNBytes(SNIFFED_BYTES));
        if (start.length >= 6 && (start[0] & 0xff) == 0x93 && start[1] == 'N' && start[2] == 'U') {
            return NPY;
        }
        if (start.length >= 4 && start[0] == 'P' && start[1] == 'K') {
            return NPZ;
        }
        if (start.length >= 4 && start[0] == 0 && start[1] == 0) {
            return IDX;
        }
        for (byte character : start) {
            if (character >= 0 && character < ' ' && character != '\n' && character != '\r' && character != '\t') {
                throw new DataException(file
                        + ": the kind of file is not known, expected idx, csv, npy, npz (each but npz also as .gz) or a folder of pictures");
            }
        }
        return CSV;
    }
}
