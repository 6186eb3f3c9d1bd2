package dev.hourglass.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files and folders are written where links point, and have the permissions that anything else made there would have. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights there, and there is no umask")
class LinksTest {
    @TempDir
    Path parent;

    private Path real(String name) throws IOException {
        return Files.createDirectories(parent.resolve("real")).resolve(name);
    }

    private static Set<PosixFilePermission> permissions(String text) {
        return PosixFilePermissions.fromString(text);
    }

    private static List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileIsWrittenThroughALink() throws IOException {
        Path there = Files.writeString(real("a.txt"), "old");
        Path link = Files.createSymbolicLink(parent.resolve("link"), Path.of("real/a.txt"));
        Path second = Files.createSymbolicLink(parent.resolve("second"), link);
        AtomicFiles.write(second, "new");
        assertTrue(Files.isSymbolicLink(link) && Files.isSymbolicLink(second));
        assertEquals("new", Files.readString(there));
        // A link to what is not there yet makes it.
        Path waiting = Files.createSymbolicLink(parent.resolve("waiting"), Path.of("real/b.txt"));
        AtomicFiles.writeNamed(waiting, file -> Files.writeString(file, "made"));
        assertTrue(Files.isSymbolicLink(waiting));
        assertEquals("made", Files.readString(parent.resolve("real/b.txt")));
        assertEquals(List.of("a.txt", "b.txt"), list(parent.resolve("real")));
        Path circle = Files.createSymbolicLink(parent.resolve("circle"), Path.of("circle"));
        String refused = assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(circle, "x")).getMessage();
        assertTrue(refused.startsWith("cannot write " + circle + ": "), refused);
    }

    @Test
    void permissionsAreThoseOfTheUmaskOrThoseThatWereThere() throws IOException {
        Path usual = Files.writeString(parent.resolve("usual"), "");
        Path fresh = parent.resolve("fresh");
        AtomicFiles.write(fresh, "x");
        assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(fresh));
        AtomicFiles.writeNamed(parent.resolve("named"), file -> Files.writeString(file, "x"));
        assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(parent.resolve("named")));
        Files.setPosixFilePermissions(fresh, permissions("rw-rw----"));
        AtomicFiles.write(fresh, "y");
        assertEquals(permissions("rw-rw----"), Files.getPosixFilePermissions(fresh));
        Path folder = Files.createDirectory(parent.resolve("folder"));
        Set<PosixFilePermission> ofFolders = Files.getPosixFilePermissions(folder);
        AtomicFolders.replace(parent.resolve("made"), in -> {});
        assertEquals(ofFolders, Files.getPosixFilePermissions(parent.resolve("made")));
        Files.setPosixFilePermissions(folder, permissions("rwxrwx---"));
        AtomicFolders.replace(folder, in -> {});
        assertEquals(permissions("rwxrwx---"), Files.getPosixFilePermissions(folder));
    }

    @Test
    void aFolderIsReplacedBehindItsLink() throws IOException {
        Path link = Files.createSymbolicLink(parent.resolve("run"), Path.of("real/run-1"));
        Files.createDirectories(parent.resolve("real"));
        AtomicFolders.replace(link, in -> Files.writeString(in.resolve("a"), "1"));
        AtomicFolders.replace(link, in -> Files.writeString(in.resolve("a"), "2"));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("2", Files.readString(parent.resolve("real/run-1/a")));
        assertEquals(List.of("run-1"), list(parent.resolve("real")));
        assertEquals(List.of("real", "run"), list(parent));
        // What a crash between the two moves leaves is found and put back through the link.
        Files.move(parent.resolve("real/run-1"), parent.resolve("real/.run-1.old"));
        assertEquals("2", Files.readString(AtomicFolders.current(link).resolve("a")));
        AtomicFolders.restore(link);
        assertEquals("2", Files.readString(link.resolve("a")));
    }

    @Test
    void aFolderOfTwoNamesHasOneLock() throws IOException {
        Path there = real("run");
        Path link = Files.createSymbolicLink(parent.resolve("link"), there);
        Path parentLink = Files.createSymbolicLink(parent.resolve("other"), parent.resolve("real"));
        try (FolderLock lock = FolderLock.of(link)) {
            assertThrows(FormatException.class, () -> FolderLock.of(there));
            assertThrows(FormatException.class, () -> FolderLock.of(parentLink.resolve("run")));
            assertTrue(lock != null && Files.exists(parent.resolve("real/.run.lock")));
        }
        assertFalse(Files.exists(parent.resolve("real/.run.lock")));
    }

    @Test
    void whatAKilledWriterLeftIsDeleted() throws IOException {
        for (String name : List.of(".config.json.tmp-71-3", ".a.tmp-1-x", "config.json", ".hidden")) {
            Files.writeString(parent.resolve(name), "");
        }
        AtomicFiles.deleteLeftovers(parent);
        assertEquals(List.of(".a.tmp-1-x", ".hidden", "config.json"), list(parent));
    }
}
