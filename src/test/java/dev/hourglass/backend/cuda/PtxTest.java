package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.backend.UpdateRule;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The PTX that ships is that of the sources, is valid on every card it may meet, and is what {@link Kernel} says. */
class PtxTest {

    static Stream<PtxFile> files() throws IOException {
        return PtxFile.all().stream();
    }

    @Test
    void everySourceHasItsPtxAndIsListed() throws IOException {
        assertEquals(PtxFile.families(), files().map(PtxFile::family).distinct().sorted().toList(), "run kernels/make-ptx.sh");
        assertEquals(PtxFile.families(), Kernel.files().stream().sorted().toList(), "kernels/*.cu against Kernel");
    }

    @ParameterizedTest
    @MethodSource("files")
    void belongsToItsSource(PtxFile file) throws IOException, NoSuchAlgorithmException {
        assertEquals("// source-sha256: " + file.sourceHash(), file.text().lines().findFirst().orElse(""),
                "kernels/" + file.family() + ".cu or a header was changed; run kernels/make-ptx.sh");
        assertTrue(file.text().lines().skip(1).findFirst().orElse("").startsWith("// flags: -ptx "),
                "second line of " + file.name() + ".ptx");
        assertEquals(file.text(), PtxModules.text(file.name()), "what is on the class path");
    }

    @Test
    void entriesAndParametersAreThoseOfKernel() throws IOException {
        SortedMap<String, String> expected = new TreeMap<>();
        for (Kernel kernel : Kernel.values()) {
            expected.put(kernel.file() + "." + kernel.entry(), kernel.parameters().replace('P', 'L'));
        }
        SortedMap<String, String> actual = new TreeMap<>();
        files().forEach(file -> file.entries().forEach((entry, letters) -> {
            String before = actual.put(file.family() + "." + entry, letters);
            assertTrue(before == null || before.equals(letters),
                    () -> file.name() + ": " + entry + " has other parameters for another card");
        }));
        assertEquals(without(expected, actual), without(actual, expected), "Kernel on the left, PTX on the right: those that differ");
    }

    @ParameterizedTest
    @EnumSource
    void everyPointwiseLossHasItsKernel(PointwiseLoss loss) {
        Kernel kernel = Kernel.valueOf(loss.name());
        assertEquals("likelihood", kernel.file());
        assertEquals("IIIIPPPPPI", kernel.parameters());
    }

    @ParameterizedTest
    @EnumSource
    void everyUpdateRuleHasItsKernel(UpdateRule rule) {
        Kernel kernel = Kernel.valueOf(rule.name());
        assertEquals("optimizer", kernel.file());
        assertEquals("PPPPPFFFFII", kernel.parameters());
    }

    private static SortedMap<String, String> without(SortedMap<String, String> these, SortedMap<String, String> those) {
        SortedMap<String, String> rest = new TreeMap<>(these);
        rest.entrySet().removeAll(those.entrySet());
        return rest;
    }

    @ParameterizedTest
    @MethodSource("files")
    void assemblesWithoutSpills(PtxFile file) {
        Map<String, StringBuilder> report = new TreeMap<>();
        for (String architecture : file.architectures()) {
            Map<String, PtxAssembler.Usage> usage = PtxAssembler.assemble(file.name(), file.text(), architecture);
            assertEquals(file.entries().keySet(), new TreeMap<>(usage).keySet());
            usage.forEach((kernel, used) -> report.computeIfAbsent(kernel, StringBuilder::new)
                    .append(", %s %d registers %d spilled".formatted(architecture, used.registers(),
                            used.spillStores() + used.spillLoads())));
            assertAll(usage.entrySet().stream().map(entry -> () -> assertEquals(0,
                    entry.getValue().spillStores() + entry.getValue().spillLoads(), architecture + " " + entry.getKey() + " spills")));
        }
        report.values().forEach(line -> System.out.println("ptx " + file.family() + "." + line));
    }

    @Test
    void assemblerRefusesWhatIsWrong() {
        AssertionError refused = assertThrows(AssertionError.class,
                () -> PtxAssembler.assemble("wrong", ".version 7.0\n.target sm_70\n.address_size 64\n.visible .entry f() { bogus; }\n",
                        "sm_70"));
        assertTrue(refused.getMessage().startsWith("wrong.ptx for sm_70: NVPTXCOMPILE_ERROR_COMPILATION_FAILURE\n"), refused.getMessage());
    }
}
