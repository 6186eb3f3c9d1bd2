package dev.hourglass.data.picture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Png files byte by byte: kinds that Java does not write, and damaged ones. */
public final class Png {
    public static final int GREY = 0;
    static final int COLOUR = 2;
    static final int PALETTE = 3;
    static final int GREY_ALPHA = 4;
    static final int COLOUR_ALPHA = 6;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Starts with signature and header. */
    public Png(int width, int height, int depth, int colour) {
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth).put((byte) colour).array());
    }

    Png chunk(String type, byte[] data) {
        byte[] named = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data).array();
        CRC32 sum = new CRC32();
        sum.update(named);
        out.writeBytes(ByteBuffer.allocate(8 + named.length).putInt(data.length).put(named).putInt((int) sum.getValue()).array());
        return this;
    }

    Png chunk(String type, int... bytes) {
        return chunk(type, bytes(bytes));
    }

    /** Rows of bytes, each with its filter (0: none) before it, and the end. */
    public byte[] data(int... rows) {
        Deflater packing = new Deflater();
        packing.setInput(bytes(rows));
        packing.finish();
        byte[] packed = new byte[1000 + 2 * rows.length];
        int length = packing.deflate(packed);
        packing.end();
        return chunk("IDAT", Arrays.copyOf(packed, length)).chunk("IEND").out.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
