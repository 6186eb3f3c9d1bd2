package dev.hourglass.backend.cuda;

import java.nio.ByteBuffer;

/**
 * Copies host arrays to the device through two pinned buffers in turn: while the device fetches one, the next piece is written to the other.
 * The array may be changed as soon as a call returns; the copy itself is ordered on the stream like a launch.
 */
final class Staging implements AutoCloseable {
    private static final int BYTES = 4 << 20;

    /** Writes elements of an array into pinned memory. */
    private interface Piece {
        void put(ByteBuffer target, int from, int count);
    }

    private final Driver driver;
    private final PinnedMemory[] memory = new PinnedMemory[2];
    /** The copy out of each buffer that may still be under way; null when there was none. */
    private final Driver.Event[] underWay = new Driver.Event[2];
    private int turn;

    Staging(Driver driver) {
        this.driver = driver;
        memory[0] = driver.pin(BYTES);
        memory[1] = driver.pin(BYTES);
    }

    void write(CudaBuffer target, float[] source, int offset, int length) {
        write(target, length, (buffer, from, count) -> buffer.asFloatBuffer().put(source, offset + from, count));
    }

    void write(CudaBuffer target, byte[] source, int offset, int length) {
        write(target, length, (buffer, from, count) -> buffer.put(0, source, offset + from, count));
    }

    void write(CudaBuffer target, int[] source, int offset, int length) {
        write(target, length, (buffer, from, count) -> buffer.asIntBuffer().put(source, offset + from, count));
    }

    private void write(CudaBuffer target, int length, Piece piece) {
        int width = target.type().bytes();
        int most = BYTES / width;
        for (int from = 0; from < length; from += most) {
            int count = Math.min(most, length - from);
            await(turn);
            piece.put(memory[turn].buffer(), from, count);
            driver.uploadLater(memory[turn], 0, target.address() + (long) from * width, (long) count * width);
            underWay[turn] = driver.record();
            turn = 1 - turn;
        }
    }

    private void await(int index) {
        if (underWay[index] != null) {
            driver.await(underWay[index]);
            driver.destroy(underWay[index]);
            underWay[index] = null;
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < 2; i++) {
            await(i);
            memory[i].close();
        }
    }
}
