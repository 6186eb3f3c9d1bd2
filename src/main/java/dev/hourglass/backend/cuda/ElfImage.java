package dev.hourglass.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of an x86-64 ELF shared library that name the libraries it needs: {@code DT_NEEDED} entries of the dynamic section and the
 * symbol version requirements of {@code .gnu.version_r}. Tool Interface Standard ELF 1.2, and the Linux Standard Base on symbol versions.
 */
final class ElfImage {
    private static final int SECTION_DYNAMIC = 6;
    private static final int SECTION_VERSION_NEEDS = 0x6ffffffe;
    private static final long DYNAMIC_NEEDED = 1;

    /** One requirement: a file, the version of it, the hash the linker compares first, and where hash and name lie in the image. */
    record Requirement(String file, String version, int hash, int hashOffset, int nameOffset) {}

    private final ByteBuffer image;

    /** Takes the bytes of a library. Modified by {@link #rename}. */
    ElfImage(byte[] bytes) {
        image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 64 || image.getInt(0) != 0x464c457f || bytes[4] != 2 || bytes[5] != 1) {
            throw new IllegalArgumentException("not a 64-bit little-endian ELF image: bytes=" + bytes.length);
        }
    }

    /** The libraries named by {@code DT_NEEDED}, in order. */
    List<String> needed() {
        List<String> names = new ArrayList<>();
        for (int offset : neededOffsets()) {
            names.add(text(offset));
        }
        return names;
    }

    /** The symbol version requirements, in order. */
    List<Requirement> requirements() {
        List<Requirement> found = new ArrayList<>();
        for (int section : sections(SECTION_VERSION_NEEDS)) {
            int strings = linkedStrings(section);
            int need = contents(section);
            for (int left = image.getInt(section + 44); left > 0; left--) {
                String file = text(strings + image.getInt(need + 4));
                int auxiliary = need + image.getInt(need + 8);
                for (int versions = Short.toUnsignedInt(image.getShort(need + 2)); versions > 0; versions--) {
                    int name = strings + image.getInt(auxiliary + 8);
                    found.add(new Requirement(file, text(name), image.getInt(auxiliary), auxiliary, name));
                    auxiliary += image.getInt(auxiliary + 12);
                }
                need += image.getInt(need + 12);
            }
        }
        return found;
    }

    /**
     * Makes the image need {@code to} where it needed {@code from}, as a library and as the symbol version of the same name.
     *
     * @throws IllegalArgumentException if the names differ in length or the image does not need {@code from}
     */
    void rename(String from, String to) {
        if (from.length() != to.length() || !needed().contains(from)) {
            throw new IllegalArgumentException("cannot rename: from=" + from + ", to=" + to + ", needed=" + needed());
        }
        List<Integer> names = neededOffsets();
        List<Requirement> versions = requirements();
        for (int offset : names) {
            if (text(offset).equals(from)) {
                write(offset, to);
            }
        }
        for (Requirement requirement : versions) {
            if (requirement.version().equals(from)) {
                write(requirement.nameOffset(), to);
                image.putInt(requirement.hashOffset(), hash(to));
            }
        }
    }

    byte[] bytes() {
        return image.array();
    }

    /** The System V ABI hash of a version name. */
    static int hash(String name) {
        int hash = 0;
        for (byte character : name.getBytes(StandardCharsets.US_ASCII)) {
            hash = (hash << 4) + character;
            int high = hash & 0xf0000000;
            hash = (hash ^ high >>> 24) & ~high;
        }
        return hash;
    }

    private List<Integer> neededOffsets() {
        List<Integer> offsets = new ArrayList<>();
        for (int section : sections(SECTION_DYNAMIC)) {
            int entry = contents(section);
            int end = entry + Math.toIntExact(image.getLong(section + 32));
            for (; entry < end && image.getLong(entry) != 0; entry += 16) {
                if (image.getLong(entry) == DYNAMIC_NEEDED) {
                    offsets.add(linkedStrings(section) + Math.toIntExact(image.getLong(entry + 8)));
                }
            }
        }
        return offsets;
    }

    private List<Integer> sections(int type) {
        int table = Math.toIntExact(image.getLong(40));
        int size = Short.toUnsignedInt(image.getShort(58));
        List<Integer> found = new ArrayList<>();
        for (int i = Short.toUnsignedInt(image.getShort(60)) - 1; i >= 0; i--) {
            if (image.getInt(table + i * size + 4) == type) {
                found.add(table + i * size);
            }
        }
        return found;
    }

    private int linkedStrings(int section) {
        int table = Math.toIntExact(image.getLong(40));
        return contents(table + image.getInt(section + 40) * Short.toUnsignedInt(image.getShort(58)));
    }

    private int contents(int section) {
        return Math.toIntExact(image.getLong(section + 24));
    }

    private String text(int offset) {
        int end = offset;
        while (image.get(end) != 0) {
            end++;
        }
        return new String(image.array(), offset, end - offset, StandardCharsets.US_ASCII);
    }

    private void write(int offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, image.array(), offset, bytes.length);
    }
}
