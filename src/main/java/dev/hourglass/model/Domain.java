package dev.hourglass.model;

import dev.hourglass.data.PictureShape;
import dev.hourglass.data.Scaling;
import java.util.List;

/**
 * What a model knows of its data: sizes, scaling and names, fitted on the training set and kept with the model.
 *
 * @param features columns of x
 * @param scaling from the values of the data to those of the model
 * @param picture shape of a row, null when rows are not pictures
 * @param columnNames names of the features, empty when unknown
 * @param conditions columns of c, 0 without a condition
 * @param conditionScaling of real conditions; none for labels
 * @param classNames names of the classes when conditioned on labels
 */
public record Domain(int features, Scaling scaling, PictureShape picture, List<String> columnNames, int conditions, Scaling conditionScaling,
                     List<String> classNames) {
    public Domain {
        columnNames = List.copyOf(columnNames);
        classNames = List.copyOf(classNames);
    }

    /**
     * Fits to a training set.
     *
     * @param scaling what the user wrote: auto, none, divide:V, minmax or standardize
     * @throws dev.hourglass.data.DataException when the data do not suit the model (missing labels, values outside [0, 1])
     */
    public static Domain fit(Specification specification, Examples training, String scaling) {
        training.require(specification.condition());
        training.features().requireComplete();
        Scaling fitted = Scaling.fit(scaling, training.features(), specification.likelihood().needsUnitInterval());
        Scaling conditionScaling = specification.condition() == Specification.ConditionKind.VALUES
                ? Scaling.fit("auto", training.conditions(), false) : Scaling.none();
        List<String> classNames = specification.condition() == Specification.ConditionKind.LABELS ? training.features().classNames() : List.of();
        return new Domain(training.features().columns(), fitted, training.features().pictureShape().orElse(null),
                training.features().columnNames(), training.conditionWidth(specification.condition()), conditionScaling, classNames);
    }
}
