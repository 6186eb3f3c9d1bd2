package dev.hourglass.onnx;

import dev.hourglass.io.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A protobuf message under construction. Fields are kept as pieces in order; float arrays are kept by reference and turned into bytes only while
 * writing, so a network is never copied as a whole.
 *
 * <p>Source: <a href="https://protobuf.dev/programming-guides/encoding/">the encoding of protobuf</a>. Only what ONNX needs: varint (wire type 0),
 * length-delimited (2) and 32-bit (5).
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int FLOATS_PER_PIECE = 1 << 16;

    /** {@code byte[]} or {@code float[]}. */
    private final List<Object> pieces = new ArrayList<>();
    private long size;

    /** Bytes of the message without its tag and length. */
    long size() {
        return size;
    }

    ProtoMessage integer(int field, long value) {
        tag(field, VARINT);
        return varint(value);
    }

    ProtoMessage text(int field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        tag(field, LENGTH_DELIMITED);
        varint(bytes.length);
        return piece(bytes, bytes.length);
    }

    ProtoMessage float32(int field, float value) {
        tag(field, FIXED32);
        return piece(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array(), 4);
    }

    /** The raw little-endian bytes of the floats. */
    ProtoMessage rawFloats(int field, float[] values) {
        tag(field, LENGTH_DELIMITED);
        varint(4L * values.length);
        return piece(values, 4L * values.length);
    }

    /** The raw little-endian bytes of the integers. */
    ProtoMessage rawLongs(int field, long[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        tag(field, LENGTH_DELIMITED);
        varint(bytes.capacity());
        return piece(bytes.array(), bytes.capacity());
    }

    /** The message must be complete: what is added to it later is lost. */
    ProtoMessage message(int field, ProtoMessage message) {
        tag(field, LENGTH_DELIMITED);
        varint(message.size);
        pieces.addAll(message.pieces);
        size += message.size;
        return this;
    }

    void writeTo(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * FLOATS_PER_PIECE).order(ByteOrder.LITTLE_ENDIAN);
        for (Object piece : pieces) {
            if (piece instanceof byte[] bytes) {
                AtomicFiles.writeFully(channel, ByteBuffer.wrap(bytes));
                continue;
            }
            float[] values = (float[]) piece;
            for (int done = 0; done < values.length; done += FLOATS_PER_PIECE) {
                int count = Math.min(FLOATS_PER_PIECE, values.length - done);
                buffer.clear().limit(4 * count);
                buffer.asFloatBuffer().put(values, done, count);
                AtomicFiles.writeFully(channel, buffer);
            }
        }
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private ProtoMessage varint(long value) {
        byte[] bytes = new byte[10];
        int length = 0;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return piece(Arrays.copyOf(bytes, length), length);
    }

    private ProtoMessage piece(Object piece, long bytes) {
        pieces.add(piece);
        size += bytes;
        return this;
    }
}
