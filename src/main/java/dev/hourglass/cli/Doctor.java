package dev.hourglass.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.backend.cpu.VectorModule;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.output.Output;
import dev.hourglass.message.Label;
import dev.hourglass.train.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what this machine offers and what would make it faster. */
@Command(name = "doctor", sortOptions = false,
        description = "Check what this machine offers, and say what to do about what it lacks; exit code 1 when something that is there is broken.")
final class Doctor implements Callable<Integer> {
    private static final int FAILED = 1;

    @Mixin
    Common common = new Common();
    @Option(names = "--json", paramLabel = "FILE", arity = "0..1", fallbackValue = "-", order = 1,
            description = "write the findings as JSON, to stdout without FILE or for -")
    String json;

    /** How what was looked at is doing. */
    enum State {
        /** All is well. */
        OK,
        /** Something is missing that would help. */
        NOTE,
        /** Something is there and does not work. */
        FAIL
    }

    /**
     * What one look found.
     *
     * @param name of what was looked at
     * @param state how it is doing
     * @param finding what is there
     * @param remedy what to do when it is not well, empty when it is
     */
    record Check(String name, State state, String finding, String remedy) {
        static Check ok(String name, String finding) {
            return new Check(name, State.OK, finding, "");
        }

        static Check note(String name, String finding, String remedy) {
            return new Check(name, State.NOTE, finding, remedy);
        }

        static Check fail(String name, String finding, String remedy) {
            return new Check(name, State.FAIL, finding, remedy);
        }
    }

    @Override
    public Integer call() {
        List<Check> checks = new ArrayList<>(List.of(program(), java(), processors(), vectorModule(), memory()));
        checks.addAll(GpuChecks.run());
        boolean healthy = checks.stream().noneMatch(check -> check.state() == State.FAIL);
        if (json != null) {
            Output.text(json, common.out(), json(checks, healthy).toPrettyString() + "\n");
        }
        if (json == null || !json.equals("-")) {
            checks.forEach(this::print);
        }
        return healthy ? 0 : FAILED;
    }

    private void print(Check check) {
        common.out().printf(Locale.ROOT, "%-5s %-14s %s%n", Label.of(check.state()), check.name(), check.finding());
        if (!check.remedy().isEmpty()) {
            common.out().printf(Locale.ROOT, "%-5s %-14s -> %s%n", "", "", check.remedy());
        }
    }

    private static ObjectNode json(List<Check> checks, boolean healthy) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("healthy", healthy);
        ArrayNode array = root.putArray("checks");
        for (Check check : checks) {
            array.addObject().put("name", check.name()).put("state", Label.of(check.state()))
                    .put("finding", check.finding()).put("remedy", check.remedy());
        }
        return root;
    }

    private static Check program() {
        return Check.ok("hourglass", Provenance.version());
    }

    private static Check java() {
        return Check.ok("java",
                System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + ", " + System.getProperty("java.home"));
    }

    private static Check processors() {
        return Check.ok("processors", Runtime.getRuntime().availableProcessors() + " (" + System.getProperty("os.arch") + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ")");
    }

    private static Check vectorModule() {
        boolean there = VectorModule.isThere();
        return there ? Check.ok("vector module", "jdk.incubator.vector is there")
                : Check.note("vector module", "jdk.incubator.vector is missing: matrix products run in plain loops",
                        "start with ./hourglass, or give java --add-modules jdk.incubator.vector");
    }

    private static Check memory() {
        long megabytes = Runtime.getRuntime().maxMemory() >> 20;
        String finding = megabytes + " MiB at most for data and models";
        return megabytes >= 1024 ? Check.ok("memory", finding)
                : Check.note("memory", finding, "give java more with JAVA_TOOL_OPTIONS=-Xmx4g");
    }
}
