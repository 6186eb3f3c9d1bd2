package dev.hourglass.cli;

import dev.hourglass.Devices;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.cuda.Availability;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.backend.cuda.CudaProbe;
import dev.hourglass.backend.cuda.DeviceInfo;
import dev.hourglass.backend.cuda.Precision;
import dev.hourglass.cli.Doctor.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** What {@code doctor} looks at where there is a GPU, or why there is none. One thread, one device after another, all closed again. */
final class GpuChecks {
    private static final String USE_CPU = "work with --device cpu meanwhile";
    private static final String REPORT = "update the NVIDIA driver; if that does not help report this line; " + USE_CPU;
    private static final int ROWS = 257;
    private static final int COLUMNS = 129;
    private static final int DEPTH = 65;
    /** Of values within 1: a few roundings of float32. */
    private static final double ALLOWED_TANH = 2e-6;
    /** Of the sum of absolute terms, at most the depth times the rounding of float32, 2^-24. */
    private static final double ALLOWED_PRODUCT = DEPTH * Math.pow(2, -24);

    private GpuChecks() {
    }

    /** Looks at the driver, and where it can be used at every device. */
    static List<Check> run() {
        Availability cuda = CudaProbe.availability();
        if (!cuda.usable()) {
            return List.of(
                    cuda.broken() ? Check.fail("cuda", cuda.reason(), cuda.remedy()) : Check.note("cuda", cuda.reason(), cuda.remedy()));
        }
        List<Check> checks = new ArrayList<>();
        List<DeviceInfo> devices = CudaProbe.devices();
        checks.add(Check.ok("cuda", cuda.reason() + ", driver for CUDA " + devices.get(0).driver()));
        checks.add(cublas());
        for (DeviceInfo device : devices) {
            checks.addAll(device.usable() ? device(device) : List.of(Check.note("cuda:" + device.ordinal(), device.toString(),
                    "the kernels need compute capability 7.0; use another card or the CPU")));
        }
        return checks;
    }

    private static Check cublas() {
        Availability cublas = CudaProbe.cublas();
        if (cublas.usable()) {
            return Check.ok("cublas", cublas.reason());
        }
        return cublas.broken() ? Check.fail("cublas", cublas.reason(), cublas.remedy())
                : Check.note("cublas", cublas.reason(), cublas.remedy());
    }

    private static List<Check> device(DeviceInfo info) {
        String name = "cuda:" + info.ordinal();
        List<Check> checks = new ArrayList<>();
        checks.add(Check.ok(name, info.toString()));
        try (CudaBackend device = CudaBackend.open(info.ordinal(), Precision.FP32)) {
            checks.add(look(name + " memory", () -> memory(device)));
            checks.add(look(name + " kernels", () -> device.loadKernels() + " kernels compiled from PTX and loaded"));
            checks.add(look(name + " tanh", () -> compared(device, ALLOWED_TANH, GpuChecks::tanh)));
            checks.add(look(name + " product", () -> device.products() + ", " + compared(device, ALLOWED_PRODUCT, GpuChecks::product)));
        } catch (IllegalStateException failure) {
            checks.add(Check.fail(name + " open", failure.getMessage(), USE_CPU));
        }
        return checks;
    }

    /** A look that ends with an exception found something broken. */
    private static Check look(String name, Supplier<String> finding) {
        try {
            return Check.ok(name, finding.get());
        } catch (IllegalStateException failure) {
            return Check.fail(name, failure.getMessage(), REPORT);
        }
    }

    private static String memory(CudaBackend device) {
        long total = device.info().totalBytes();
        long free = device.freeBytes();
        return String.format(Locale.ROOT, "%d MiB free, %d MiB used of %d MiB, by all processes", free >> 20, total - free >> 20,
                total >> 20);
    }

    /** Runs the same on the device and the CPU; gives the largest difference in words. */
    private static String compared(Backend device, double allowed, BiFunction<Backend, Random, float[]> work) {
        try (Backend cpu = Devices.cpu(1)) {
            float[] expected = work.apply(cpu, new Random(1));
            float[] actual = work.apply(device, new Random(1));
            double worst = 0;
            for (int i = 0; i < expected.length; i++) {
                double difference = Math.abs((double) expected[i] - actual[i]);
                worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
            }
            String words = String.format(Locale.ROOT, "largest difference from the CPU %.1e, allowed %.1e", worst, allowed);
            if (!(worst <= allowed)) {
                throw new IllegalStateException("wrong result: " + words);
            }
            return words;
        }
    }

    /** tanh(x + b), x [ROWS, COLUMNS]. */
    private static float[] tanh(Backend backend, Random random) {
        Buffer x = filled(backend, random, ROWS * COLUMNS, 2);
        Buffer bias = filled(backend, random, COLUMNS, 1);
        backend.biasActivation(ROWS, COLUMNS, Activation.TANH, x, bias, x);
        return taken(backend, x, bias);
    }

    /** A B^T with terms that add up to at most 1 in absolute value, [ROWS, COLUMNS]. */
    private static float[] product(Backend backend, Random random) {
        Buffer c = filled(backend, random, ROWS * COLUMNS, 0);
        Buffer a = filled(backend, random, ROWS * DEPTH, 1);
        Buffer b = filled(backend, random, COLUMNS * DEPTH, 1);
        backend.gemm(false, true, ROWS, COLUMNS, DEPTH, 1f / DEPTH, a, b, 0, c);
        return taken(backend, c, a, b);
    }

    /** A buffer of uniform values in (-bound, bound). */
    private static Buffer filled(Backend backend, Random random, int length, float bound) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = bound * (2 * random.nextFloat() - 1);
        }
        Buffer buffer = backend.allocate(ElementType.FLOAT32, length);
        backend.write(buffer, values, 0, length);
        return buffer;
    }

    /** Reads the result and releases it and the others. */
    private static float[] taken(Backend backend, Buffer result, Buffer... others) {
        float[] values = new float[ROWS * COLUMNS];
        backend.read(result, values, 0);
        backend.release(result);
        for (Buffer other : others) {
            backend.release(other);
        }
        return values;
    }
}
