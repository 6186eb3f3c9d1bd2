package dev.hourglass.cli;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.train.DeviceChoice;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What the work is done on; the one place that opens a device. */
final class DeviceOptions {
    @Option(names = "--device", paramLabel = "D", description = "auto, cpu, cuda or cuda:N (auto)")
    String device;
    @Option(names = "--threads", paramLabel = "N", description = "of the CPU (all processors); results do not depend on it")
    Integer threads;
    @Option(names = "--precision", paramLabel = "P", description = "of matrix products: fp32, tf32 or bf16 (fp32)")
    DeviceChoice.Precision precision;

    /** Changes a choice as asked. */
    DeviceChoice apply(DeviceChoice now) {
        if (threads != null && threads < 1) {
            throw new UsageException("--threads " + threads + ": expected at least 1");
        }
        return new DeviceChoice(device == null ? now.name() : device, threads == null ? now.threads() : threads, precision == null ? now.precision() : precision);
    }

    /** Opens the chosen device. */
    static Backend open(DeviceChoice choice) {
        int threads = choice.threads() == 0 ? Runtime.getRuntime().availableProcessors() : choice.threads();
        if (choice.name().equals("cpu")) {
            if (choice.precision() != DeviceChoice.Precision.FP32) {
                throw new UsageException("--precision: the CPU computes in fp32, expected fp32 or a GPU; leave it out");
            }
            return Devices.cpu(threads);
        }
        return Devices.open(choice.name());
    }

    /** Returns what provenance keeps of a device. */
    static Map<String, String> describe(Backend backend) {
        Map<String, String> description = new LinkedHashMap<>();
        description.put("device", backend.description());
        return description;
    }
}
