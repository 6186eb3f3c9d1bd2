package dev.hourglass.backend.cuda;

import static jcuda.nvptxcompiler.JNvPTXCompiler.*;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** NVIDIA's assembler as JCuda ships it: turns PTX into machine code of any architecture without a GPU or a CUDA toolkit. */
final class PtxAssembler {
    private static final Pattern KERNEL = Pattern.compile("Compiling entry function '(\\w+)' for '(\\w+)'");
    private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
    private static final Availability LOADED = NativeLoader.load("JNvPTXCompiler", UnaryOperator.identity(),
            () -> JNvPTXCompiler.setExceptionsEnabled(false));

    /** What a kernel takes: registers of a thread, bytes a thread spills into and reads back from memory, bytes of stack. */
    record Usage(int registers, int spillStores, int spillLoads, int stack) {}

    private PtxAssembler() {}

    /**
     * Assembles PTX and returns what each of its kernels takes.
     *
     * @throws AssertionError with the assembler's complaint when it refuses
     */
    static Map<String, Usage> assemble(String file, String ptx, String architecture) {
        assertTrue(LOADED.usable(), LOADED.toString());
        byte[] code = (ptx + '\0').getBytes(StandardCharsets.US_ASCII);
        nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
        check("create", nvPTXCompilerCreate(handle, code.length, code));
        try {
            String[] options = {"--gpu-name=" + architecture, "--verbose"};
            int result = nvPTXCompilerCompile(handle, options.length, options);
            assertTrue(result == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS,
                    () -> file + ".ptx for " + architecture + ": " + nvPTXCompileResult.stringFor(result) + "\n" + errors(handle));
            return usage(information(handle));
        } finally {
            check("destroy", nvPTXCompilerDestroy(handle));
        }
    }

    private static Map<String, Usage> usage(String log) {
        Map<String, Usage> usage = new LinkedHashMap<>();
        String kernel = "";
        Matcher spills = SPILLS.matcher("");
        for (String line : log.lines().toList()) {
            Matcher name = KERNEL.matcher(line);
            Matcher registers = REGISTERS.matcher(line);
            if (name.find()) {
                kernel = name.group(1);
            } else if (SPILLS.matcher(line).find()) {
                spills = SPILLS.matcher(line);
                assertTrue(spills.find());
            } else if (registers.find()) {
                usage.put(kernel, new Usage(number(registers, 1), number(spills, 2), number(spills, 3), number(spills, 1)));
            }
        }
        return usage;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    private static String errors(nvPTXCompilerHandle handle) {
        long[] size = new long[1];
        check("log size", nvPTXCompilerGetErrorLogSize(handle, size));
        byte[] log = new byte[(int) size[0] + 1];
        check("log", nvPTXCompilerGetErrorLog(handle, log));
        return new String(log, StandardCharsets.US_ASCII).trim();
    }

    private static String information(nvPTXCompilerHandle handle) {
        long[] size = new long[1];
        check("log size", nvPTXCompilerGetInfoLogSize(handle, size));
        byte[] log = new byte[(int) size[0] + 1];
        check("log", nvPTXCompilerGetInfoLog(handle, log));
        return new String(log, StandardCharsets.US_ASCII).trim();
    }

    private static void check(String call, int result) {
        assertTrue(result == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS, () -> call + ": " + nvPTXCompileResult.stringFor(result));
    }
}
