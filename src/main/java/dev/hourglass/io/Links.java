package dev.hourglass.io;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Where writing to a name ends: what is written through a symbolic link goes to where the link points, and the link stays. */
final class Links {
    /** As many as Linux follows. */
    private static final int MOST_LINKS = 40;

    private Links() {
    }

    /**
     * Returns the one name of a file or folder, which need not exist: absolute, with all links followed.
     *
     * @throws FileSystemLoopException when links lead in a circle
     */
    static Path follow(Path named) throws IOException {
        Path path = named.toAbsolutePath();
        for (int followed = 0; Files.isSymbolicLink(path); followed++) {
            if (followed == MOST_LINKS) {
                throw new FileSystemLoopException(named.toString());
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        if (Files.exists(path)) {
            return path.toRealPath();
        }
        Path folder = path.getParent();
        return folder != null && Files.exists(folder) ? folder.toRealPath().resolve(path.getFileName()) : path.normalize();
    }

    /** Gives what will take the place of something its permissions: what is new has those of the umask, what was there keeps its own. */
    static void keepPermissions(Path old, Path fresh) throws IOException {
        if (Files.exists(old) && Files.getFileStore(old).supportsFileAttributeView("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(old);
            if (!permissions.equals(Files.getPosixFilePermissions(fresh))) {
                Files.setPosixFilePermissions(fresh, permissions);
            }
        }
    }
}
