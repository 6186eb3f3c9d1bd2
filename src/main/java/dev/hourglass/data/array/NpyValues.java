package dev.hourglass.data.array;

import dev.hourglass.data.LongNumbers;
import dev.hourglass.data.file.BinaryRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Numbers of npy files as doubles. All are exact but integers beyond 2^53, which become the nearest double, ties to even.
 */
final class NpyValues implements BinaryRows.Decoder {
    private final String kind;
    private final ByteOrder order;
    private boolean rounded;

    NpyValues(NpyHeader header) {
        this.kind = header.kind();
        this.order = header.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public void decode(byte[] from, int count, double[] to) {
        ByteBuffer bytes = ByteBuffer.wrap(from).order(order);
        for (int i = 0; i < count; i++) {
            to[i] = switch (kind) {
                case "f2" -> half(bytes.getShort());
                case "f4" -> bytes.getFloat();
                case "f8" -> bytes.getDouble();
                case "i1" -> bytes.get();
                case "i2" -> bytes.getShort();
                case "i4" -> bytes.getInt();
                case "i8" -> signed(bytes.getLong());
                case "u2" -> bytes.getShort() & 0xffff;
                case "u4" -> bytes.getInt() & 0xffffffffL;
                case "u8" -> unsigned(bytes.getLong());
                default -> bytes.get() & 0xff;
            };
        }
    }

    private double signed(long number) {
        rounded |= !LongNumbers.isHeld(Math.abs(number));
        return within(number, number);
    }

    /** Half of it with the lost bit kept as a sticky one rounds as the whole would. */
    private double unsigned(long bits) {
        rounded |= !LongNumbers.isHeld(bits);
        long half = bits >>> 1 | bits & 1;
        return bits >= 0 ? within(bits, bits) : within(2 * (double) half, 2 * (float) half);
    }

    /** The nearest double, or the one beside it where rounding it to a float would round twice and so not to the nearest float. */
    private static double within(double number, float nearest) {
        return (float) number == nearest ? number : Math.nextAfter(number, nearest);
    }

    /** Whether a number was rounded. */
    boolean hasRounded() {
        return rounded;
    }

    /** 1 sign, 5 exponent (bias 15), 10 fraction bits; exact. {@code Float.float16ToFloat} came after Java 17. */
    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude = switch (exponent) {
            case 0 -> fraction * 0x1p-24f;
            case 0x1f -> Float.intBitsToFloat(0x7f800000 | fraction << 13);
            default -> Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
        };
        return bits < 0 ? -magnitude : magnitude;
    }

    /**
     * The next value of the buffer (in the order of the file) as the text of a whole number, exact for every type; null if it is none.
     * Floats beyond 2^53 stand for several whole numbers, so for none.
     */
    String nextWhole(ByteBuffer bytes) {
        return switch (kind) {
            case "f2" -> whole(half(bytes.getShort()));
            case "f4" -> whole(bytes.getFloat());
            case "f8" -> whole(bytes.getDouble());
            case "i1" -> Integer.toString(bytes.get());
            case "i2" -> Integer.toString(bytes.getShort());
            case "i4" -> Integer.toString(bytes.getInt());
            case "i8" -> Long.toString(bytes.getLong());
            case "u2" -> Integer.toString(bytes.getShort() & 0xffff);
            case "u4" -> Long.toString(bytes.getInt() & 0xffffffffL);
            case "u8" -> Long.toUnsignedString(bytes.getLong());
            default -> Integer.toString(bytes.get() & 0xff);
        };
    }

    private static String whole(double value) {
        return value == Math.rint(value) && Math.abs(value) <= 0x1p53 ? Long.toString((long) value) : null;
    }

    ByteOrder order() {
        return order;
    }
}
