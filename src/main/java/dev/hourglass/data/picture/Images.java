package dev.hourglass.data.picture;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.file.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of png or jpg pictures of one size as rows, in the order of their names. Pictures in subfolders (in the order of theirs) have the subfolder's name as
 * label; then the folder itself holds no picture. Names that begin with a dot are passed over; pictures of other kinds are refused, other files are noted.
 *
 * <p>Pictures are grey: red, green and blue of every pixel are equal (palettes count by their colours), or the picture is refused. Opaque alpha is ignored,
 * transparency refused. Grey of up to 8 bits is 0..255, {@link Dataset.Element#UINT8}; 16-bit grey keeps its values 0..65535 as FLOAT32, unless every one of the
 * folder is a multiple of 257, which is 8-bit grey written with 16 bits.
 *
 * <p>The size is read before the picture: one that would unpack to more than 1100 bytes for each byte of its file, and 64 KiB besides, is refused as damaged.
 */
public final class Images {
    private static final Set<String> READ = Set.of("png", "jpg", "jpeg");
    private static final Set<String> OTHERS = Set.of("gif", "bmp", "dib", "tif", "tiff", "webp", "jfif", "jpe", "jp2", "j2k", "jxl", "heic",
            "heif", "avif",
            "pgm", "ppm", "pbm", "pnm", "ico", "tga", "svg", "apng", "exr", "dcm");

    private Images() {
    }

    /** Reads a folder. @throws DataException if it holds no picture, one cannot be read or is not grey, or sizes differ */
    public static Dataset read(Path folder) {
        Folder top = Folder.of(folder);
        List<Folder> below = top.folders.stream().map(Folder::of).toList();
        List<Folder> labelled = below.stream().filter(subfolder -> !subfolder.pictures.isEmpty()).toList();
        if (!top.pictures.isEmpty() && !labelled.isEmpty()) {
            throw new DataException(folder + ": there are pictures in the folder and in its subfolder " + name(labelled.get(0).path)
                    + ", expected either pictures or subfolders named by label; move them or name one folder");
        }
        if (!top.pictures.isEmpty()) {
            return noted(readAll(folder, top.pictures), top, List.of());
        }
        if (labelled.isEmpty()) {
            throw new DataException(folder + ": no picture in the folder or its subfolders, expected .png, .jpg or .jpeg files"
                    + (top.files.isEmpty() ? "" : "; to read another file name it, such as " + folder.resolve(name(top.files.get(0)))));
        }
        List<Path> pictures = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (Folder subfolder : labelled) {
            subfolder.requireNoneBelow();
            pictures.addAll(subfolder.pictures);
            labels.addAll(Collections.nCopies(subfolder.pictures.size(), label(subfolder.path)));
        }
        return noted(readAll(folder, pictures).withLabels(labels), top, below);
    }

    /** Files of one folder by what becomes of them. */
    private record Folder(Path path, List<Path> pictures, List<Path> folders, List<Path> files) {
        static Folder of(Path path) {
            Folder folder = new Folder(path, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (Path entry : list(path)) {
                String ending = name(entry).substring(name(entry).lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
                if (Files.isDirectory(entry)) {
                    folder.folders.add(entry);
                } else if (OTHERS.contains(ending)) {
                    throw new DataException(entry
                            + ": pictures of this kind are not read, expected .png, .jpg or .jpeg; convert it, or remove it from the folder");
                } else {
                    (READ.contains(ending) ? folder.pictures : folder.files).add(entry);
                }
            }
            return folder;
        }

        void requireNoneBelow() {
            for (Path deeper : folders) {
                if (!Folder.of(deeper).pictures.isEmpty()) {
                    throw new DataException(deeper
                            + ": there are pictures two folders down, expected them in folders named by label; move them or name another folder");
                }
            }
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static String label(Path subfolder) {
        if (name(subfolder).indexOf('\ufffd') >= 0) {
            throw new DataException(
                    subfolder + ": the name of the folder, which is a label, cannot be read in the character set of the system; "
                            + Input.LOCALE_REMEDY);
        }
        return name(subfolder);
    }

    private static Dataset noted(Dataset data, Folder top, List<Folder> subfolders) {
        Dataset noted = data;
        for (Folder subfolder : subfolders) {
            if (subfolder.pictures.isEmpty()) {
                noted = noted.withNote(subfolder.path + ": there is no picture in this folder, so no class of that name");
            }
        }
        if (top.files.isEmpty()) {
            return noted;
        }
        String more = top.files.size() == 1 ? "" : " and " + (top.files.size() - 1) + " more";
        return noted.withNote(top.path + ": what is no picture is not read: " + name(top.files.get(0)) + more);
    }

    private static Dataset readAll(Path folder, List<Path> files) {
        PictureRows rows = new PictureRows();
        files.forEach(file -> rows.add(file, PictureFile.read(file)));
        return rows.finish(folder.toString());
    }

    /** Entries that are not hidden, sorted by name. */
    private static List<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !name(entry).startsWith(".")).sorted((a, b) -> name(a).compareTo(name(b))).toList();
        } catch (IOException | UncheckedIOException | DirectoryIteratorException failure) {
            throw new DataException(folder + ": the folder cannot be listed: " + failure, failure);
        }
    }
}
