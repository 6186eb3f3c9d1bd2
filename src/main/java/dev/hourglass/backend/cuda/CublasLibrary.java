package dev.hourglass.backend.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds cuBLAS on this machine: nothing of it is shipped.
 *
 * <p>Searched in order: the system property {@code hourglass.cublas} (a file, a folder, or {@code none}); CUDA_HOME and CUDA_PATH;
 * LD_LIBRARY_PATH; /usr/local/cuda*; the distribution's folders; nvidia/cublas and nvidia/cu13 of Python's site-packages, as a PyTorch
 * install leaves them: of the active environment, of every python3 on the PATH, of the user and of the system. Within a folder version 12 comes before 13.
 */
final class CublasLibrary {
    static final String PROPERTY = "hourglass.cublas";
    private static final String OWN_KERNEL = "matrix products run on Hourglass's own kernel";
    private static final int DRIVER_OF_13 = 13000;

    /**
     * A library that was found, or why there is none.
     *
     * @param file  libcublas.so of that version, null when there is none
     * @param major 12 or 13, 0 when there is none
     * @param reason where it was found, or why there is none
     */
    record Found(Path file, int major, String reason) {
        boolean usable() {
            return file != null;
        }

        /** libcublasLt beside it, which it needs. */
        Path light() {
            return file.resolveSibling("libcublasLt.so." + major);
        }
    }

    private CublasLibrary() {}

    /**
     * Searches this machine.
     *
     * @param driverVersion CUDA version of the driver, 1000 major + 10 minor; version 13 of cuBLAS needs a driver of 13.0
     */
    static Found find(int driverVersion) {
        return find(System.getProperty(PROPERTY), System.getenv(), Path.of("/"), Path.of(System.getProperty("user.home")), driverVersion);
    }

    /** The same with everything it looks at given: {@code root} stands for /. */
    static Found find(String property, Map<String, String> environment, Path root, Path home, int driverVersion) {
        if ("none".equals(property)) {
            return none("-D" + PROPERTY + "=none");
        }
        if (property != null) {
            Found named = named(Path.of(property), driverVersion);
            return named != null ? named : none("-D" + PROPERTY + "=" + property + " names no libcublas.so.12 or .13 this driver can run");
        }
        for (Path folder : folders(environment, root, home)) {
            Found found = inFolder(folder, driverVersion);
            if (found != null) {
                return found;
            }
        }
        return none("no libcublas.so.12 or .13 that this driver can run was found");
    }

    private static Found none(String why) {
        return new Found(null, 0, why + ": " + OWN_KERNEL);
    }

    private static Found named(Path path, int driverVersion) {
        if (Files.isDirectory(path)) {
            return inFolder(path, driverVersion);
        }
        int major = path.getFileName().toString().contains(".so.13") ? 13 : 12;
        return Files.isRegularFile(path) && runs(major, driverVersion) ? new Found(path.toAbsolutePath(), major, "named by -D" + PROPERTY)
                : null;
    }

    private static Found inFolder(Path folder, int driverVersion) {
        for (int major = 12; major <= 13; major++) {
            Path file = folder.resolve("libcublas.so." + major);
            if (Files.isRegularFile(file) && runs(major, driverVersion)) {
                return new Found(file.toAbsolutePath(), major, "found in " + folder);
            }
        }
        return null;
    }

    private static boolean runs(int major, int driverVersion) {
        return major == 12 || driverVersion >= DRIVER_OF_13;
    }

    private static List<Path> folders(Map<String, String> environment, Path root, Path home) {
        List<Path> folders = new ArrayList<>();
        for (String name : List.of("CUDA_HOME", "CUDA_PATH")) {
            if (environment.get(name) != null) {
                addToolkit(Path.of(environment.get(name)), folders);
            }
        }
        for (String entry : environment.getOrDefault("LD_LIBRARY_PATH", "").split(File.pathSeparator)) {
            if (!entry.isEmpty()) {
                folders.add(Path.of(entry));
            }
        }
        matching(root.resolve("usr/local"), "cuda*").forEach(toolkit -> addToolkit(toolkit, folders));
        for (String distribution : List.of("usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib", "opt/cuda/lib64")) {
            folders.add(root.resolve(distribution));
        }
        addPython(environment, root, home, folders);
        return folders;
    }

    private static void addToolkit(Path toolkit, List<Path> folders) {
        folders.add(toolkit.resolve("lib64"));
        folders.add(toolkit.resolve("lib"));
        folders.add(toolkit.resolve("targets/x86_64-linux/lib"));
    }

    private static void addPython(Map<String, String> environment, Path root, Path home, List<Path> folders) {
        List<Path> prefixes = new ArrayList<>();
        for (String name : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            if (environment.get(name) != null) {
                prefixes.add(Path.of(environment.get(name)));
            }
        }
        for (String entry : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(entry, "python3")) && Path.of(entry).getParent() != null) {
                prefixes.add(Path.of(entry).getParent());
            }
        }
        prefixes.addAll(List.of(home.resolve(".local"), root.resolve("usr/local"), root.resolve("usr")));
        for (Path prefix : prefixes) {
            for (Path python : matching(prefix.resolve("lib"), "python3*")) {
                for (String packages : List.of("site-packages", "dist-packages")) {
                    folders.add(python.resolve(packages).resolve("nvidia/cublas/lib"));
                    folders.add(python.resolve(packages).resolve("nvidia/cu13/lib"));
                }
            }
        }
    }

    /** Folders of that name pattern, the last of the alphabet first: the newest version. */
    private static List<Path> matching(Path parent, String pattern) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        String start = pattern.substring(0, pattern.length() - 1);
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(child -> child.getFileName().toString().startsWith(start)).sorted(Comparator.reverseOrder()).toList();
        } catch (IOException failure) {
            // A folder that cannot be read holds no library that could be loaded.
            return List.of();
        }
    }
}
