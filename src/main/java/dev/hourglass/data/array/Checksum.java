package dev.hourglass.data.array;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * CRC-32C of a whole safetensors file, length and header included, kept in its header as eight hexadecimal digits under {@link #KEY}; they count as zeros. It
 * finds every change within 32 neighbouring bits, so every changed byte, at the speed of memory: processors compute it. It is no protection from
 * forgers.
 *
 * <p>Source: RFC 3720, appendix B.4.
 */
final class Checksum {
    static final String KEY = "hourglass.crc32c";
    static final String ZEROS = "00000000";

    private final CRC32C crc = new CRC32C();

    /** Begins with the length of the header and the header itself, whose digits are zeros. */
    Checksum(byte[] header) {
        crc.update(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).flip());
        crc.update(header);
    }

    /** Goes on with all that remains in the buffer. */
    void update(ByteBuffer bytes) {
        crc.update(bytes);
    }

    String digits() {
        return String.format("%08x", crc.getValue());
    }

    /** Returns where the digits stand in a header as {@link SafetensorsHeader#encode} writes it, -1 when there are none. */
    static int position(byte[] header) {
        // Every other place that holds these characters would have its quotes escaped.
        String before = "\"" + KEY + "\":\"";
        int at = new String(header, StandardCharsets.ISO_8859_1).indexOf(before);
        return at < 0 || at + before.length() + ZEROS.length() > header.length ? -1 : at + before.length();
    }

    /** Puts digits into a header. */
    static void write(byte[] header, String digits) {
        System.arraycopy(digits.getBytes(StandardCharsets.US_ASCII), 0, header, position(header), ZEROS.length());
    }
}
