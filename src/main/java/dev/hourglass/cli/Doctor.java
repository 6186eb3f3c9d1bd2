package dev.hourglass.cli;

import dev.hourglass.train.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what this machine offers and what would make it faster. */
@Command(name = "doctor", sortOptions = false, description = "Check what this machine offers, and say what to do about what it lacks.")
final class Doctor implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    /**
     * What one look found.
     *
     * @param name of what was looked at
     * @param good whether all is well
     * @param finding what is there
     * @param remedy what to do when it is not well
     */
    record Check(String name, boolean good, String finding, String remedy) {
    }

    @Override
    public Integer call() {
        List<Supplier<Check>> checks = new ArrayList<>(List.of(Doctor::program, Doctor::java, Doctor::processors, Doctor::vectorModule, Doctor::memory));
        boolean good = true;
        for (Supplier<Check> look : checks) {
            Check check = look.get();
            good &= check.good();
            common.out().printf(Locale.ROOT, "%-5s %-14s %s%n", check.good() ? "ok" : "note", check.name(), check.finding());
            if (!check.good()) {
                common.out().printf(Locale.ROOT, "%-5s %-14s -> %s%n", "", "", check.remedy());
            }
        }
        return 0;
    }

    private static Check program() {
        return new Check("hourglass", true, Provenance.version(), "");
    }

    private static Check java() {
        return new Check("java", true, System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + ", " + System.getProperty("java.home"), "");
    }

    private static Check processors() {
        return new Check("processors", true, Runtime.getRuntime().availableProcessors() + " (" + System.getProperty("os.arch") + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ")", "");
    }

    private static Check vectorModule() {
        boolean there = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return new Check("vector module", there, there ? "jdk.incubator.vector is there" : "jdk.incubator.vector is missing: matrix products run in plain loops",
                "start with ./hourglass, or give java --add-modules jdk.incubator.vector");
    }

    private static Check memory() {
        long megabytes = Runtime.getRuntime().maxMemory() >> 20;
        return new Check("memory", megabytes >= 1024, megabytes + " MiB at most for data and models", "give java more with JAVA_TOOL_OPTIONS=-Xmx4g");
    }
}
