package dev.hourglass.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says at the end which tests did not run and why, whole classes included, of which Surefire's reports say nothing. Under Maven the same is in
 * {@code target/surefire-reports/skipped.txt}, one line each, reason and test apart by a tab: {@code .ci/run} fails on what it does not expect. JUnit
 * finds this class through META-INF/services.
 */
public final class SkippedTests implements TestExecutionListener {
    private static boolean begun;
    private final Map<String, List<String>> testsByReason = new TreeMap<>();

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            skipped(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        }
    }

    private void skipped(TestIdentifier test, String reason) {
        String line = reason.replace("Assumption failed: ", "").replaceAll("\\s+", " ").strip();
        testsByReason.computeIfAbsent(line, key -> new ArrayList<>()).add(name(test));
    }

    private static String name(TestIdentifier test) {
        TestSource source = test.getSource().orElse(null);
        if (source instanceof MethodSource method) {
            return method.getClassName() + "." + method.getMethodName()
                    + (test.getDisplayName().startsWith("[") ? " " + test.getDisplayName() : "");
        }
        return source instanceof ClassSource type ? type.getClassName() + ", the whole class" : test.getDisplayName();
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        testsByReason.forEach((reason, tests) -> System.out.println("skipped, " + reason + ": " + String.join("; ", tests)));
        Path reports = Path.of(System.getProperty("basedir", "")).resolve("target/surefire-reports");
        if (System.getProperty("basedir") != null && Files.isDirectory(reports)) {
            write(reports.resolve("skipped.txt"));
        }
        testsByReason.clear();
    }

    private void write(Path file) {
        List<String> lines = new ArrayList<>();
        testsByReason.forEach((reason, tests) -> tests.forEach(test -> lines.add(reason + "\t" + test)));
        try {
            if (!begun) {
                Files.deleteIfExists(file);
            }
            begun = true;
            Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
