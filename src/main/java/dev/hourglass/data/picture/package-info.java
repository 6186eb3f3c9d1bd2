/**
 * Folders of png and jpg files as rows of grey values: {@link dev.hourglass.data.picture.Images}.
 *
 * <p>One rule: sizes and checksums are read before a picture is unpacked, so that a small file orders no more memory than is stated.
 *
 * <p>May import: {@code data}, {@code data.file}; the JDK.
 */
package dev.hourglass.data.picture;
