package dev.hourglass.cli.option;

import dev.hourglass.Devices;
import dev.hourglass.backend.cuda.Precision;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.train.DeviceChoice;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Option;

/** What the work is done on. */
public final class DeviceOptions {
    @Option(names = "--device", paramLabel = "D", description = "auto, cpu, cuda or cuda:N (auto)")
    String device;
    @Option(names = "--threads", paramLabel = "N", description = "of the CPU (all processors); results do not depend on it")
    Integer threads;
    @Option(names = "--precision", paramLabel = "P", description = "of matrix products: fp32, tf32 or bf16 (fp32)")
    Precision precision;

    /** Changes a choice as asked. */
    public DeviceChoice apply(DeviceChoice now) {
        if (threads != null && threads < 1) {
            throw new UsageException("--threads " + threads + ": expected at least 1");
        }
        return new DeviceChoice(device == null ? now.name() : device, threads == null ? now.threads() : threads,
                precision == null ? now.precision() : precision.label());
    }

    /**
     * Begins to prepare the device of a training before its command line is read. Does nothing where that does not say which, or only asks for help; what
     * goes wrong is told when the device is opened.
     */
    public static CompletableFuture<Void> prepare(List<String> arguments) {
        String named = value(arguments, "--device");
        boolean unsaid = named == null && value(arguments, "--config") != null;
        if (unsaid || arguments.contains("--help") || arguments.contains("-h")) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(() -> Devices.prepare(named == null ? DeviceChoice.defaults().name() : named));
    }

    /** The value of an option in arguments as they came, in either form; null when there is none. */
    private static String value(List<String> arguments, String option) {
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith(option + "=")) {
                return arguments.get(i).substring(option.length() + 1);
            }
            if (arguments.get(i).equals(option) && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
        }
        return null;
    }

    /** Changes a choice as asked and refuses what this machine cannot do. */
    public DeviceChoice possible(DeviceChoice now) {
        try {
            DeviceChoice choice = apply(now);
            Devices.require(choice);
            return choice;
        } catch (IllegalArgumentException refused) {
            throw new UsageException(refused);
        }
    }
}
