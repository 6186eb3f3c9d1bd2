package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A file of kernels/ptx as text, beside the source it belongs to. */
record PtxFile(String name, String text) {
    private static final Path KERNELS = Path.of("kernels");
    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)");
    private static final Pattern INCLUDE = Pattern.compile("(?m)^[ \\t]*#[ \\t]*include[ \\t]*\"([^\"]*\\.cuh)\"");
    /** The letters of Kernel.parameters() for the types of PTX. A pointer and a 64-bit integer are the same to PTX. */
    private static final Map<String, String> LETTERS = Map.of(".u64", "L", ".s64", "L", ".b64", "L", ".u32", "I", ".s32", "I", ".b32", "I",
            ".f32", "F");

    static List<PtxFile> all() throws IOException {
        try (Stream<Path> files = Files.list(KERNELS.resolve("ptx"))) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".ptx")).sorted().toList();
            return found.stream().map(PtxFile::read).toList();
        }
    }

    /** Names of the sources, without suffix. */
    static List<String> families() throws IOException {
        try (Stream<Path> files = Files.list(KERNELS)) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".cu"))
                    .map(file -> file.replace(".cu", ""))
                    .sorted().toList();
        }
    }

    private static PtxFile read(Path file) {
        try {
            return new PtxFile(file.getFileName().toString().replace(".ptx", ""), Files.readString(file));
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    String family() {
        return name.replace(".sm_90", "");
    }

    /** The architectures it must be valid for. */
    List<String> architectures() {
        return name.equals(family()) ? List.of("sm_70", "sm_80", "sm_90") : List.of("sm_90");
    }

    /** Parameters of each kernel in the letters of Kernel, pointers as L; a struct passed by value is an S. */
    SortedMap<String, String> entries() {
        SortedMap<String, String> entries = new TreeMap<>();
        Matcher matcher = ENTRY.matcher(text);
        while (matcher.find()) {
            StringBuilder letters = new StringBuilder();
            for (String parameter : matcher.group(2).split(",")) {
                if (!parameter.isBlank()) {
                    letters.append(LETTERS.getOrDefault(parameter.strip().split("\\s+")[1], "S"));
                }
            }
            entries.put(matcher.group(1), letters.toString());
        }
        return entries;
    }

    /** The hash its first line must carry: of source and headers, their bytes one after another in the order of their names. */
    String sourceHash() throws IOException, NoSuchAlgorithmException {
        TreeSet<String> names = new TreeSet<>();
        addSources(family() + ".cu", names);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (String source : names) {
            digest.update(Files.readAllBytes(KERNELS.resolve(source)));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void addSources(String source, TreeSet<String> names) throws IOException {
        assertTrue(Files.exists(KERNELS.resolve(source)), "no source kernels/" + source);
        if (names.add(source)) {
            Matcher include = INCLUDE.matcher(Files.readString(KERNELS.resolve(source)));
            while (include.find()) {
                addSources(include.group(1), names);
            }
        }
    }
}
