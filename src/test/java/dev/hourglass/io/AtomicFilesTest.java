package dev.hourglass.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    @Test
    void replacesTextAndLeavesNoOtherFile() throws IOException {
        Path file = folder.resolve("config.json");
        AtomicFiles.write(file, "a much longer first content");
        AtomicFiles.write(file, "\u00e9");
        assertEquals("\u00e9", Files.readString(file));
        assertEquals(List.of(file), list());
    }

    @Test
    void anInterruptedWriteLeavesTheOldContent() throws IOException {
        Path file = folder.resolve("config.json");
        AtomicFiles.write(file, "old");
        UncheckedIOException failure = assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(file, channel -> {
            channel.write(ByteBuffer.wrap("half of the n".getBytes()));
            throw new IOException("No space left on device");
        }));
        assertEquals("cannot write " + file + ": the disk is full; free some space or name another folder (nothing was replaced)",
                failure.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), list());
    }

    @Test
    void aFullDeviceIsNamedInOneLine() {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full), "there is no /dev/full on this machine");
        assertEquals("cannot write /dev/full: the disk is full; free some space or name another folder (nothing was replaced)",
                assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(full, "x")).getMessage());
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path real = folder.resolve("real");
        AtomicFiles.write(real, "1");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        AtomicFiles.write(link, "2");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("2", Files.readString(real));
    }

    @Test
    void foldersAndMissingFoldersAreNamed() {
        Path below = folder.resolve("none/config.json");
        assertEquals("cannot write " + below + ": the folder " + below.getParent() + " does not exist; create it or name another",
                assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(below, "x")).getMessage());
        assertEquals("cannot append to " + below + ": the folder " + below.getParent() + " does not exist; create it or name another",
                assertThrows(UncheckedIOException.class, () -> AtomicFiles.appendLine(below, "x")).getMessage());
        assertEquals("cannot write " + folder + ": it is a folder; name a file",
                assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(folder, "x")).getMessage());
    }

    @Test
    void linesAreAppendedAndATornLineStaysAlone() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        AtomicFiles.appendLine(file, "{\"epoch\":1}");
        AtomicFiles.appendLine(file, "{\"epoch\":2}");
        assertEquals("{\"epoch\":1}\n{\"epoch\":2}\n", Files.readString(file));
        Files.writeString(file, "{\"epoch\":1}\n{\"ep");
        AtomicFiles.appendLine(file, "{\"epoch\":2}");
        assertEquals(List.of("{\"epoch\":1}", "{\"ep", "{\"epoch\":2}"), Files.readAllLines(file));
        assertThrows(IllegalArgumentException.class, () -> AtomicFiles.appendLine(file, "a\nb"));
    }

    @Test
    void aFolderIsReplacedAsAWhole() throws IOException {
        Path last = folder.resolve("last");
        AtomicFolders.replace(last, fresh -> {
            Files.writeString(fresh.resolve("model"), "1");
            Files.writeString(fresh.resolve("trainer"), "1");
        });
        AtomicFolders.replace(last, fresh -> Files.writeString(fresh.resolve("model"), "2"));
        assertEquals("2", Files.readString(last.resolve("model")));
        assertFalse(Files.exists(last.resolve("trainer")));
        assertThrows(UncheckedIOException.class, () -> AtomicFolders.replace(last, fresh -> {
            Files.writeString(fresh.resolve("model"), "3");
            throw new IOException("torn");
        }));
        assertEquals("2", Files.readString(last.resolve("model")));
        assertEquals(List.of(last), list());
    }

    @Test
    void aCrashBetweenTheTwoMovesIsRepaired() throws IOException {
        Path last = folder.resolve("last");
        Path old = Files.createDirectory(folder.resolve(".last.old"));
        Files.writeString(old.resolve("model"), "1");
        AtomicFolders.restore(last);
        assertEquals("1", Files.readString(last.resolve("model")));
        Files.createDirectory(folder.resolve(".last.old"));
        AtomicFolders.restore(last);
        assertEquals(List.of(last), list());
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
