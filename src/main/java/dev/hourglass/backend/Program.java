package dev.hourglass.backend;

/** A recorded sequence of primitives that can be run again and again; on a CUDA device one graph launch. */
public interface Program extends AutoCloseable {
    /** Runs the sequence once more, in order with everything else on the device; does not wait for it. */
    void run();

    /** Releases the recording; the buffers it uses stay with their owner. */
    @Override
    void close();
}
