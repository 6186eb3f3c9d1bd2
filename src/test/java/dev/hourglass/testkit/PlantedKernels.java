package dev.hourglass.testkit;

import static jcuda.driver.JCudaDriver.*;

import java.util.Arrays;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;

/**
 * The program of {@link PlantedKernelsTest}'s child JVMs: runs kernels of planted.cu by name and prints, for each, the order of threads,
 * the result code and either the error or the values. With {@code leak} among the names it leaves a buffer unfreed.
 */
final class PlantedKernels {

    private static final int THREADS = 64;

    private PlantedKernels() {}

    public static void main(String[] names) {
        EmulatedDriver.load();
        cuInit(0);
        CUdevice device = new CUdevice();
        cuDeviceGet(device, 0);
        cuCtxCreate(new CUcontext(), 0, device);
        for (String name : names) {
            if (name.equals("leak")) {
                cuMemAlloc(new CUdeviceptr(), 12345);
                continue;
            }
            for (EmulatedDriver.Order order : EmulatedDriver.Order.values())
                System.out.println(name + " " + order + " " + run(name, order));
        }
        System.out.println("live " + EmulatedDriver.counter("live_bytes"));
    }

    private static String run(String name, EmulatedDriver.Order order) {
        EmulatedDriver.setOrder(order, 1);
        EmulatedDriver.reset();
        CUmodule module = new CUmodule();
        // The emulated driver reads no more of PTX than this.
        cuModuleLoadData(module, ".entry " + name + "(.param .u64 y)\0");
        CUfunction function = new CUfunction();
        cuModuleGetFunction(function, module, name);
        CUdeviceptr y = new CUdeviceptr();
        cuMemAlloc(y, THREADS * Sizeof.FLOAT);
        cuMemsetD8(y, (byte) 0, THREADS * Sizeof.FLOAT);
        int blocks = name.startsWith("blocks") ? 2 : 1;
        Pointer arguments = Pointer.to(Pointer.to(y));
        int code = cuLaunchKernel(function, blocks, 1, 1, THREADS, 1, 1, THREADS * Sizeof.FLOAT, new CUstream(), arguments, null);
        float[] values = new float[THREADS];
        cuMemcpyDtoH(Pointer.to(values), y, THREADS * Sizeof.FLOAT);
        String report = EmulatedDriver.lastError();
        cuMemFree(y);
        cuModuleUnload(module);
        return CUresult.stringFor(code) + " " + (code == CUresult.CUDA_SUCCESS ? Arrays.toString(values) : report);
    }
}
