/**
 * Files and folders that outlive the process, written whole or not at all: {@link dev.hourglass.io.AtomicFiles} for small texts and line logs,
 * {@link dev.hourglass.io.AtomicFolders}, and {@link dev.hourglass.io.FolderLock} for one writer at a time.
 *
 * <p>The one rule: a reader of a file sees the old content or the whole new content, never a part; and a file that is not what it
 * should be is refused with one line ({@link dev.hourglass.io.FormatException}) before any of it is used.
 *
 * <p>May import: {@code message}; the JDK and jackson.
 */
package dev.hourglass.io;
