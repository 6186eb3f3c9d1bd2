package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bridge that ships with JCuda needs cuBLAS 12; after the change of two bytes it needs 13 and nothing else is different. */
class ElfImageTest {
    private static final String OLD = "libcublas.so.12";
    private static final String NEW = "libcublas.so.13";

    @Test
    void hashIsTheSystemVHash() {
        assertEquals(0, ElfImage.hash(""));
        assertEquals(0x09691a75, ElfImage.hash("GLIBC_2.2.5"));
    }

    @Test
    void shippedBridgeNeedsTwelve() throws IOException {
        ElfImage image = new ElfImage(NativeLoader.resource("JCublas2"));
        assertTrue(image.needed().contains(OLD), image.needed().toString());
        List<ElfImage.Requirement> versions = image.requirements().stream().filter(r -> r.file().equals(OLD)).toList();
        assertEquals(List.of(OLD), versions.stream().map(ElfImage.Requirement::version).toList());
        assertEquals(ElfImage.hash(OLD), versions.get(0).hash());
        for (ElfImage.Requirement requirement : image.requirements()) {
            assertEquals(ElfImage.hash(requirement.version()), requirement.hash(), requirement.toString());
        }
    }

    @Test
    void changedBridgeNeedsThirteenAndDiffersInTwoBytes() throws IOException {
        byte[] before = NativeLoader.resource("JCublas2");
        byte[] after = Cublas.bridge(before.clone(), 13);
        ElfImage image = new ElfImage(after);
        assertTrue(image.needed().contains(NEW), image.needed().toString());
        assertTrue(image.needed().stream().noneMatch(OLD::equals), image.needed().toString());
        List<ElfImage.Requirement> versions = image.requirements().stream().filter(r -> r.file().equals(NEW)).toList();
        assertEquals(List.of(NEW), versions.stream().map(ElfImage.Requirement::version).toList());
        assertEquals(ElfImage.hash(NEW), versions.get(0).hash());
        int different = 0;
        for (int i = 0; i < before.length; i++) {
            different += before[i] != after[i] ? 1 : 0;
        }
        assertEquals(2, different);
        assertEquals(before.length, after.length);
    }

    @Test
    void refusesWhatItCannotDo() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> new ElfImage(new byte[100]));
        ElfImage image = new ElfImage(NativeLoader.resource("JCublas2"));
        assertThrows(IllegalArgumentException.class, () -> image.rename(OLD, "libcublas.so.9"));
        assertThrows(IllegalArgumentException.class, () -> image.rename("libnothing.so.1", "libnothing.so.2"));
    }
}
