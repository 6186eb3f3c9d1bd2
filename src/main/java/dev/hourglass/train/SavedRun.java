package dev.hourglass.train;

import dev.hourglass.backend.Backend;
import dev.hourglass.data.Examples;
import dev.hourglass.inference.HeldOutScores;
import dev.hourglass.io.AtomicFolders;
import dev.hourglass.io.FormatException;
import dev.hourglass.message.Label;
import dev.hourglass.model.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A run on disk: what was chosen, and the models it kept. Reading changes nothing, so a run may be read while it is written, from read-only media and after a
 * crash.
 *
 * @param folder the run folder
 * @param configuration its config.json
 */
public record SavedRun(Path folder, Configuration configuration) {
    /** A writer is between two moves for so short a time that this many looks find it done. */
    private static final int LOOKS = 50;
    private static final long MILLIS_BETWEEN_LOOKS = 20;

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
    public static SavedRun open(Path folder) {
        Path there = AtomicFolders.current(folder);
        if (!Files.isRegularFile(there.resolve(RunFolder.CONFIGURATION))) {
            throw new FormatException(folder, "there is no run in this folder", "a folder with " + RunFolder.CONFIGURATION,
                    "name a folder that train wrote");
        }
        return new SavedRun(folder, Configuration.readRun(there.resolve(RunFolder.CONFIGURATION)));
    }

    /**
     * Builds a kept model on a device; the caller closes it before the device.
     *
     * @throws FormatException in one line when the model file is damaged or belongs to another model
     */
    public Model model(Backend device, Kept kept) {
        return model(device, kept, checkpoint(kept));
    }

    /** The same of a checkpoint that was read from there already. */
    public Model model(Backend device, Kept kept, Checkpoint checkpoint) {
        Model model = Model.create(device, configuration.model(), configuration.schema(), configuration.training().seed(), null);
        boolean read = false;
        try {
            checkpoint.apply(model, folder(kept));
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
        return epoch(Kept.LAST);
    }

    /** Returns the epoch of a kept model. */
    public int epoch(Kept kept) {
        return position(kept).epoch();
    }

    /** Returns where the training of a kept model stood, without its tensors. */
    public Checkpoint position(Kept kept) {
        return look(kept, Checkpoint::position);
    }

    /** Returns a kept model with the state of its training. */
    public Checkpoint checkpoint(Kept kept) {
        return look(kept, Checkpoint::read);
    }

    /** Reads a checkpoint, again when a writer has moved it away or put another in its place meanwhile. */
    private Checkpoint look(Kept kept, Function<Path, Checkpoint> reading) {
        for (int looks = 1;; looks++) {
            Object before = identity(kept);
            try {
                return reading.apply(AtomicFolders.current(folder(kept)));
            } catch (UncheckedIOException gone) {
                if (looks == LOOKS || !(gone.getCause() instanceof NoSuchFileException)) {
                    throw gone;
                }
                pause();
            } catch (FormatException mixed) {
                if (looks == LOOKS || Objects.equals(before, identity(kept))) {
                    throw mixed;
                }
            }
        }
    }

    /** Tells two folders of one name apart: a writer replaces the whole folder. */
    private Object identity(Kept kept) {
        try {
            BasicFileAttributes there = Files.readAttributes(AtomicFolders.current(folder(kept)), BasicFileAttributes.class);
            return there.fileKey() == null ? there.creationTime() : there.fileKey() + " " + there.creationTime();
        } catch (IOException gone) {
            return null;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(MILLIS_BETWEEN_LOOKS);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    private Path folder(Kept kept) {
        return AtomicFolders.current(folder).resolve(Label.of(kept));
    }

    /** Returns the files that make the run, without pictures and pages about it. */
    public List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (String name : List.of(RunFolder.CONFIGURATION, RunFolder.PROVENANCE, RunFolder.METRICS, RunFolder.SCORER)) {
            files.add(AtomicFolders.current(folder).resolve(name));
        }
        for (Kept kept : Kept.values()) {
            files.addAll(Checkpoint.files(folder(kept)));
        }
        return files;
    }

    /** Returns what every epoch brought so far. */
    public List<Metrics.Row> history() {
        return Metrics.read(AtomicFolders.current(folder).resolve(RunFolder.METRICS));
    }

    /** Returns the scores of held-out rows that the run keeps, null when it keeps none. */
    public HeldOutScores heldOut() {
        Path file = AtomicFolders.current(folder).resolve(RunFolder.SCORER);
        return Files.isRegularFile(file) ? new RecordJson(file).read(Configuration.parse(file), HeldOutScores.class, null, "") : null;
    }

    /** Returns where the run came from. */
    public Provenance provenance() {
        return Provenance.read(AtomicFolders.current(folder).resolve(RunFolder.PROVENANCE));
    }

    /** Reads everything. */
    public Run load() {
        Checkpoint best = checkpoint(Kept.BEST);
        Checkpoint last = checkpoint(Kept.LAST);
        // A writer may have gone on between the two; a crash may have left best/ an improvement behind, and then nobody goes on.
        for (int looks = 1; looks < LOOKS && last.bestEpoch() > best.epoch() && best.epoch() != epoch(Kept.BEST); looks++) {
            best = checkpoint(Kept.BEST);
            last = checkpoint(Kept.LAST);
        }
        return new Run(configuration, provenance(), history(), best, last, heldOut());
    }

    /**
     * Returns the settings to go on with until an epoch.
     *
     * @param epochs the last epoch; 0 for what the run was told
     * @throws IllegalArgumentException when there is nothing to go on with: all epochs are done, or early stopping ended the run
     */
    public TrainingSettings until(int epochs) {
        TrainingSettings settings = configuration.training();
        Checkpoint last = position(Kept.LAST);
        int until = epochs == 0 ? settings.epochs() : epochs;
        if (heldOut() == null && until <= last.epoch()) {
            // Killed between its last epoch and the scores of held-out rows: they are what is left to do.
            return settings.withEpochs(last.epoch());
        }
        if (until <= last.epoch()) {
            throw new IllegalArgumentException(
                    folder + ": all " + last.epoch() + " epochs are done, expected more to do; ask for epochs up to a number above "
                            + last.epoch());
        }
        int patience = settings.earlyStopping().patience();
        if (patience > 0 && last.epoch() - last.bestEpoch() >= patience) {
            throw new IllegalArgumentException(folder + ": early stopping ended this run after epoch " + last.epoch() + ": no better "
                    + Label.of(settings.earlyStopping().term()) + " for " + patience
                    + " epochs; the run is over, train anew with more patience");
        }
        return settings.withEpochs(until);
    }

    /**
     * Refuses data other than those of the run: training and validation data by the hashes of their values, of their conditions and, for a model conditioned on
     * labels, of these.
     *
     * @return the data in the precision that the model needs, of which the hashes are
     * @throws FormatException in one line when they changed
     */
    public TrainingData requireSameData(TrainingData data) {
        TrainingData suited = data.suiting(configuration().schema());
        provenance().requireSame(folder.resolve(RunFolder.PROVENANCE), suited);
        return suited;
    }

    /** Refuses to go on without validation data when the run had some of its own, beside all of these training data. */
    public void requireNoOwnValidation(Examples training) {
        provenance().requireNoOwnValidation(folder.resolve(RunFolder.PROVENANCE), configuration().schema().narrowed(training));
    }

    /**
     * Returns one line on what may change the last bits of a training that goes on here: another version of the program or of Java, another device; empty when
     * all is as it was.
     *
     * @param device the device in words, as for {@link Provenance#now}
     */
    public String changedMachine(Map<String, String> device) {
        return provenance().changedMachine(device);
    }

    /** Puts a trainer of this run's configuration where the run stopped. */
    public void restore(Trainer trainer) {
        checkpoint(Kept.LAST).restore(trainer, folder(Kept.LAST));
    }
}
