package dev.hourglass.data.picture;

import dev.hourglass.data.DataException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A png file taken apart and checked before any of it is decoded: signature, lengths, checksums, one header, an end.
 *
 * <p>Source: <a href="https://www.w3.org/TR/png-3/">Portable Network Graphics, third edition</a>, sections 5 and 11.
 *
 * @param width pixels in a row
 * @param height rows of pixels
 * @param bits of one pixel, of all its channels
 * @param depth bits of one sample
 * @param paletteColours entries of the palette, 0 without one
 * @param essential the file with only the chunks that make the pixels: header, palette, transparency, data, end
 */
record PngChunks(int width, int height, int bits, int depth, int paletteColours, byte[] essential) {
    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    private static final Set<String> ESSENTIAL = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
    private static final int HEADER_BYTES = 13;
    private static final int COLOUR_BYTES = 3;
    private static final int AROUND_DATA = 12;

    static boolean isPng(byte[] file) {
        return file.length >= Long.BYTES && ByteBuffer.wrap(file).getLong() == SIGNATURE;
    }

    /** @throws DataException if the file is damaged or an animation */
    static PngChunks of(Path file, byte[] content) {
        ByteBuffer in = ByteBuffer.wrap(content).position(Long.BYTES);
        ByteArrayOutputStream essential = new ByteArrayOutputStream();
        essential.write(content, 0, Long.BYTES);
        ByteBuffer header = null;
        int colours = 0;
        String type = "";
        while (!type.equals("IEND")) {
            int start = in.position();
            int length = length(file, in);
            type = new String(content, start + Integer.BYTES, Integer.BYTES, StandardCharsets.ISO_8859_1);
            requireChecksum(file, content, start, length, type);
            if (type.equals("IHDR") != (header == null) || type.equals("IHDR") && length != HEADER_BYTES) {
                throw damaged(file, "the chunk " + type + " is out of place");
            }
            header = header == null ? in.slice(start + Long.BYTES, length) : header;
            colours = type.equals("PLTE") ? length / COLOUR_BYTES : colours;
            if (type.equals("acTL")) {
                throw new DataException(file + ": the picture is an animation, expected one picture in a file; save the one that is meant");
            }
            if (ESSENTIAL.contains(type)) {
                essential.write(content, start, length + AROUND_DATA);
            }
            in.position(start + length + AROUND_DATA);
        }
        return of(file, header, colours, essential.toByteArray());
    }

    private static PngChunks of(Path file, ByteBuffer header, int colours, byte[] essential) {
        int depth = header.get(8) & 0xff;
        int channels = switch (header.get(9)) {
            case 0, 3 -> 1;
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> throw damaged(file, "the colour type is " + (header.get(9) & 0xff));
        };
        return new PngChunks(header.getInt(0), header.getInt(4), depth * channels, depth, colours, essential);
    }

    private static int length(Path file, ByteBuffer in) {
        if (in.remaining() < AROUND_DATA) {
            throw damaged(file, "it ends too early");
        }
        int length = in.getInt();
        if (length < 0 || length > in.remaining() - (AROUND_DATA - Integer.BYTES)) {
            throw damaged(file, "it ends too early");
        }
        return length;
    }

    private static void requireChecksum(Path file, byte[] content, int start, int length, String type) {
        CRC32 sum = new CRC32();
        sum.update(content, start + Integer.BYTES, length + Integer.BYTES);
        if ((int) sum.getValue() != ByteBuffer.wrap(content).getInt(start + Long.BYTES + length)) {
            throw damaged(file, "the checksum of " + type + " does not fit");
        }
    }

    private static DataException damaged(Path file, String what) {
        return new DataException(file + ": the picture is damaged (" + what + "); remove it or save it again");
    }
}
