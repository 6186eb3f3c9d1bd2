package dev.hourglass.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer of a folder at a time, within a process and between processes. */
class FolderLockTest {
    @TempDir
    Path parent;

    /** Tries to lock the folder that is named: exit code 0 when it could, 3 when another holds it. */
    static final class OtherProcess {
        private OtherProcess() {
        }

        public static void main(String[] arguments) {
            try (FolderLock lock = FolderLock.of(Path.of(arguments[0]))) {
                System.exit(lock == null ? 1 : 0);
            } catch (FormatException taken) {
                System.err.println(taken.getMessage());
                System.exit(3);
            }
        }
    }

    private static int inAnotherProcess(Path folder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(), folder.toString()).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue();
    }

    @Test
    void aFolderHasOneWriter() throws IOException, InterruptedException {
        Path folder = parent.resolve("run");
        try (FolderLock lock = FolderLock.of(folder)) {
            for (int i = 0; i < 2; i++) {
                // A refusal within the process must not loosen the lock for others.
                assertEquals(
                        folder + ": another training writes to this folder now, expected one at a time; wait for it or name another folder",
                        assertThrows(FormatException.class, () -> FolderLock.of(folder)).getMessage());
                assertEquals(3, inAnotherProcess(folder));
            }
            FolderLock.of(parent.resolve("other")).close();
            assertTrue(lock != null);
        }
        assertEquals(0, inAnotherProcess(folder));
        FolderLock.of(folder).close();
        try (Stream<Path> left = Files.list(parent)) {
            assertEquals(0, left.count(), "a lock leaves nothing behind");
        }
    }
}
