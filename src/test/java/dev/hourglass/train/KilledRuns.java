package dev.hourglass.train;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.Training;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.io.AtomicFolders;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Trainings that SIGKILL ends at random times, resumed until they are done, while threads of this process read them all the time. Every run must end with the
 * bytes of one that nobody disturbed, and no read may fail or see a model that training did not have. {@code src/test/sh/kill-runs} runs it.
 */
final class KilledRuns implements AutoCloseable {
    private static final List<String> FILES = List.of("last/model.safetensors", "last/trainer.safetensors", "best/model.safetensors",
            "best/trainer.safetensors", "config.json", "scorer.json");
    private static final int ROWS = 60;
    private static final int COLUMNS = 3;
    /** Of the time that an undisturbed run writes: half of those that are killed live no longer, so that saving and resuming are met often. */
    private static final double SHORT_LIFE = 0.2;
    private static final int MOST_KILLS_OF_A_RUN = 8;
    private static final long MILLIS_BETWEEN_READS = 50;

    private final Path parent;
    private final int epochs;
    private final Random random;
    private final Path whole;
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
    private final Map<Integer, Integer> modelOfEpoch = new ConcurrentHashMap<>();
    private final Map<String, Integer> states = new TreeMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<Thread> readers = new ArrayList<>();
    private volatile Path current;
    private volatile boolean over;
    private int kills;
    private int runs;
    private long activeMillis;

    /** Trains the undisturbed run and begins to read. */
    KilledRuns(Path parent, int epochs, long seed, int readers) throws IOException, InterruptedException {
        this.parent = parent;
        this.epochs = epochs;
        this.random = new Random(seed);
        this.whole = parent.resolve("whole");
        Process process = start(whole);
        awaitWriter(process, lock(whole), "");
        long began = System.nanoTime();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the undisturbed run failed: " + said(process));
        }
        activeMillis = (System.nanoTime() - began) / 1_000_000;
        for (int i = 0; i < readers; i++) {
            Thread reader = new Thread(this::read, "reader-" + i);
            this.readers.add(reader);
            reader.start();
        }
    }

    /** Kills so many trainings, and goes on until the last of their runs is done. */
    void kill(int count) throws IOException, InterruptedException {
        while (kills < count) {
            Path run = parent.resolve("run-" + ++runs);
            current = run;
            int before = kills;
            boolean done = false;
            while (!done) {
                done = attempt(run, kills < count && kills - before < MOST_KILLS_OF_A_RUN);
            }
            compare(run);
            if (faults.isEmpty()) {
                current = null;
            }
        }
    }

    /** Starts or resumes a run and, when it may, kills it at a random time after it has taken the lock; returns whether the run is done. */
    private boolean attempt(Path run, boolean mayKill) throws IOException, InterruptedException {
        String before = mark(lock(run));
        Process process = start(run);
        if (mayKill) {
            awaitWriter(process, lock(run), before);
            long wait = 1 + (long) (random.nextDouble() * activeMillis * (random.nextBoolean() ? SHORT_LIFE : 1));
            if (!process.waitFor(wait, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor();
                kills++;
                states.merge(state(run), 1, Integer::sum);
                return false;
            }
        }
        int code = process.waitFor();
        String said = said(process);
        if (code != 0) {
            faults.add(run + ": exit code " + code + ": " + said);
        }
        return true;
    }

    /** On the plain engine, which starts soonest: files are what this is about. */
    private Process start(Path run) throws IOException {
        String classes = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(part -> Path.of(part).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", classes, Trained.class.getName(), run.toString(), String.valueOf(epochs))
                .redirectErrorStream(true).redirectOutput(parent.resolve("said.txt").toFile()).start();
    }

    /** The process that is killed: trains the run that is named until so many epochs are done, or goes on with it. */
    static final class Trained {
        private Trained() {
        }

        public static void main(String[] arguments) {
            Path run = Path.of(arguments[0]);
            Dataset data = Dataset.of(rows());
            if (!Files.exists(AtomicFolders.current(run).resolve("config.json"))) {
                Hourglass.vae().hidden(4).latent(2).batch(20).epochs(Integer.parseInt(arguments[1])).seed(5).device("cpu").threads(1)
                        .runFolder(run).fit(data).close();
                return;
            }
            SavedRun saved = SavedRun.open(run);
            if (saved.heldOut() == null || saved.epochs() < saved.configuration().training().epochs()) {
                Training.resume(run, Examples.of(data), 0).run().close();
            }
        }
    }

    private static float[][] rows() {
        float[][] rows = new float[ROWS][];
        for (int i = 0; i < ROWS; i++) {
            rows[i] = new float[] {i, i % 7, i * i % 11};
        }
        return rows;
    }

    private String said(Process process) throws IOException, InterruptedException {
        process.waitFor();
        return Files.readString(parent.resolve("said.txt")).strip();
    }

    private static Path lock(Path run) {
        return run.resolveSibling("." + run.getFileName() + ".lock");
    }

    private static String mark(Path lock) {
        try {
            return Files.size(lock) + " " + Files.getLastModifiedTime(lock);
        } catch (IOException none) {
            return "";
        }
    }

    /** Returns when the lock of a killed process has a new holder, or the process has ended. */
    private static void awaitWriter(Process process, Path lock, String before) throws InterruptedException {
        while (process.isAlive() && mark(lock).equals(before)) {
            Thread.sleep(1);
        }
    }

    /** What a killed process left, in words. */
    private static String state(Path run) throws IOException {
        Path there = AtomicFolders.current(run);
        List<String> left = new ArrayList<>();
        if (!Files.exists(there)) {
            left.add("no run yet");
        }
        for (String name : List.of("run", "last", "best")) {
            Path folder = name.equals("run") ? run : there.resolve(name);
            for (String kind : List.of("new", "old")) {
                if (Files.exists(folder.resolveSibling("." + folder.getFileName() + "." + kind))) {
                    left.add(name + "." + kind);
                }
            }
        }
        if (Files.exists(there.resolve("metrics.jsonl"))) {
            SavedRun saved = SavedRun.open(run);
            Checkpoint last = saved.position(SavedRun.Kept.LAST);
            left.add(saved.history().size() > last.epoch() ? "metrics ahead" : "");
            left.add(saved.epoch(SavedRun.Kept.BEST) != last.bestEpoch() ? "best behind" : "");
            left.add(saved.heldOut() != null ? "all done"
                    : last.epoch() == saved.configuration().training().epochs() ? "scores missing" : "");
        }
        String words = left.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
        return words.isEmpty() ? "between two saves" : words;
    }

    private void compare(Path run) throws IOException {
        for (String name : FILES) {
            if (Files.mismatch(whole.resolve(name), run.resolve(name)) != -1) {
                faults.add(run + ": " + name + " is not that of the undisturbed run");
            }
        }
        if (!metrics(run).equals(metrics(whole))) {
            faults.add(run + ": metrics.jsonl is not that of the undisturbed run");
        }
        try (Stream<Path> files = Files.walk(parent)) {
            List<String> hidden = files.map(parent::relativize).map(Path::toString).filter(name -> name.matches("(.*/)?\\.[^/]+")).toList();
            if (!hidden.isEmpty()) {
                faults.add(run + ": left over: " + hidden);
            }
        }
        if (!names(run).equals(names(whole))) {
            faults.add(run + ": files " + names(run) + ", expected " + names(whole));
        }
    }

    private static List<String> names(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return files.map(file -> run.relativize(file).toString()).sorted().toList();
        }
    }

    private static String metrics(Path run) throws IOException {
        return Files.readString(run.resolve("metrics.jsonl")).replaceAll("\"(seconds|samples_per_second)\":[^,]*,", "");
    }

    /** Opens the run again and again, as whoever watches it does. */
    private void read() {
        float[] row = new float[COLUMNS];
        while (!over) {
            Path run = current;
            try {
                if (run == null || !Files.exists(AtomicFolders.current(run))) {
                    Thread.sleep(1);
                    continue;
                }
                SavedRun saved = SavedRun.open(run);
                for (SavedRun.Kept kept : SavedRun.Kept.values()) {
                    see(saved.checkpoint(kept));
                }
                try (Autoencoder model = Autoencoder.load(run, "cpu")) {
                    if (!Float.isFinite(model.encode(row)[0]) || !Double.isFinite(model.score(row)) || model.history().isEmpty()) {
                        faults.add("a read of " + run + " gave no code, score or history");
                    }
                }
                reads.incrementAndGet();
                Thread.sleep(MILLIS_BETWEEN_READS);
            } catch (InterruptedException asked) {
                return;
            } catch (RuntimeException failed) {
                faults.add("a read failed: " + failed);
            }
        }
    }

    /** The model of an epoch is the same in every run, at every look. */
    private void see(Checkpoint checkpoint) {
        int now = checkpoint.parameters().stream().mapToInt(saved -> Arrays.hashCode(saved.values())).reduce(0, (a, b) -> 31 * a + b);
        Integer before = modelOfEpoch.putIfAbsent(checkpoint.epoch(), now);
        if (before != null && before != now) {
            faults.add("the model of epoch " + checkpoint.epoch() + " was another before");
        }
    }

    /** Returns what went wrong, one line each. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    int reads() {
        return reads.get();
    }

    int runs() {
        return runs;
    }

    /** Ends the reading. */
    @Override
    public void close() {
        over = true;
        for (Thread reader : readers) {
            try {
                reader.join();
            } catch (InterruptedException asked) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@code KILLS EPOCHS READERS SEED FOLDER}: prints the figures; exit code 1 when a run was lost. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int[] numbers = IntStream.range(0, 4).map(i -> Integer.parseInt(arguments[i])).toArray();
        long began = System.nanoTime();
        List<String> faults;
        try (KilledRuns killed = new KilledRuns(Path.of(arguments[4]), numbers[1], numbers[3], numbers[2])) {
            System.out.println("the undisturbed run wrote for " + killed.activeMillis + " ms");
            while (killed.kills < numbers[0]) {
                killed.kill(Math.min(killed.kills + 10, numbers[0]));
                System.out.printf("%d kills, %d runs, %d reads, %d faults, %d s%n", killed.kills, killed.runs, killed.reads(),
                        killed.faults.size(), (System.nanoTime() - began) / 1_000_000_000);
            }
            killed.states.forEach((state, count) -> System.out.println(count + " x " + state));
            faults = killed.faults();
        } catch (UncheckedIOException failed) {
            faults = List.of(failed.toString());
        }
        faults.stream().limit(20).forEach(System.out::println);
        System.out.println(faults.isEmpty() ? "no run was lost, no read failed" : faults.size() + " FAULTS");
        System.exit(faults.isEmpty() ? 0 : 1);
    }
}
