package dev.hourglass.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What cannot be written is known, though a PrintStream says nothing of it. */
class WatchedOutputTest {
    private static String failure(String words) {
        WatchedOutput output = new WatchedOutput(new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(words);
            }
        });
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        out.println("result");
        out.print('x');
        out.flush();
        return output.failure();
    }

    @Test
    void aFullDiskIsAFailureAndAReaderThatLeftIsNone() {
        assertEquals("No space left on device", failure("No space left on device"));
        assertNull(failure("Broken pipe"));
    }
}
