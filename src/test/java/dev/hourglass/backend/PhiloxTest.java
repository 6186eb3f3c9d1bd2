package dev.hourglass.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Known answers: Random123 (tests/kat_vectors) for the words, and their normals as float bits. */
class PhiloxTest {
    private static final int[][] INPUTS = {
        {0, 0, 0, 0, 0, 0}, {-1, -1, -1, -1, -1, -1},
        {0xa4093822, 0x299f31d0, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}};
    private static final int[][] WORDS = {
        {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
    private static final int[][] NORMALS = {
        {0x3f7dbb33, 0xbf6cb6af, 0xbf1e1b9d, 0xbef6d1af}, {0xbd94a54e, 0x3fd442cf, 0xbf5b90c8, 0x3ed89bcc},
        {0xbf0d2cfe, 0xbe9fdf1b, 0x3f7728d9, 0x3f97204f}};

    @Test
    void wordsAreThePublishedOnes() {
        for (int i = 0; i < INPUTS.length; i++) {
            int[] in = INPUTS[i];
            int[] words = new int[4];
            Philox.words(in[0], in[1], in[2], in[3], in[4], in[5], words);
            assertArrayEquals(WORDS[i], words, "vector " + i);
        }
    }

    @Test
    void normalsAreBitExact() {
        for (int i = 0; i < INPUTS.length; i++) {
            float[] normals = new float[4];
            Philox.pair(WORDS[i][0], WORDS[i][1], normals, 0);
            Philox.pair(WORDS[i][2], WORDS[i][3], normals, 2);
            for (int j = 0; j < 4; j++) {
                assertEquals(Integer.toHexString(NORMALS[i][j]), Integer.toHexString(Float.floatToRawIntBits(normals[j])),
                        "vector " + i + " normal " + j);
            }
        }
    }

    @Test
    void uniformsStayInsideTheOpenInterval() {
        assertEquals(0x1p-24f, Philox.uniform(0));
        assertEquals(1 - 0x1p-24f, Philox.uniform(-1));
    }
}
