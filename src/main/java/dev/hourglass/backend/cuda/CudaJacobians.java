package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;

/** Contractive penalties and the steps of a Jacobian: kernels/jacobian.cu. */
final class CudaJacobians {
    private final Launches launches;

    CudaJacobians(Launches launches) {
        this.launches = launches;
    }

    void contraction(int rows, int columns, Activation activation, Buffer saved, Buffer norms, Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNorms, boolean accumulateNorms) {
        contractionDifference(rows, columns, activation, saved, null, norms, upstream, value, dPre, accumulatePre, null, false,
                dNorms, accumulateNorms);
    }

    /** Without {@code savedNeighbour} its slope counts as zero, which is {@link #contraction}. */
    void contractionDifference(int rows, int columns, Activation activation, Buffer saved, Buffer savedNeighbour, Buffer norms,
            Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNeighbourPre, boolean accumulateNeighbour,
            Buffer dNorms, boolean accumulateNorms) {
        if (value != null || dPre != null || dNeighbourPre != null) {
            RowGroups groups = RowGroups.of(rows, columns);
            groups.begin(launches, Kernel.CONTRACTION)
                    .integer(rows).integer(columns).integer(groups.lanes()).integer(activation.ordinal())
                    .pointer(own(saved)).pointer(own(savedNeighbour)).pointer(own(norms)).pointer(own(upstream)).pointer(own(value))
                    .pointer(own(dPre)).integer(flag(accumulatePre)).pointer(own(dNeighbourPre)).integer(flag(accumulateNeighbour)).run();
        }
        if (dNorms != null) {
            ColumnChunks chunks = ColumnChunks.of(launches, rows, columns);
            chunks.begin(launches, Kernel.CONTRACTION_NORMS)
                    .integer(rows).integer(columns).integer(chunks.chunks()).integer(activation.ordinal())
                    .pointer(own(saved)).pointer(own(savedNeighbour)).pointer(own(upstream)).pointer(own(dNorms))
                    .integer(flag(accumulateNorms))
                    .pointer(launches.partials()).pointer(launches.counters()).run();
        }
    }

    void scaleRows(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer out) {
        int pairs = Math.multiplyExact(rows, latent);
        RowGroups groups = RowGroups.of(pairs, columns);
        groups.begin(launches, Kernel.SCALE_ROWS)
                .integer(pairs).integer(latent).integer(columns).integer(groups.lanes()).integer(activation.ordinal())
                .pointer(own(saved)).pointer(own(w)).pointer(own(out)).run();
    }

    void scaleRowsBackward(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer dOut,
            Buffer dw, boolean accumulateWeight, Buffer dPre, boolean accumulatePre) {
        int pairs = Math.multiplyExact(rows, latent);
        RowGroups groups = RowGroups.of(pairs, columns);
        groups.begin(launches, Kernel.SCALE_ROWS_BACKWARD)
                .integer(pairs).integer(latent).integer(columns).integer(groups.lanes()).integer(activation.ordinal())
                .pointer(own(saved)).pointer(own(w)).pointer(own(dOut)).pointer(own(dPre)).integer(flag(accumulatePre)).run();
        int width = Math.multiplyExact(latent, columns);
        ColumnChunks chunks = ColumnChunks.of(launches, rows, width);
        chunks.begin(launches, Kernel.SCALE_ROWS_WEIGHT)
                .integer(rows).integer(columns).integer(width).integer(chunks.chunks()).integer(activation.ordinal())
                .pointer(own(saved)).pointer(own(dOut)).pointer(own(dw)).integer(flag(accumulateWeight))
                .pointer(launches.partials()).pointer(launches.counters()).run();
    }

    void scaleColumns(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer out) {
        ColumnChunks.each(rows, columns).begin(launches, Kernel.SCALE_COLUMNS)
                .integer(rows).integer(count).integer(columns).integer(activation.ordinal())
                .pointer(own(saved)).pointer(own(r)).pointer(own(out)).run();
    }

    void scaleColumnsBackward(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer dOut,
            Buffer dr, Buffer dPre, boolean accumulatePre) {
        ColumnChunks.each(rows, columns).begin(launches, Kernel.SCALE_COLUMNS_BACKWARD)
                .integer(rows).integer(count).integer(columns).integer(activation.ordinal())
                .pointer(own(saved)).pointer(own(r)).pointer(own(dOut)).pointer(own(dr)).pointer(own(dPre)).integer(flag(accumulatePre))
                .run();
    }
}
