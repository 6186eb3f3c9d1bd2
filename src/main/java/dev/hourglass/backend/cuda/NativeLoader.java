package dev.hourglass.backend.cuda;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loads JCuda's native libraries from a folder that only this user can write.
 *
 * <p>JCuda's own loader asks {@code System.loadLibrary} first and then takes {@code java.io.tmpdir/<fixed name>}, whoever put it there. So the
 * library is extracted into a fresh folder with permissions 0700, {@code java.io.tmpdir} names that folder while JCuda's class initialises,
 * and files and folder are deleted right after: a loaded library stays mapped. A library of that name in {@code java.library.path} comes first;
 * by default that path holds system folders only.
 *
 * <p>A class that failed to initialise answers NoClassDefFoundError ever after, so callers load once and keep the answer.
 */
final class NativeLoader {
    private static final String VERSION = "12.6.0";
    private static final Pattern LINKER_SAID = Pattern.compile("UnsatisfiedLinkError: \\S+\\.so: (.*)");

    private NativeLoader() {}

    /** The file name JCuda asks for. */
    static String fileName(String library) {
        return "lib" + library + "-" + VERSION + "-linux-x86_64.so";
    }

    /** What keeps JCuda from running on this platform, or a usable answer. */
    static Availability platform() {
        String system = System.getProperty("os.name");
        String processor = System.getProperty("os.arch");
        boolean supported = system.toLowerCase(Locale.ROOT).startsWith("linux")
                && (processor.equals("amd64") || processor.equals("x86_64"));
        return supported ? Availability.yes(system + " " + processor)
                : Availability.absent("CUDA is supported on Linux x86-64, this is " + system + " " + processor, "use the CPU");
    }

    /**
     * Extracts a library, changes its bytes and runs what makes JCuda load it.
     *
     * @param library    name such as {@code JCudaDriver}
     * @param change     applied to the bytes of the library before they are written
     * @param firstTouch first use of the JCuda class that loads it
     */
    static synchronized Availability load(String library, UnaryOperator<byte[]> change, Runnable firstTouch) {
        Availability platform = platform();
        if (!platform.usable()) {
            return platform;
        }
        Path folder = null;
        try {
            byte[] bytes = change.apply(resource(library));
            folder = Files.createTempDirectory("hourglass-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.write(folder.resolve(fileName(library)), bytes);
            touch(folder, firstTouch);
            return Availability.yes("loaded " + fileName(library));
        } catch (IOException failure) {
            return Availability.broken("cannot extract " + fileName(library) + ": " + failure,
                    "let -Djava.io.tmpdir name a folder that can be written");
        } catch (LinkageError failure) {
            return explain(library, failure);
        } finally {
            delete(folder);
        }
    }

    /** The bytes of a library on the class path. */
    static byte[] resource(String library) throws IOException {
        String path = "/lib/" + fileName(library);
        try (InputStream stream = NativeLoader.class.getResourceAsStream(path)) {
            if (stream == null) {
                throw new IOException(
                        "the class path has no " + path + "; add JCuda's natives " + VERSION + " with classifier linux-x86_64");
            }
            return stream.readAllBytes();
        }
    }

    private static void touch(Path folder, Runnable firstTouch) throws IOException {
        // JDK 17 reads java.io.tmpdir for File.createTempFile when that is first called: let it, before the value is ours.
        Files.delete(File.createTempFile("probe", "", folder.toFile()).toPath());
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder.toString());
        try {
            firstTouch.run();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    private static Availability explain(String library, LinkageError failure) {
        String said = String.valueOf(failure.getMessage());
        Matcher matcher = LINKER_SAID.matcher(said);
        while (matcher.find()) {
            said = matcher.group(1);
        }
        said = said.lines().findFirst().orElse(failure.toString());
        if (said.startsWith("libcuda.so.1")) {
            return Availability.absent("no NVIDIA driver: libcuda.so.1 was not found",
                    "install the driver, version 525 or newer (a container needs --gpus all), or use the CPU");
        }
        if (said.contains("failed to map") || said.contains("Operation not permitted")) {
            return Availability.broken("cannot load " + fileName(library) + ": " + said,
                    "let -Djava.io.tmpdir name a folder that is not mounted noexec");
        }
        return Availability.broken("cannot load " + fileName(library) + ": " + said, "use the CPU, or report this line");
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException failure) {
            System.getLogger(NativeLoader.class.getName()).log(System.Logger.Level.DEBUG, "cannot delete " + folder, failure);
        }
    }
}
