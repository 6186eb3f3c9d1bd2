package dev.hourglass.data;

import java.util.List;
import java.util.stream.Stream;

/**
 * What one SPEC holds.
 *
 * @param train the training part, or all there is
 * @param validation the validation part, or null if the SPEC names none
 * @param imputation the imputation that was applied, fitted on {@code train}; to be kept with the model and used for later data
 */
public record DataPair(Dataset train, Dataset validation, Imputation imputation) {
    /** Of complete data: nothing is imputed. */
    public DataPair(Dataset train, Dataset validation) {
        this(train, validation, Imputation.of(Imputation.Kind.NONE));
    }

    /** Whether the SPEC names a validation part. */
    public boolean hasValidation() {
        return validation != null;
    }

    /** What the readers guessed or left out in either part, each line once; see {@link Dataset#notes}. */
    public List<String> notes() {
        return Stream.of(train, validation).filter(part -> part != null).flatMap(part -> part.notes().stream()).distinct().toList();
    }
}
