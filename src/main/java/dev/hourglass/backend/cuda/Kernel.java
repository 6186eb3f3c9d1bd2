package dev.hourglass.backend.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The entry points of kernels/*.cu. A constant's name in lower case is the entry's; the letters say what its parameters are, in order:
 * P pointer, I 32-bit integer, F float, L 64-bit integer.
 */
enum Kernel {
    // ---- fill.cu ----------------------------------------------------------------------------------------------------------------------
    FILL("fill", "PFI"),
    FILL_DOUBLES("fill", "PFI"),
    FILL_FROM_STATE("fill", "PIFPI"),

    // ---- memory.cu --------------------------------------------------------------------------------------------------------------------
    COPY("memory", "PPL"),
    ADD("memory", "FPPI"),
    COPY_COLUMNS("memory", "IIIPIIPIII"),
    SUM_REPEATS("memory", "IIIPPI"),
    ACCUMULATE("memory", "IPPFPII"),

    // ---- gemm.cu ----------------------------------------------------------------------------------------------------------------------
    GEMM_LARGE("gemm", "IIIIIFPPFPPI"),
    GEMM_SMALL("gemm", "IIIIIFPPFPPI"),
    GEMM_SUM("gemm", "IIFPFP"),

    // ---- dense.cu ---------------------------------------------------------------------------------------------------------------------
    BIAS_ACTIVATION("dense", "IIIPPP"),
    ACTIVATION_BACKWARD("dense", "IIPPPI"),
    BIAS_ACTIVATION_BACKWARD("dense", "IIIPPPIPIPP"),
    DENSE_32("dense", "IIIIPPIIPPP"),
    DENSE_16("dense", "IIIIPPIIPPP"),
    DENSE_BACKWARD("dense", "IIIIPPPPIPIPII"),

    // ---- batch.cu ---------------------------------------------------------------------------------------------------------------------
    GATHER_BYTES("batch", "IIPPPPIPIIIFPP"),
    GATHER_FLOATS("batch", "IIPPPPIPIIIFPP"),
    GATHER_ONE_HOT("batch", "IIPPPP"),
    CORRUPT("batch", "IIFPIPP"),
    SIGNS("batch", "PPI"),

    // ---- optimizer.cu -----------------------------------------------------------------------------------------------------------------
    CLIP_NORM("optimizer", "PIFPPP"),
    ADAM("optimizer", "PPPPPFFFFII"),
    SGD("optimizer", "PPPPPFFFFII"),
    LION("optimizer", "PPPPPFFFFII"),
    ADVANCE("optimizer", "IIPP"),

    // ---- likelihood.cu ----------------------------------------------------------------------------------------------------------------
    BERNOULLI("likelihood", "IIIIPPPPPI"),
    SQUARED_ERROR("likelihood", "IIIIPPPPPI"),
    POISSON("likelihood", "IIIIPPPPPI"),
    GAUSSIAN("likelihood", "IIIIIPPFPPPPIPIPP"),
    GAUSSIAN_VARIANCE("likelihood", "IIIIPPFPPPIPP"),

    // ---- code.cu ----------------------------------------------------------------------------------------------------------------------
    SAMPLE_DIAGONAL("code", "IIIPPPP"),
    SAMPLE_DIAGONAL_BACKWARD("code", "IIIPPPPI"),
    SAMPLE_FULL("code", "IIIPPPP"),
    SAMPLE_FULL_BACKWARD("code", "IIIIPPPPI"),
    SAMPLED_KL("code", "IIIIFIPPFPPPP"),
    SAMPLED_KL_BACKWARD("code", "IIIIFPFPPPIPIPI"),
    IMPORTANCE_WEIGHTS("code", "IIIPPFPP"),

    // ---- kl.cu ------------------------------------------------------------------------------------------------------------------------
    KL_DIAGONAL("kl", "IIIPPFPPPPIPI"),
    KL_FULL("kl", "IIPPFPPPIPI"),
    KL_PER_DIMENSION("kl", "IIIPPFPPP"),
    FREE_BITS("kl", "IFPPP"),

    // ---- aggregate.cu -----------------------------------------------------------------------------------------------------------------
    AGGREGATE_DIAGONAL("aggregate", "IIIPPP"),
    AGGREGATE_FULL("aggregate", "IIIPPP"),

    // ---- penalty.cu -------------------------------------------------------------------------------------------------------------------
    SPARSITY_MEAN("penalty", "IIIPPPFPP"),
    SPARSITY("penalty", "IIIIFFPPPI"),
    L1("penalty", "IIIPPPPI"),
    WEIGHT_DECAY("penalty", "LPFPPIPP"),
    SQUARED_NORM("penalty", "IIIFPPPPI"),

    // ---- jacobian.cu ------------------------------------------------------------------------------------------------------------------
    CONTRACTION("jacobian", "IIIIPPPPPPIPI"),
    CONTRACTION_NORMS("jacobian", "IIIIPPPPIPP"),
    SCALE_ROWS("jacobian", "IIIIIPPP"),
    SCALE_ROWS_BACKWARD("jacobian", "IIIIIPPPPI"),
    SCALE_ROWS_WEIGHT("jacobian", "IIIIIPPPIPP"),
    SCALE_COLUMNS("jacobian", "IIIIPPP"),
    SCALE_COLUMNS_BACKWARD("jacobian", "IIIIPPPPPI");

    private final String file;
    private final String parameters;

    Kernel(String file, String parameters) {
        this.file = file;
        this.parameters = parameters;
    }

    /** Returns the name in the PTX. */
    String entry() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the source file in kernels/, without its suffix. */
    String file() {
        return file;
    }

    /** Returns one letter a parameter. */
    String parameters() {
        return parameters;
    }

    /** Returns the source files there are, without suffix. */
    static List<String> files() {
        return Arrays.stream(values()).map(Kernel::file).distinct().toList();
    }
}
