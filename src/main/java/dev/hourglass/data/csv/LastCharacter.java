package dev.hourglass.data.csv;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Passes a text on and remembers its last character that was no white space. */
final class LastCharacter extends FilterReader {
    private char value;

    LastCharacter(Reader in) {
        super(in);
    }

    /** 0 before anything was read. */
    char value() {
        return value;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        for (int i = offset + count - 1; i >= offset; i--) {
            if (!Character.isWhitespace(buffer[i])) {
                value = buffer[i];
                break;
            }
        }
        return count;
    }
}
