package dev.hourglass.backend.cuda;

import java.util.List;

/** What CUDA there is on this machine, without opening a device. Safe to call anywhere, with or without a driver. */
public final class CudaProbe {

    private CudaProbe() {}

    /** Whether CUDA can be used, or the first reason why not and its remedy. */
    public static Availability availability() {
        return Installation.availability();
    }

    /** The devices there are; none when CUDA cannot be used. */
    public static List<DeviceInfo> devices() {
        return Installation.devices();
    }

    /** Which cuBLAS computes matrix products, or why Hourglass's own kernel does. */
    public static Availability cublas() {
        List<DeviceInfo> devices = devices();
        return devices.isEmpty() ? availability() : Cublas.availability(devices.get(0).driverVersion());
    }
}
