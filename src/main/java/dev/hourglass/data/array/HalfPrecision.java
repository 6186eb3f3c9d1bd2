package dev.hourglass.data.array;

import java.nio.ShortBuffer;

/** The two 16-bit float formats, widened to {@code float}; exact, every 16-bit value is a float. */
final class HalfPrecision {
    private HalfPrecision() {
    }

    static void fromBf16(ShortBuffer from, float[] into, int offset) {
        for (int i = 0; i < from.remaining(); i++) {
            into[offset + i] = Float.intBitsToFloat(from.get(i) << 16);
        }
    }

    static void fromF16(ShortBuffer from, float[] into, int offset) {
        for (int i = 0; i < from.remaining(); i++) {
            into[offset + i] = fromF16(from.get(i));
        }
    }

    /** 1 sign, 5 exponent (bias 15), 10 fraction bits. {@code Float.float16ToFloat} came after Java 17. */
    static float fromF16(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude = switch (exponent) {
            case 0 -> fraction * 0x1p-24f;
            case 0x1f -> Float.intBitsToFloat(0x7f800000 | fraction << 13);
            default -> Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
        };
        return bits < 0 ? -magnitude : magnitude;
    }
}
