package dev.hourglass.train;

import dev.hourglass.inference.HeldOutScores;
import dev.hourglass.io.AtomicFiles;
import dev.hourglass.io.AtomicFolders;
import dev.hourglass.io.FolderLock;
import dev.hourglass.io.FormatException;
import dev.hourglass.message.Label;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a run to its folder while it is trained: {@code config.json}, {@code provenance.json}, {@code metrics.jsonl}, {@code last/} and
 * {@code best/} (each a model and the state of its trainer) and, at the end, {@code scorer.json}.
 *
 * <p>The folder appears with the first epoch, complete, and is complete after every step of this class: metrics are appended first, then
 * {@code last/} is replaced, then {@code best/}. A crash in between leaves metrics that are one epoch ahead, or a best model that is one improvement
 * behind; {@link #resume} repairs both. A training that fails before its first epoch leaves nothing. One writer at a time: a second one is refused.
 */
public final class RunFolder implements Listener, AutoCloseable {
    static final String CONFIGURATION = "config.json";
    static final String PROVENANCE = "provenance.json";
    static final String METRICS = "metrics.jsonl";
    static final String SCORER = "scorer.json";

    /** What the program writes into a run folder, and may replace. */
    private static final Pattern OURS = Pattern
            .compile("config\\.json|provenance\\.json|metrics\\.jsonl|scorer\\.json|best|last|onnx|.*\\.(png|html)|\\..*");

    private final Path folder;
    private final Configuration configuration;
    private final Provenance provenance;
    private final boolean overwrite;
    private final FolderLock lock;
    private final List<Metrics.Row> history = new ArrayList<>();
    private boolean published;

    private RunFolder(Path folder, Configuration configuration, Provenance provenance, boolean overwrite, FolderLock lock) {
        this.folder = folder;
        this.configuration = configuration;
        this.provenance = provenance;
        this.overwrite = overwrite;
        this.lock = lock;
    }

    /**
     * Prepares the folder of a new run; nothing but a lock beside it is written before the first epoch is done.
     *
     * @param configuration with its schema
     * @param overwrite whether an existing run may be replaced
     * @throws FormatException when the folder is taken
     * @throws UncheckedIOException in one line when the place cannot be written to
     */
    public static RunFolder create(Path folder, Configuration configuration, Provenance provenance, boolean overwrite) {
        requireFree(folder, overwrite);
        requireWritable(folder);
        return new RunFolder(folder, configuration, provenance, overwrite, FolderLock.of(folder));
    }

    /**
     * Goes on writing an existing run, once what a crash left behind is repaired.
     *
     * @param configuration given the run as it is, returns that of the run with its new settings; what it refuses leaves the run repaired and unlocked
     * @param device the device in words, for the provenance
     */
    public static RunFolder resume(Path folder, Function<SavedRun, Configuration> configuration, Map<String, String> device) {
        FolderLock lock = FolderLock.of(folder);
        boolean open = false;
        try {
            SavedRun run = repair(folder);
            Checkpoint last = run.checkpoint(SavedRun.Kept.LAST);
            Configuration now = configuration.apply(run);
            Provenance provenance = run.provenance();
            provenance.resumed(last.epoch(), device);
            RunFolder writer = new RunFolder(folder, now, provenance, false, lock);
            writer.history.addAll(Metrics.truncate(folder.resolve(METRICS), last.epoch()));
            AtomicFiles.write(folder.resolve(CONFIGURATION), now.toJson());
            AtomicFiles.write(folder.resolve(PROVENANCE), provenance.toJson());
            writer.published = true;
            open = true;
            return writer;
        } finally {
            if (!open) {
                lock.close();
            }
        }
    }

    /** Finishes the moves that a crash interrupted, and the best model that it left an improvement behind; deletes what it left half written. */
    private static SavedRun repair(Path folder) {
        AtomicFolders.restore(folder);
        for (SavedRun.Kept kept : SavedRun.Kept.values()) {
            AtomicFolders.restore(folder.resolve(Label.of(kept)));
        }
        SavedRun run = SavedRun.open(folder);
        AtomicFiles.deleteLeftovers(folder);
        Checkpoint last = run.checkpoint(SavedRun.Kept.LAST);
        int best = run.epoch(SavedRun.Kept.BEST);
        if (best != last.bestEpoch() && last.bestEpoch() != last.epoch()) {
            throw new FormatException(folder.resolve(Label.of(SavedRun.Kept.BEST)), "the model is of epoch " + best,
                    "epoch " + last.bestEpoch() + ", the best as last/ says", "copy the run again");
        }
        if (best != last.bestEpoch()) {
            AtomicFolders.replace(folder.resolve(Label.of(SavedRun.Kept.BEST)),
                    fresh -> last.write(fresh, run.configuration().model().preset()));
        }
        return run;
    }

    /** Writes a whole run into a new folder. */
    public static void save(Run run, Path folder, boolean overwrite) {
        requireFree(folder, overwrite);
        requireWritable(folder);
        FolderLock lock = FolderLock.of(folder);
        try {
            writeAll(run, folder);
        } finally {
            lock.close();
        }
    }

    private static void writeAll(Run run, Path folder) {
        String preset = run.configuration().model().preset();
        AtomicFolders.replace(folder, fresh -> {
            AtomicFiles.write(fresh.resolve(CONFIGURATION), run.configuration().toJson());
            AtomicFiles.write(fresh.resolve(PROVENANCE), run.provenance().toJson());
            run.history().forEach(row -> Metrics.append(fresh.resolve(METRICS), row));
            run.last().write(Files.createDirectory(fresh.resolve(Label.of(SavedRun.Kept.LAST))), preset);
            run.best().write(Files.createDirectory(fresh.resolve(Label.of(SavedRun.Kept.BEST))), preset);
            if (run.heldOut() != null) {
                AtomicFiles.write(fresh.resolve(SCORER), json(run.heldOut()));
            }
        });
    }

    private static String json(HeldOutScores scores) {
        return Configuration.pretty(RecordJson.write(scores)) + "\n";
    }

    /** Returns the first of {@code runs/NAME-1}, {@code runs/NAME-2}, ... that is not there. */
    public static Path unused(String name) {
        int number = 1;
        while (Files.exists(Path.of("runs", name + "-" + number))) {
            number++;
        }
        return Path.of("runs", name + "-" + number);
    }

    /** Returns the folder. */
    public Path folder() {
        return folder;
    }

    /** Returns what every epoch brought so far. */
    public List<Metrics.Row> history() {
        return List.copyOf(history);
    }

    /** Returns whether the folder holds this run: from the first epoch on. */
    public boolean isPublished() {
        return published;
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
            throw new FormatException(folder, "the folder already holds a run", "a new folder",
                    "name another, or allow it to be overwritten");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> names = entries.map(entry -> entry.getFileName().toString()).sorted().toList();
            if (!run && !names.isEmpty()) {
                throw new FormatException(folder, "the folder is not empty and holds no run", "a new folder", "name another");
            }
            List<String> others = names.stream().filter(name -> !OURS.matcher(name).matches()).toList();
            if (!others.isEmpty()) {
                throw new FormatException(folder, "beside the run the folder holds other files, such as " + others.get(0), "a run alone",
                        "move them, or name another");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + ": cannot be listed: " + failure.getMessage() + "; name another folder", failure);
        }
    }

    /** Finds out before hours of training: makes and deletes a file where the first folder will be made. */
    private static void requireWritable(Path folder) {
        Path place = AtomicFolders.place(folder).getParent();
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
        Checkpoint now = Checkpoint.of(trainer);
        if (!published) {
            requireFree(folder, overwrite);
            writeAll(new Run(configuration, provenance, history, now, now, null), folder);
            published = true;
            return;
        }
        String preset = configuration.model().preset();
        Metrics.append(folder.resolve(METRICS), row);
        AtomicFolders.replace(folder.resolve(Label.of(SavedRun.Kept.LAST)), fresh -> now.write(fresh, preset));
        if (report.best()) {
            AtomicFolders.replace(folder.resolve(Label.of(SavedRun.Kept.BEST)), fresh -> now.write(fresh, preset));
        }
    }

    /** Keeps the scores of held-out rows with the run. */
    public void keep(HeldOutScores scores) {
        if (published) {
            AtomicFiles.write(folder.resolve(SCORER), json(scores));
        }
    }

    /** Unlocks the folder. */
    @Override
    public void close() {
        lock.close();
    }

    /** Returns the folder and how far its run is, in one line. */
    @Override
    public String toString() {
        return "RunFolder[" + folder + ", epoch " + history.size() + " of " + configuration.training().epochs() + "]";
    }
}
