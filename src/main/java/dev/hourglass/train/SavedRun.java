package dev.hourglass.train;

import dev.hourglass.backend.Backend;
import dev.hourglass.io.AtomicFolders;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.Autoencoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run on disk: what was chosen, and the models it kept.
 *
 * @param folder the run folder
 * @param configuration its config.json
 */
public record SavedRun(Path folder, Configuration configuration) {
    /** Which model of a run. */
    public enum Kept {
        /** The one of the best epoch. */
        BEST,
        /** The one of the last epoch. */
        LAST
    }

    /**
     * Opens a run folder.
     *
     * @throws FormatException in one line when the folder holds no run or a damaged one
     */
    static SavedRun open(Path folder) {
        AtomicFolders.restore(folder);
        if (!Files.isRegularFile(folder.resolve(RunFolder.CONFIGURATION))) {
            throw new FormatException(folder, "there is no run in this folder", "a folder with " + RunFolder.CONFIGURATION,
                    "name a folder that train wrote");
        }
        for (Kept kept : Kept.values()) {
            AtomicFolders.restore(folder.resolve(RecordJson.label(kept)));
        }
        return new SavedRun(folder, Configuration.readComplete(folder.resolve(RunFolder.CONFIGURATION)));
    }

    /**
     * Builds a kept model on a device; the caller closes it before the device.
     *
     * @throws FormatException in one line when the model file is damaged or belongs to another model
     */
    public Autoencoder model(Backend device, Kept kept) {
        Autoencoder model = Autoencoder.create(device, configuration.model(), configuration.domain(), configuration.training().seed(), null);
        boolean read = false;
        try {
            Checkpoint.readModel(checkpoint(kept), model);
            read = true;
            return model;
        } finally {
            if (!read) {
                model.close();
            }
        }
    }

    /** Returns the epochs done so far. */
    public int epochs() {
        return Checkpoint.position(checkpoint(Kept.LAST)).epoch();
    }

    /** Returns the epoch of a kept model. */
    public int epoch(Kept kept) {
        return Checkpoint.position(checkpoint(kept)).epoch();
    }

    /** Returns what every epoch brought so far. */
    public List<Metrics.Row> history() {
        return Metrics.read(folder.resolve(RunFolder.METRICS));
    }

    /** Refuses data other than those of the run. */
    public void requireSameData(TrainingData data) {
        Path file = folder.resolve(RunFolder.PROVENANCE);
        Provenance.read(file).requireSame(file, data);
    }

    /** Puts a trainer of this run's configuration where the run stopped. */
    public void restore(Trainer trainer) {
        Checkpoint.restore(checkpoint(Kept.LAST), trainer);
    }

    Path checkpoint(Kept kept) {
        return folder.resolve(RecordJson.label(kept));
    }
}
