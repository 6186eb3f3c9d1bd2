package dev.hourglass.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The fingerprint of a table's values; {@link Dataset#sha256} says what enters it. */
final class DataHash {
    private static final int CHUNK_BYTES = 1 << 16;

    private DataHash() {
    }

    static String sha256(RowBlocks values) {
        MessageDigest sha256 = digest();
        int columns = values.columns();
        sha256.update(values.element().name().getBytes(StandardCharsets.US_ASCII));
        sha256.update(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(values.rows()).putLong(columns).flip());
        int chunkRows = Math.max(1, CHUNK_BYTES / columns);
        Object chunk = values.newArray(chunkRows * columns);
        for (int row = 0; row < values.rows(); row += chunkRows) {
            int count = Math.min(chunkRows, values.rows() - row);
            values.copy(chunk, 0, row, count, false);
            update(sha256, chunk, count * columns);
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** One text after the other, each ended by a byte that UTF-8 does not have. */
    static String sha256(Labels labels) {
        MessageDigest sha256 = digest();
        byte[][] names = labels.classNames().stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
        for (int code : labels.codes()) {
            sha256.update(names[code]);
            sha256.update((byte) 0xff);
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static void update(MessageDigest sha256, Object chunk, int length) {
        if (chunk instanceof byte[] bytes) {
            sha256.update(bytes, 0, length);
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate((chunk instanceof double[] ? Double.BYTES : Float.BYTES) * length)
                .order(ByteOrder.LITTLE_ENDIAN);
        if (chunk instanceof double[] doubles) {
            bytes.asDoubleBuffer().put(doubles, 0, length);
        } else {
            bytes.asFloatBuffer().put((float[]) chunk, 0, length);
        }
        sha256.update(bytes);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
