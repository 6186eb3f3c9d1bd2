package dev.hourglass.backend.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/** The NVIDIA driver of this machine: whether there is one that can be used, and the devices it sees. Opens none. */
final class Installation {
    private static final int OLDEST_DRIVER = 12000;

    private Installation() {}

    /** Whether CUDA can be used here; asked once, the first answer is kept. */
    static Availability availability() {
        return Answer.FIRST;
    }

    /** The devices there are; none when CUDA cannot be used. */
    static List<DeviceInfo> devices() {
        List<DeviceInfo> devices = new ArrayList<>();
        for (int ordinal = 0; availability().usable() && ordinal < count(); ordinal++) {
            int number = ordinal;
            CUdevice device = new CUdevice();
            Driver.check("cuDeviceGet", () -> cuDeviceGet(device, number));
            devices.add(describe(ordinal, device));
        }
        return devices;
    }

    private static int version() {
        int[] version = new int[1];
        Driver.check("cuDriverGetVersion", () -> cuDriverGetVersion(version));
        return version[0];
    }

    private static int count() {
        int[] count = new int[1];
        Driver.check("cuDeviceGetCount", () -> cuDeviceGetCount(count));
        return count[0];
    }

    private static DeviceInfo describe(int ordinal, CUdevice device) {
        byte[] name = new byte[256];
        Driver.check("cuDeviceGetName", () -> cuDeviceGetName(name, name.length, device));
        long[] total = new long[1];
        Driver.check("cuDeviceTotalMem", () -> cuDeviceTotalMem(total, device));
        String text = new String(name, StandardCharsets.UTF_8);
        return new DeviceInfo(ordinal, text.substring(0, text.indexOf('\0')),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT), total[0],
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN), version());
    }

    private static int attribute(CUdevice device, int attribute) {
        int[] value = new int[1];
        Driver.check("cuDeviceGetAttribute", () -> cuDeviceGetAttribute(value, attribute, device));
        return value[0];
    }

    /** Initialised on first use: loads JCuda and asks the driver what there is. */
    private static final class Answer {
        private static final Availability FIRST = ask();

        private static Availability ask() {
            Availability loaded = NativeLoader.load("JCudaDriver", UnaryOperator.identity(), () -> JCudaDriver.setExceptionsEnabled(true));
            if (!loaded.usable()) {
                return loaded;
            }
            try {
                int version = version();
                if (version < OLDEST_DRIVER) {
                    return Availability.broken(
                            "the NVIDIA driver speaks CUDA %d.%d, 12.0 is needed".formatted(version / 1000, version % 1000 / 10),
                            "update the driver to version 525 or newer, or use the CPU");
                }
                Driver.check("cuInit", () -> cuInit(0));
                int count = count();
                return count > 0 ? Availability.yes(count + " CUDA device" + (count == 1 ? "" : "s"))
                        : Availability.absent("the NVIDIA driver sees no device",
                                "check nvidia-smi and CUDA_VISIBLE_DEVICES, or use the CPU");
            } catch (CudaException failure) {
                return refused(failure);
            }
        }

        /** A driver without a card behind it, or a stub of one, is no damage. */
        private static Availability refused(CudaException failure) {
            boolean absent = failure.error().equals("CUDA_ERROR_NO_DEVICE") || failure.error().equals("CUDA_ERROR_STUB_LIBRARY");
            return absent ? Availability.absent(failure.getMessage(), "or use the CPU")
                    : Availability.broken(failure.getMessage(), "or use the CPU");
        }
    }
}
