package dev.hourglass.report;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import java.util.List;

/** Which examples are known to be anomalies. */
public final class KnownAnomalies {
    private KnownAnomalies() {
    }

    /**
     * Returns which examples their labels call anomalies, or null when that is not known: no labels, or no name given and the classes are not 0 and 1.
     *
     * @param anomalyNames names of the classes that are anomalies; empty takes class 1 of 0 and 1
     * @throws DataException for a name that is no class, or when all examples are anomalies or none is
     */
    public static boolean[] of(Dataset data, List<String> anomalyNames) {
        if (!data.hasLabels() && !anomalyNames.isEmpty()) {
            throw new DataException(data.source() + ": there are no labels, expected some that are " + String.join(" or ", anomalyNames)
                    + "; name a label column, or no label of anomalies");
        }
        if (!data.hasLabels() || anomalyNames.isEmpty() && !data.classNames().equals(List.of("0", "1"))) {
            return null;
        }
        List<String> names = anomalyNames.isEmpty() ? List.of("1") : anomalyNames;
        for (String name : names) {
            if (!data.classNames().contains(name)) {
                throw new DataException(data.source() + ": no example has the label '" + name + "', expected one of "
                        + String.join(", ", data.classNames()));
            }
        }
        boolean[] anomalous = new boolean[data.rows()];
        int count = 0;
        for (int i = 0; i < anomalous.length; i++) {
            anomalous[i] = names.contains(data.classNames().get(data.label(i)));
            count += anomalous[i] ? 1 : 0;
        }
        if (count == 0 || count == anomalous.length) {
            if (anomalyNames.isEmpty()) {
                return null;
            }
            throw new DataException(data.source() + ": " + (count == 0 ? "no example has" : "all examples have") + " the label "
                    + String.join(" or ", names)
                    + ", expected normal examples and anomalies");
        }
        return anomalous;
    }
}
