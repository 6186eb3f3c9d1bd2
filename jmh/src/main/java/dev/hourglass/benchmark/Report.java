package dev.hourglass.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prints result files of JMH and of {@code pytorch_step.py} (the same shape) as one table: medians over the iterations, or over the calls and with
 * their 99th percentile where each call was timed by itself; the rates derived from the shapes; and how much faster each row is than the first row of its group
 * (same class, mode and parameters but for device, method and framework). Benchmarks without parameters are told apart by the names of their methods.
 */
public final class Report {
    private static final String LINE = "%-28s %-40s %12s %10s %10s %12s %10s %9s%n";

    private Report() {
    }

    /**
     * A result.
     *
     * @param group what it is compared within
     * @param milliseconds median
     * @param slow 99th percentile of single calls in milliseconds; it, {@code gigaflops} and {@code gigabytes} per second are NaN where they do not apply
     */
    private record Row(String benchmark, String group, Map<String, String> parameters, double milliseconds, double slow, double spread,
            double gigaflops,
            double gigabytes) {
        static Row of(JsonNode node) {
            String[] name = node.path("benchmark").asText().split("\\.");
            String owner = name[Math.max(0, name.length - 2)].replace("Benchmark", "");
            String mode = node.path("mode").asText();
            Map<String, String> parameters = new TreeMap<>();
            node.path("params").properties().forEach(p -> parameters.put(p.getKey(), p.getValue().asText()));
            JsonNode secondary = node.path("secondaryMetrics");
            double[] perSecond = samples(secondary.has("step") ? secondary.path("step") : node.path("primaryMetric"));
            double middle = quantile(perSecond, 0.5);
            double spread = (quantile(perSecond, 0.75) - quantile(perSecond, 0.25)) / middle;
            double slow = mode.equals("sample") ? 1e3 / quantile(perSecond, 0.01) : Double.NaN;
            String benchmark = parameters.isEmpty() ? owner + "." + name[name.length - 1] : owner;
            return new Row(benchmark, owner + mode + shared(parameters), parameters, 1e3 / middle, slow, spread,
                    quantile(samples(secondary.path("gigaflop")), 0.5), quantile(samples(secondary.path("gigabyte")), 0.5));
        }

        private static Map<String, String> shared(Map<String, String> parameters) {
            Map<String, String> shared = new TreeMap<>(parameters);
            shared.keySet().removeAll(List.of("device", "method", "framework"));
            return shared;
        }

        /** How many a second, ascending: one number an iteration, or one a call. */
        private static double[] samples(JsonNode metric) {
            List<Double> values = new ArrayList<>();
            metric.path("rawData").forEach(fork -> fork.forEach(value -> values.add(value.asDouble())));
            metric.path("rawDataHistogram").forEach(fork -> fork.forEach(iteration -> iteration.forEach(bin -> values.addAll(
                    Collections.nCopies(bin.path(1).asInt(), perSecond(metric.path("scoreUnit").asText()) / bin.path(0).asDouble())))));
            return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        }

        private static double perSecond(String unit) {
            return switch (unit) {
                case "ns/op" -> 1e9;
                case "us/op" -> 1e6;
                case "ms/op" -> 1e3;
                default -> throw new IllegalArgumentException("report: unit=" + unit + ", expected ns/op, us/op or ms/op");
            };
        }

        private static double quantile(double[] sorted, double q) {
            if (sorted.length == 0) {
                return Double.NaN;
            }
            double at = q * (sorted.length - 1);
            int below = (int) at;
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
        }
    }

    /** Prints the table of the files named. */
    public static void main(String[] files) throws IOException {
        System.out.print(of(Arrays.stream(files).map(Path::of).toList()));
    }

    /** Returns the table of result files. */
    static String of(List<Path> files) throws IOException {
        Map<String, List<Row>> groups = new LinkedHashMap<>();
        for (Path file : files) {
            for (JsonNode node : new ObjectMapper().readTree(file.toFile())) {
                Row row = Row.of(node);
                groups.computeIfAbsent(row.group(), g -> new ArrayList<>()).add(row);
            }
        }
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, LINE, "benchmark", "parameters", "median ms", "p99 ms", "spread %",
                        "GFLOP/s", "GB/s", "speed"));
        for (List<Row> rows : groups.values()) {
            for (Row row : rows) {
                table.append(String.format(Locale.ROOT, LINE, row.benchmark(), String.join(" ", row.parameters().values()),
                        number(row.milliseconds()),
                        number(row.slow()), number(100 * row.spread()), number(row.gigaflops()), number(row.gigabytes()),
                        number(rows.get(0).milliseconds() / row.milliseconds()) + "x"));
            }
        }
        return table.toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 1 ? "%.2f" : "%.4f", value);
    }
}
