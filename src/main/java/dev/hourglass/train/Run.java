package dev.hourglass.train;

import dev.hourglass.inference.HeldOutScores;
import java.util.List;

/**
 * Everything a run folder holds but its pictures, on the host.
 *
 * @param configuration what was chosen and what the data taught
 * @param provenance where the model came from
 * @param history what every epoch brought
 * @param best where the training stood after its best epoch
 * @param last where it stood at its end
 * @param heldOut scores of rows it did not learn from; null for a run of a version that kept none, or one that was stopped before its end
 */
public record Run(Configuration configuration, Provenance provenance, List<Metrics.Row> history, Checkpoint best, Checkpoint last,
        HeldOutScores heldOut) {
}
