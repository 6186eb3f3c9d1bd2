package dev.hourglass;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.backend.cpu.Engine;
import dev.hourglass.backend.cuda.Availability;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.backend.cuda.CudaProbe;
import dev.hourglass.backend.cuda.DeviceInfo;
import dev.hourglass.backend.cuda.KernelHash;
import dev.hourglass.backend.cuda.Precision;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.train.DeviceChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Opens the devices that models run on. From the CPU to a GPU is one word: {@code Devices.open("cpu")}, {@code Devices.open("cuda")}.
 *
 * <p><b>Threads.</b> A CUDA device belongs to the thread that opened it: whatever another thread calls on it, or on a model or buffer of it, is
 * refused with an IllegalStateException that names both threads. It is not made safe by locks, because work of two threads on one stream would interleave
 * without error. Several threads open one device each, on the same card if they like. The CPU device may be used from any thread, by one at a time.
 */
public final class Devices {
    private static final System.Logger LOG = System.getLogger(Devices.class.getName());
    private static final int CPU = -1;
    private static final String NAMES = "auto, cpu, cuda or cuda:N";

    private Devices() {
    }

    /** Opens a device in FP32 with every core: see {@link #open(String, int, Precision)}. */
    public static Backend open(String name) {
        return open(name, Runtime.getRuntime().availableProcessors(), Precision.FP32);
    }

    /**
     * Opens a device by its name on the command line. Which one {@code auto} picks, and why, is {@link #choice}.
     *
     * @param name {@code auto}: the first GPU whose compute capability will do, or else the CPU; {@code cpu}; {@code cuda} or {@code cuda:N}
     * @param threads of the CPU device, at least 1
     * @param precision of matrix products on a CUDA device; the CPU computes in FP32, and so does a GPU without cuBLAS, as its description says
     * @throws IllegalArgumentException for another name, or a precision that the CPU does not have
     * @throws IllegalStateException when the device cannot be used: why, and what to do, in one line
     */
    public static Backend open(String name, int threads, Precision precision) {
        int number = require(name, precision);
        LOG.log(System.Logger.Level.DEBUG, () -> choice(name));
        return number == CPU ? cpu(threads) : CudaBackend.open(number, precision);
    }

    /** Opens what was chosen; see {@link #open(String, int, Precision)}. */
    public static Backend open(DeviceChoice choice) {
        return open(Require.given(choice, "device", "choice", "a name, threads and a precision").name(), threads(choice),
                precision(choice));
    }

    /**
     * Refuses what {@link #open(DeviceChoice)} would, as far as that is known without opening anything.
     *
     * @throws IllegalArgumentException for a precision that the CPU does not have
     * @throws IllegalStateException when there is no such device: why, and what to do, in one line
     */
    public static void require(DeviceChoice choice) {
        require(choice.name(), precision(choice));
    }

    /** Returns the number of the device, or {@link #CPU}. */
    private static int require(String name, Precision precision) {
        int number = number(name);
        Require.given(precision, "device " + name, "precision", "fp32, tf32 or bf16");
        Require.that(number != CPU || precision == Precision.FP32, "device " + name, "the CPU computes in FP32", "precision",
                precision.label(), "fp32");
        return number;
    }

    private static Precision precision(DeviceChoice choice) {
        return Label.find(Precision.class, choice.precision()).orElseThrow();
    }

    /** Returns how many threads were chosen, all processors where none were. */
    static int threads(DeviceChoice choice) {
        return choice.threads() == 0 ? Runtime.getRuntime().availableProcessors() : choice.threads();
    }

    /** Returns what the provenance of a run keeps of a device. */
    public static Map<String, String> describe(Backend backend) {
        Map<String, String> description = new LinkedHashMap<>();
        description.put("device", backend.description());
        if (backend instanceof CudaBackend cuda) {
            description.put("driver", "CUDA " + cuda.info().driver());
            description.put("kernels", KernelHash.sha256());
        }
        return description;
    }

    /**
     * Does what opening the device of that name would wait for, so that another thread can open it sooner: looks for GPUs, and where none is used prepares the
     * CPU engine.
     *
     * @throws RuntimeException as {@link #open(String) open}
     */
    public static void prepare(String name) {
        if (number(name) == CPU) {
            Engine.prepare();
        }
    }

    /** Opens the CPU with that many threads. */
    public static Backend cpu(int threads) {
        return new CpuBackend(threads);
    }

    /** Returns whether a name stands for a GPU on this machine. */
    static boolean isGpu(String name) {
        return number(name) != CPU;
    }

    /** Returns one line for people: what {@code name} stands for on this machine, and why; for {@code auto} on the CPU, why it is no GPU. */
    public static String choice(String name) {
        int number = number(name);
        if (number != CPU) {
            return "device: " + CudaProbe.devices().get(number);
        }
        Availability cuda = CudaProbe.availability();
        String why = cuda.usable() ? "none of the CUDA devices has compute capability 7.0" : cuda.reason();
        return "device: cpu" + (name.equals("auto") ? " (" + why + ")" : "");
    }

    /** Returns the number of the CUDA device a name stands for, or {@link #CPU}. */
    private static int number(String name) {
        Require.that(Require.given(name, "device", "device", NAMES).matches("auto|cpu|cuda(:[0-9]{1,3})?"), "device", "unknown name",
                "device", name, NAMES);
        if (name.equals("cpu")) {
            return CPU;
        }
        if (name.equals("auto")) {
            return CudaProbe.devices().stream().filter(DeviceInfo::usable).mapToInt(DeviceInfo::ordinal).findFirst().orElse(CPU);
        }
        Availability cuda = CudaProbe.availability();
        if (!cuda.usable()) {
            throw new IllegalStateException("device " + name + ": " + cuda);
        }
        int number = name.startsWith("cuda:") ? Integer.parseInt(name.substring(5)) : 0;
        List<DeviceInfo> devices = CudaProbe.devices();
        Require.state(number < devices.size(), "device " + name, "no such device", "number", number, "one of " + devices);
        return number;
    }
}
