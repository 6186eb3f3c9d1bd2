package dev.hourglass.backend.cpu;

/** {@link Arithmetic} in plain Java: what runs without {@code jdk.incubator.vector}, and what finishes the ends of vector loops. */
public class ScalarArithmetic implements Arithmetic {
    @Override
    public void scale(float factor, float[] x, int xOffset, float[] y, int yOffset, boolean accumulate, int length) {
        for (int i = 0; i < length; i++) {
            float product = factor * x[xOffset + i];
            y[yOffset + i] = accumulate ? y[yOffset + i] + product : product;
        }
    }

    @Override
    public void multiply(float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate, int length) {
        for (int i = 0; i < length; i++) {
            float product = a[aOffset + i] * b[bOffset + i];
            y[yOffset + i] = accumulate ? y[yOffset + i] + product : product;
        }
    }

    @Override
    public void difference(float factor, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate,
            int length) {
        for (int i = 0; i < length; i++) {
            float difference = factor * (a[aOffset + i] - b[bOffset + i]);
            y[yOffset + i] = accumulate ? y[yOffset + i] + difference : difference;
        }
    }

    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }

    @Override
    public double squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            double d = a[aOffset + i] - b[bOffset + i];
            sum += d * d;
        }
        return sum;
    }

    @Override
    public void adam(AdamStep step, float[] w, int wOffset, float[] gradient, int gradientOffset, float[] m, int mOffset, float[] v,
            int vOffset,
            int length) {
        float keep1 = 1f - step.beta1();
        float keep2 = 1f - step.beta2();
        for (int i = 0; i < length; i++) {
            float g = step.clip() * gradient[gradientOffset + i];
            float first = step.beta1() * m[mOffset + i] + keep1 * g + AdamStep.FLUSH - AdamStep.FLUSH;
            float second = step.beta2() * v[vOffset + i] + keep2 * g * g + AdamStep.FLUSH - AdamStep.FLUSH;
            m[mOffset + i] = first;
            v[vOffset + i] = second;
            float root = (float) Math.sqrt(step.rate2() * second);
            w[wOffset + i] = step.shrink() * w[wOffset + i] - step.rate1() * first / (root + step.epsilon());
        }
    }
}
