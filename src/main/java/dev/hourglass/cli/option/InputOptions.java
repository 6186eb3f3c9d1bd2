package dev.hourglass.cli.option;

import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Imputation;
import dev.hourglass.train.DataDescription;
import java.util.List;
import picocli.CommandLine.Option;

/** Which data a model is trained on. What is not given stays as the defaults or the configuration file have it. */
public final class InputOptions {
    @Option(names = "--data", paramLabel = "SPEC",
            description = "a file (csv, npy, npz, idx, each but npz also .gz), a folder of pictures, mnist:DIR,"
                    + " fashion:DIR, binarized:DIR or digits, the built-in ones (digits)")
    String data;
    @Option(names = "--validation", paramLabel = "SPEC",
            description = "validation data (t10k of mnist and fashion, otherwise rows split off by seed)")
    String validation;
    @Option(names = "--validation-fraction", paramLabel = "F", description = "of the rows to split off, 0 for no validation (0.1)")
    Double validationFraction;
    @Option(names = "--scale", paramLabel = "S", description = "auto, none, divide:V, minmax, standardize or log (auto: pictures by 255)")
    String scale;
    @Option(names = "--columns", paramLabel = "C,C", description = "columns to use: names, positions from 1, ranges such as 3-10;"
            + " =NAME is a name that looks like a number")
    String columns;
    @Option(names = "--label-column", paramLabel = "C", description = "the csv column of labels")
    String labelColumn;
    @Option(names = "--header", paramLabel = "H",
            description = "whether the first line of a csv file names the columns: auto, yes or no (auto)")
    String header;
    @Option(names = "--impute", paramLabel = "I", description = "missing values: none (refused), mean, median or zero")
    Imputation.Kind impute;

    /** Changes a description as asked; {@code condition} is the text of --condition, null when not given. */
    public DataDescription apply(DataDescription now, String condition) {
        List<String> conditionColumns = condition == null ? now.conditionColumns()
                : condition.equals("none") || condition.equals("labels") ? List.of() : OptionText.names(condition);
        if (validation != null && validationFraction != null) {
            throw new UsageException("--validation-fraction: the validation data are " + validation
                    + ", so no rows are split off; leave one of the two out");
        }
        boolean other = data != null && !data.equals(now.train());
        DataDescription changed = new DataDescription(data == null ? now.train() : data,
                validation != null ? validation : other ? null : now.validation(),
                validationFraction == null ? now.validationFraction() : validationFraction,
                columns == null ? now.columns() : OptionText.names(columns), labelColumn == null ? now.labelColumn() : labelColumn,
                conditionColumns, scale == null ? now.scaling() : scale, now.imputation(), now.conditionImputation(),
                header == null ? now.header() : DataOptions.Header.parse(header));
        return changed.withImputation(impute == null ? now.imputation().kind() : impute);
    }
}
