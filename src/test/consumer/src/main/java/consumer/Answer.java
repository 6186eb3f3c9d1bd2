package consumer;

import java.util.Arrays;

/** Code and score of a row; a line of text holds both with every digit, so that reading gives the same bits. */
record Answer(float[] code, double score) {
    static Answer parse(String line) {
        String[] words = line.split(" ");
        float[] code = new float[words.length - 1];
        for (int j = 0; j < code.length; j++) {
            code[j] = Float.parseFloat(words[j]);
        }
        return new Answer(code, Double.parseDouble(words[code.length]));
    }

    String line() {
        StringBuilder line = new StringBuilder();
        for (float value : code) {
            line.append(value).append(' ');
        }
        return line.append(score).toString();
    }

    /**
     * Returns how far another answer is from this one: 0 when every bit is the same, otherwise the largest difference, of a score relative to it, of a code
     * relative to its largest value; NaN when one number alone is NaN.
     */
    double distance(float[] otherCode, double otherScore) {
        if (otherCode.length != code.length) {
            return Double.NaN;
        }
        double scale = 0;
        for (float value : code) {
            scale = Math.max(scale, Math.abs(value));
        }
        double distance = distance(score, otherScore, Math.abs(score));
        for (int j = 0; j < code.length; j++) {
            distance = Math.max(distance, distance(code[j], otherCode[j], scale));
        }
        return distance;
    }

    private static double distance(double value, double other, double scale) {
        boolean same = Double.doubleToLongBits(value) == Double.doubleToLongBits(other);
        return same ? 0 : Math.max(Double.MIN_VALUE, Math.abs(other - value) / scale);
    }

    @Override
    public String toString() {
        return "code " + Arrays.toString(code) + ", score " + score;
    }
}
