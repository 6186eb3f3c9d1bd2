package dev.hourglass;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.backend.cuda.Availability;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.backend.cuda.CudaProbe;
import dev.hourglass.backend.cuda.DeviceInfo;
import dev.hourglass.backend.cuda.Precision;
import java.util.List;

/**
 * Opens the devices that models run on. A CUDA device belongs to the thread that opened it: use from another thread is refused with both
 * threads named. The CPU device may be used from any thread, by one at a time.
 */
public final class Devices {
    private static final System.Logger LOG = System.getLogger(Devices.class.getName());

    private Devices() {
    }

    /** Opens a device in FP32 with every core: see {@link #open(String, int, Precision)}. */
    public static Backend open(String name) {
        return open(name, Runtime.getRuntime().availableProcessors(), Precision.FP32);
    }

    /**
     * Opens a device by its name on the command line. Which one {@code auto} picks, and why, is {@link #choice}.
     *
     * @param name {@code auto}: a usable GPU or else the CPU; {@code cpu}; {@code cuda} or {@code cuda:N}
     * @param threads of the CPU device, at least 1
     * @param precision of matrix products on a CUDA device; the CPU computes in FP32
     * @throws IllegalArgumentException for another name, or a precision that the device does not have
     * @throws IllegalStateException when the device cannot be used: why, and what to do, in one line
     */
    public static Backend open(String name, int threads, Precision precision) {
        int number = number(name);
        if (number < 0 && precision != Precision.FP32) {
            throw new IllegalArgumentException("device " + name + ": precision=" + precision.label() + ", expected fp32: the CPU computes in nothing else");
        }
        LOG.log(System.Logger.Level.DEBUG, () -> choice(name));
        return number < 0 ? cpu(threads) : CudaBackend.open(number, precision);
    }

    /** Opens the CPU with that many threads. */
    public static Backend cpu(int threads) {
        return new CpuBackend(threads);
    }

    /** Returns one line for people: what {@code name} stands for on this machine, and why. */
    public static String choice(String name) {
        int number = number(name);
        if (number >= 0) {
            return "device: " + CudaProbe.devices().get(number);
        }
        return "device: cpu" + (name.equals("auto") ? " (" + CudaProbe.availability().reason() + ")" : "");
    }

    /** Returns the number of the CUDA device a name stands for, or -1 for the CPU. */
    private static int number(String name) {
        if (name.equals("cpu") || name.equals("auto") && !CudaProbe.availability().usable()) {
            return -1;
        }
        if (!name.matches("auto|cuda|cuda:[0-9]{1,4}")) {
            throw new IllegalArgumentException("device: unknown name: device=" + name + ", expected auto, cpu, cuda or cuda:N");
        }
        Availability cuda = CudaProbe.availability();
        if (!cuda.usable()) {
            throw new IllegalStateException("device " + name + ": " + cuda);
        }
        int number = name.startsWith("cuda:") ? Integer.parseInt(name.substring(5)) : 0;
        List<DeviceInfo> devices = CudaProbe.devices();
        if (number >= devices.size()) {
            throw new IllegalStateException("device " + name + ": no such device, expected one of " + devices);
        }
        return number;
    }
}
