package dev.hourglass.backend.cpu;

/**
 * Elementary functions in float, from plain multiplications and additions in a fixed order: the same bits on every CPU, with and without vectors
 * ({@code vector.VectorExponential} and its neighbours repeat them operation by operation), and several times faster than {@code Math}. Errors are a few units in the
 * last place. exp, tanh: Cephes (Moshier); log1p and the normal distribution function: minimax fits made for this engine.
 */
public final class FloatMath {
    /** Arguments of exp are moved into this range: its ends give infinity and 0, and no result is subnormal. */
    public static final float EXP_HIGHEST = 89f;
    /** Lowest argument of exp, see {@link #EXP_HIGHEST}. */
    public static final float EXP_LOWEST = -87.33654f;
    /** 1 / log 2. */
    public static final float LOG2_E = 1.44269504f;
    /** log 2 = LN2_HIGH + LN2_LOW; the high part has so few bits that its product with an exponent is exact. */
    public static final float LN2_HIGH = 0.693359375f;
    /** log 2 - LN2_HIGH, see {@link #LN2_HIGH}. */
    public static final float LN2_LOW = -2.12194440e-4f;
    /** 1.5 * 2^23: adding it rounds a float to an integer, whose bits are then the low bits of the sum. */
    public static final float ROUNDER = 12582912f;
    /** Exponent field of 1/2. */
    public static final int EXPONENT_BIAS = 126 << 23;
    /** Coefficient of r^7 in e^r. */
    public static final float E5 = 1.9875691500E-4f;
    /** Coefficient of r^6 in e^r. */
    public static final float E4 = 1.3981999507E-3f;
    /** Coefficient of r^5 in e^r. */
    public static final float E3 = 8.3334519073E-3f;
    /** Coefficient of r^4 in e^r. */
    public static final float E2 = 4.1665795894E-2f;
    /** Coefficient of r^3 in e^r. */
    public static final float E1 = 1.6666665459E-1f;
    /** Coefficient of r^2 in e^r. */
    public static final float E0 = 5.0000001201E-1f;
    /** Within this distance of 0 exp(x) - 1 comes from the polynomial without the final addition of 1. */
    public static final float EXPM1_NEAR = 0.34f;
    /** Coefficient of s^9 in log((1 + s) / (1 - s)). */
    public static final float L3 = 0.2817772f;
    /** Coefficient of s^7 in log((1 + s) / (1 - s)). */
    public static final float L2 = 0.27960756f;
    /** Coefficient of s^5 in log((1 + s) / (1 - s)). */
    public static final float L1 = 0.40024897f;
    /** Coefficient of s^3 in log((1 + s) / (1 - s)). */
    public static final float L0 = 0.66666317f;
    /** Within this distance of 0 tanh is a polynomial. */
    public static final float TANH_NEAR = 0.625f;
    /** Coefficient of x^11 in tanh(x) near 0. */
    public static final float T4 = -5.70498872745E-3f;
    /** Coefficient of x^9 in tanh(x) near 0. */
    public static final float T3 = 2.06390887954E-2f;
    /** Coefficient of x^7 in tanh(x) near 0. */
    public static final float T2 = -5.37397155531E-2f;
    /** Coefficient of x^5 in tanh(x) near 0. */
    public static final float T1 = 1.33314422036E-1f;
    /** Coefficient of x^3 in tanh(x) near 0. */
    public static final float T0 = -3.33332819422E-1f;
    /** Within this distance of 0 the normal distribution function is 1/2 plus an odd polynomial, beyond it exp of a polynomial, up to the limit. */
    public static final float NORMAL_NEAR = 1.35f;
    /** Beyond this distance of 0 the normal distribution function has the value it has there. */
    public static final float NORMAL_LIMIT = 9.5f;
    /** Coefficient of x^11 in Phi(x) near 0. */
    public static final float N5 = -6.0887878E-6f;
    /** Coefficient of x^9 in Phi(x) near 0. */
    public static final float N4 = 1.0789014E-4f;
    /** Coefficient of x^7 in Phi(x) near 0. */
    public static final float N3 = -1.1788498E-3f;
    /** Coefficient of x^5 in Phi(x) near 0. */
    public static final float N2 = 9.9688508E-3f;
    /** Coefficient of x^3 in Phi(x) near 0. */
    public static final float N1 = -6.6489249E-2f;
    /** Coefficient of x^1 in Phi(x) near 0. */
    public static final float N0 = 3.989422E-1f;
    /** Coefficient of t^8 in log Phi(-t). */
    public static final float Q8 = 7.22817E-8f;
    /** Coefficient of t^7 in log Phi(-t). */
    public static final float Q7 = -3.2497533E-6f;
    /** Coefficient of t^6 in log Phi(-t). */
    public static final float Q6 = 6.5235647E-5f;
    /** Coefficient of t^5 in log Phi(-t). */
    public static final float Q5 = -7.833033E-4f;
    /** Coefficient of t^4 in log Phi(-t). */
    public static final float Q4 = 6.391001E-3f;
    /** Coefficient of t^3 in log Phi(-t). */
    public static final float Q3 = -3.8436837E-2f;
    /** Coefficient of t^2 in log Phi(-t). */
    public static final float Q2 = -3.1656173E-1f;
    /** Coefficient of t^1 in log Phi(-t). */
    public static final float Q1 = -7.987177E-1f;
    /** Coefficient of t^0 in log Phi(-t). */
    public static final float Q0 = -6.929753E-1f;
    /** 1 / sqrt(2 pi). */
    public static final float NORMAL_DENSITY_0 = 0.3989423f;

    private FloatMath() {
    }

    /** Returns e^x; 0 below -87. The exponent of the result comes from the low bits of the rounded sum, one less, and the sum p + p makes up for it. */
    public static float exp(float x) {
        float v = Math.max(Math.min(x, EXP_HIGHEST), EXP_LOWEST);
        float rounded = v * LOG2_E + ROUNDER;
        float n = rounded - ROUNDER;
        float r = v - n * LN2_HIGH - n * LN2_LOW;
        float p = expTail(r) + 1f;
        return (p + p) * Float.intBitsToFloat((Float.floatToRawIntBits(rounded) << 23) + EXPONENT_BIAS);
    }

    /** Returns e^r - 1 for |r| at most 0.35. */
    private static float expTail(float r) {
        float p = ((((E5 * r + E4) * r + E3) * r + E2) * r + E1) * r + E0;
        return p * (r * r) + r;
    }

    /** Returns e^x - 1, exact near 0. */
    public static float expm1(float x) {
        return Math.abs(x) < EXPM1_NEAR ? expTail(x) : exp(x) - 1f;
    }

    /** Returns log(1 + u) for u in [0, 1]: 2 artanh(u / (2 + u)). */
    public static float log1p(float u) {
        float s = u / (2f + u);
        float z = s * s;
        return ((((L3 * z + L2) * z + L1) * z + L0) * z + 2f) * s;
    }

    /** Returns 1 / (1 + e^-x). */
    public static float sigmoid(float x) {
        return sigmoid(x, exp(-Math.abs(x)));
    }

    /** Returns 1 / (1 + e^-x) when {@code e} = e^-|x| is known. */
    public static float sigmoid(float x, float e) {
        return (x < 0f ? e : 1f) / (1f + e);
    }

    /** Returns log(1 + e^x). */
    public static float softplus(float x) {
        return softplus(x, exp(-Math.abs(x)));
    }

    /** Returns log(1 + e^x) when {@code e} = e^-|x| is known. */
    public static float softplus(float x, float e) {
        return positive(x) + log1p(e);
    }

    /** Returns max(x, 0), NaN for NaN. */
    public static float positive(float x) {
        return x < 0f ? 0f : x;
    }

    /** Returns tanh(x). */
    public static float tanh(float x) {
        float z = x * x;
        if (Math.abs(x) < TANH_NEAR) {
            return ((((T4 * z + T3) * z + T2) * z + T1) * z + T0) * z * x + x;
        }
        return 1f - 2f / (exp(x + x) + 1f);
    }

    /** Returns Phi(x), the standard normal distribution function. */
    public static float normal(float x) {
        float t = Math.abs(x);
        if (t < NORMAL_NEAR) {
            float z = x * x;
            return (((((N5 * z + N4) * z + N3) * z + N2) * z + N1) * z + N0) * x + 0.5f;
        }
        t = Math.min(t, NORMAL_LIMIT);
        float tail = exp((((((((Q8 * t + Q7) * t + Q6) * t + Q5) * t + Q4) * t + Q3) * t + Q2) * t + Q1) * t + Q0);
        return x < 0f ? tail : 1f - tail;
    }

    /** Returns phi(x), the standard normal density. */
    public static float normalDensity(float x) {
        return NORMAL_DENSITY_0 * exp(-0.5f * x * x);
    }
}
