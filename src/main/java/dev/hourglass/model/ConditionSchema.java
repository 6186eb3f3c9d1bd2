package dev.hourglass.model;

import dev.hourglass.data.Imputation;
import dev.hourglass.data.Scaling;
import java.util.List;

/**
 * What a model knows of its condition c.
 *
 * @param width columns of c, 0 without a condition
 * @param columnNames names of real conditions, empty when unknown
 * @param classNames names of the classes when conditioned on labels
 * @param scaling of real conditions; none for labels
 * @param imputation of missing real conditions
 */
public record ConditionSchema(int width, List<String> columnNames, List<String> classNames, Scaling scaling, Imputation imputation) {
    public ConditionSchema {
        columnNames = List.copyOf(columnNames);
        classNames = List.copyOf(classNames);
    }

    /** No condition. */
    public static ConditionSchema none() {
        return new ConditionSchema(0, List.of(), List.of(), Scaling.none(), Imputation.of(Imputation.Kind.NONE));
    }
}
