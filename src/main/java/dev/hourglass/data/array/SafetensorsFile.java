package dev.hourglass.data.array;

import dev.hourglass.io.AtomicFiles;
import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * An open safetensors file whose header has been checked. Tensors are read by name, whole or in parts, into arrays; nothing of the data is held
 * in memory between calls. Not safe for use by several threads at once.
 *
 * <p>Every read throws {@link FormatException} if there is no such tensor or it has another type, and {@link java.io.UncheckedIOException} if
 * the file cannot be read; both with one line.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataStart;
    private final ByteBuffer buffer;

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header, long dataStart, long dataBytes) {
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
        this.buffer = ByteBuffer.allocate((int) Math.min(Safetensors.BUFFER_BYTES, dataBytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    static SafetensorsFile open(Path path) {
        FileChannel channel = null;
        SafetensorsFile opened = null;
        try {
            if (Files.isDirectory(path)) {
                throw new IOException("it is a folder; name a file");
            }
            channel = FileChannel.open(path, StandardOpenOption.READ);
            opened = readHeader(path, channel);
            return opened;
        } catch (IOException failure) {
            throw AtomicFiles.failure("read", path, failure);
        } finally {
            if (opened == null) {
                close(channel, path);
            }
        }
    }

    private static SafetensorsFile readHeader(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw SafetensorsHeader.damaged(path, "the file has " + size + " bytes", "at least 8 for the length of the header");
        }
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(path, channel, length, 0);
        long headerBytes = length.getLong(0);
        if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAXIMUM_BYTES) {
            throw SafetensorsHeader.damaged(path, "the header has " + Long.toUnsignedString(headerBytes) + " bytes",
                    "at most " + SafetensorsHeader.MAXIMUM_BYTES);
        }
        if (headerBytes > size - Long.BYTES) {
            throw SafetensorsHeader.damaged(path, "the header has " + headerBytes + " bytes", "at most " + (size - Long.BYTES)
                    + ", the bytes that are there");
        }
        ByteBuffer text = ByteBuffer.allocate((int) headerBytes);
        readFully(path, channel, text, Long.BYTES);
        long dataStart = Long.BYTES + headerBytes;
        long dataBytes = size - dataStart;
        SafetensorsFile file = new SafetensorsFile(path, channel, SafetensorsHeader.parse(path, text.array(), dataBytes), dataStart,
                dataBytes);
        if (file.metadata().containsKey(Checksum.KEY)) {
            file.requireChecksum(text.array(), size);
        }
        return file;
    }

    /** Refuses a file that is not, byte by byte, what was written. */
    private void requireChecksum(byte[] text, long size) throws IOException {
        String written = metadata().get(Checksum.KEY);
        int digits = Checksum.position(text);
        if (digits >= 0) {
            Checksum.write(text, Checksum.ZEROS);
        }
        Checksum checksum = new Checksum(text);
        for (long position = dataStart; position < size; position += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - position));
            readFully(path, channel, buffer, position);
            checksum.update(buffer.flip());
        }
        if (digits < 0 || !written.equals(checksum.digits())) {
            throw new FormatException(path, "the checksum of the file is " + checksum.digits(), written + " as its header says",
                    "the file is damaged or was changed, copy it again");
        }
    }

    /** The free texts of the header, sorted by key. Unmodifiable. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** Names of the tensors in the order of their data. Unmodifiable. */
    public Set<String> names() {
        return header.tensors().keySet();
    }

    /** Element type of a tensor. */
    public DType type(String name) {
        return tensor(name).type();
    }

    /** Shape of a tensor, empty for a scalar. */
    public long[] shape(String name) {
        return tensor(name).shape().clone();
    }

    /** Number of elements of a tensor. */
    public long elements(String name) {
        SafetensorsHeader.Tensor tensor = tensor(name);
        return (tensor.end() - tensor.begin()) / tensor.type().bytes();
    }

    /** Refuses the file, with both shapes in the message, unless it has this tensor in this shape. */
    public void requireShape(String name, long... shape) {
        long[] found = tensor(name).shape();
        if (!Arrays.equals(found, shape)) {
            throw new FormatException(path, "tensor '" + name + "' has shape " + Arrays.toString(found), Arrays.toString(shape),
                    "the file belongs to another model");
        }
    }

    /** All elements of a tensor of type F32, F16 or BF16. */
    public float[] floats(String name) {
        float[] values = new float[arrayLength(name)];
        floats(name, 0, values, 0, values.length);
        return values;
    }

    /**
     * Elements {@code first .. first+count-1} of a tensor of type F32, F16 or BF16.
     *
     * @param into   receives them from index {@code offset} on. Modified.
     */
    public void floats(String name, long first, float[] into, int offset, int count) {
        DType type = require(name, DType.F32, DType.F16, DType.BF16);
        each(name, first, count, (done, piece) -> {
            switch (type) {
                case F32 -> piece.asFloatBuffer().get(into, offset + done, piece.remaining() / 4);
                case F16 -> HalfPrecision.fromF16(piece.asShortBuffer(), into, offset + done);
                default -> HalfPrecision.fromBf16(piece.asShortBuffer(), into, offset + done);
            }
        });
    }

    /** All elements of a tensor of type F64. */
    public double[] doubles(String name) {
        require(name, DType.F64);
        double[] values = new double[arrayLength(name)];
        each(name, 0, values.length, (done, piece) -> piece.asDoubleBuffer().get(values, done, piece.remaining() / 8));
        return values;
    }

    /** All elements of a tensor of type I32. */
    public int[] ints(String name) {
        require(name, DType.I32);
        int[] values = new int[arrayLength(name)];
        each(name, 0, values.length, (done, piece) -> piece.asIntBuffer().get(values, done, piece.remaining() / 4));
        return values;
    }

    /** All elements of a tensor of type I64. */
    public long[] longs(String name) {
        require(name, DType.I64);
        long[] values = new long[arrayLength(name)];
        each(name, 0, values.length, (done, piece) -> piece.asLongBuffer().get(values, done, piece.remaining() / 8));
        return values;
    }

    /** All elements of a tensor of type U8. */
    public byte[] bytes(String name) {
        require(name, DType.U8);
        byte[] values = new byte[arrayLength(name)];
        each(name, 0, values.length, (done, piece) -> piece.get(values, done, piece.remaining()));
        return values;
    }

    @Override
    public void close() {
        close(channel, path);
    }

    /** Takes the bytes of a run of elements; {@code done} elements came before. */
    private interface Piece {
        void take(int done, ByteBuffer piece);
    }

    private void each(String name, long first, int count, Piece taker) {
        SafetensorsHeader.Tensor tensor = tensor(name);
        if (first < 0 || count < 0 || first > elements(name) - count) {
            throw new IllegalArgumentException("safetensors: tensor '" + name + "': first=" + first + " count=" + count
                    + ", expected within elements=" + elements(name));
        }
        int size = tensor.type().bytes();
        int perPiece = buffer.capacity() / size;
        try {
            for (int done = 0; done < count; done += Math.min(perPiece, count - done)) {
                buffer.clear().limit(Math.min(perPiece, count - done) * size);
                readFully(path, channel, buffer, dataStart + tensor.begin() + (first + done) * size);
                taker.take(done, buffer.flip());
            }
        } catch (IOException failure) {
            throw AtomicFiles.failure("read", path, failure);
        }
    }

    private static void readFully(Path path, FileChannel channel, ByteBuffer into, long position) throws IOException {
        long next = position;
        while (into.hasRemaining()) {
            int read = channel.read(into, next);
            if (read < 0) {
                throw SafetensorsHeader.damaged(path, "the file ends at byte " + next + " while it is read",
                        "it to stay as it is while open");
            }
            next += read;
        }
    }

    private SafetensorsHeader.Tensor tensor(String name) {
        SafetensorsHeader.Tensor tensor = header.tensors().get(name);
        if (tensor == null) {
            String known = names().size() <= 8 ? names().toString()
                    : names().stream().limit(8).toList() + " and " + (names().size() - 8) + " more";
            throw new FormatException(path, "there is no tensor '" + name + "'", "one of " + known, "the file belongs to another model");
        }
        return tensor;
    }

    private DType require(String name, DType... types) {
        DType type = tensor(name).type();
        if (!Arrays.asList(types).contains(type)) {
            throw new FormatException(path, "tensor '" + name + "' has type " + type, "one of " + Arrays.toString(types),
                    "the file belongs to another model or version");
        }
        return type;
    }

    private int arrayLength(String name) {
        if (elements(name) > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("safetensors: tensor '" + name + "' has " + elements(name)
                    + " elements, expected at most " + (Integer.MAX_VALUE - 8) + " in one array; read it in parts");
        }
        return (int) elements(name);
    }

    private static void close(FileChannel channel, Path path) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException failure) {
            throw AtomicFiles.failure("close", path, failure);
        }
    }
}
