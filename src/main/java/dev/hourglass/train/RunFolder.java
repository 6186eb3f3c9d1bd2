package dev.hourglass.train;

import dev.hourglass.io.AtomicFiles;
import dev.hourglass.io.AtomicFolders;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.Examples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes a run to its folder while it is trained: {@code config.json}, {@code provenance.json}, {@code metrics.jsonl}, {@code last/} and
 * {@code best/} (each a model and the state of its trainer) and pictures.
 *
 * <p>The folder appears with the first epoch, complete, and is complete after every step of this class: metrics are appended first, then
 * {@code last/} is replaced, then {@code best/}. A crash in between leaves metrics that are one epoch ahead, or a best model that is one improvement
 * behind; {@link #resume} repairs both. A training that fails before its first epoch leaves nothing.
 */
public final class RunFolder implements Listener {
    static final String CONFIGURATION = "config.json";
    static final String PROVENANCE = "provenance.json";
    static final String METRICS = "metrics.jsonl";
    /** Pictures of a short run wait for its end. */
    private static final double SECONDS_BETWEEN_PICTURES = 30;

    private final Path folder;
    private final Configuration configuration;
    private final Provenance provenance;
    private final Examples shown;
    private final boolean overwrite;
    private final List<Metrics.Row> history = new ArrayList<>();
    private boolean published;
    private long picturesDrawn = System.nanoTime();

    private RunFolder(Path folder, Configuration configuration, Provenance provenance, Examples shown, boolean overwrite) {
        this.folder = folder;
        this.configuration = configuration;
        this.provenance = provenance;
        this.shown = shown;
        this.overwrite = overwrite;
    }

    /**
     * Prepares the folder of a new run; nothing is written before the first epoch is done.
     *
     * @param configuration with its domain
     * @param shown examples for the pictures
     * @param overwrite whether an existing run may be replaced
     * @throws FormatException when the folder is taken
     * @throws UncheckedIOException in one line when the place cannot be written to
     */
    public static RunFolder create(Path folder, Configuration configuration, Provenance provenance, Examples shown, boolean overwrite) {
        requireFree(folder, overwrite);
        requireWritable(folder);
        return new RunFolder(folder, configuration, provenance, shown, overwrite);
    }

    /**
     * Goes on writing an existing run.
     *
     * @param configuration that of the run with the new plan
     * @param device the device in words, for the provenance
     */
    public static RunFolder resume(SavedRun run, Configuration configuration, Map<String, String> device, Examples shown) {
        Path folder = run.folder();
        Checkpoint last = Checkpoint.position(run.checkpoint(SavedRun.Kept.LAST));
        Provenance provenance = Provenance.read(folder.resolve(PROVENANCE));
        provenance.resumed(last.epoch(), device);
        RunFolder writer = new RunFolder(folder, configuration, provenance, shown, false);
        writer.history.addAll(Metrics.truncate(folder.resolve(METRICS), last.epoch()));
        if (last.bestEpoch() == last.epoch() && run.epoch(SavedRun.Kept.BEST) != last.epoch()) {
            AtomicFolders.replace(run.checkpoint(SavedRun.Kept.BEST), fresh -> copy(run.checkpoint(SavedRun.Kept.LAST), fresh));
        }
        AtomicFiles.write(folder.resolve(CONFIGURATION), configuration.toJson());
        AtomicFiles.write(folder.resolve(PROVENANCE), provenance.toJson());
        writer.published = true;
        return writer;
    }

    /**
     * Opens the folder of a run for reading.
     *
     * @throws FormatException in one line when the folder holds no run or a damaged one
     */
    public static SavedRun open(Path folder) {
        return SavedRun.open(folder);
    }

    /** Returns the first of {@code runs/NAME-1}, {@code runs/NAME-2}, ... that is not there. */
    public static Path unused(String name) {
        int number = 1;
        while (Files.exists(Path.of("runs", name + "-" + number))) {
            number++;
        }
        return Path.of("runs", name + "-" + number);
    }

    /** Returns whether the folder holds this run: from the first epoch on. */
    public boolean isPublished() {
        return published;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void requireFree(Path folder, boolean overwrite) {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new FormatException(folder, "this is a file", "a folder", "name another");
        }
        boolean run = Files.isRegularFile(folder.resolve(CONFIGURATION)) && Files.isRegularFile(folder.resolve(METRICS));
        if (run && !overwrite) {
            throw new FormatException(folder, "the folder already holds a run", "a new folder", "name another, or allow it to be overwritten");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            if (!run && entries.findAny().isPresent()) {
                throw new FormatException(folder, "the folder is not empty and holds no run", "a new folder", "name another");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + ": cannot be listed: " + failure.getMessage() + "; name another folder", failure);
        }
    }

    /** Finds out before hours of training: makes and deletes a file where the first folder will be made. */
    private static void requireWritable(Path folder) {
        Path place = folder.toAbsolutePath().normalize().getParent();
        while (place != null && !Files.exists(place)) {
            place = place.getParent();
        }
        if (place == null) {
            throw new FormatException(folder, "the root of a file system", "a new folder", "name another");
        }
        try {
            Files.delete(Files.createTempFile(place, ".hourglass", ".tmp"));
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + ": cannot be written: no file can be made in " + place + " ("
                    + failure.getClass().getSimpleName() + "); name another folder or change its rights", failure);
        }
    }

    @Override
    public void epoch(Trainer trainer, EpochReport report) {
        Metrics.Row row = Metrics.row(report);
        history.add(row);
        if (!published) {
            publish(trainer, row);
            return;
        }
        Metrics.append(folder.resolve(METRICS), row);
        AtomicFolders.replace(folder.resolve("last"), fresh -> Checkpoint.write(fresh, trainer));
        if (report.best()) {
            AtomicFolders.replace(folder.resolve("best"), fresh -> Checkpoint.write(fresh, trainer));
        }
        if ((System.nanoTime() - picturesDrawn) / 1e9 > SECONDS_BETWEEN_PICTURES && trainer.epochs() < trainer.plan().epochs()) {
            draw(trainer);
        }
    }

    /** The whole folder in one step, with everything a run has after one epoch. */
    private void publish(Trainer trainer, Metrics.Row row) {
        requireFree(folder, overwrite);
        try {
            Files.createDirectories(folder.toAbsolutePath().normalize().getParent());
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + ": cannot be made: " + failure + "; name another folder", failure);
        }
        AtomicFolders.replace(folder, fresh -> {
            AtomicFiles.write(fresh.resolve(CONFIGURATION), configuration.toJson());
            AtomicFiles.write(fresh.resolve(PROVENANCE), provenance.toJson());
            Metrics.append(fresh.resolve(METRICS), row);
            for (String name : List.of("last", "best")) {
                Checkpoint.write(Files.createDirectory(fresh.resolve(name)), trainer);
            }
        });
        published = true;
    }

    @Override
    public void finished(Trainer trainer, String reason) {
        if (published) {
            draw(trainer);
        }
    }

    private void draw(Trainer trainer) {
        new RunPictures(folder, trainer.model(), shown).draw(history);
        picturesDrawn = System.nanoTime();
    }
}
