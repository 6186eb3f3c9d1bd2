package dev.hourglass.cli;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.cpu.VectorModule;
import dev.hourglass.backend.cuda.Precision;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.DeviceOptions;
import dev.hourglass.cli.option.OptionText;
import dev.hourglass.cli.option.RepeatedOptions;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.cli.output.WatchedOutput;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Imputation;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.nn.Initialization;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.train.DivergedException;
import dev.hourglass.train.Provenance;
import dev.hourglass.train.SavedRun;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Exit code 0 done, 1 failed, 2 bad usage. */
@Command(name = "hourglass", description = "Autoencoders on the JVM: train, evaluate, encode, decode, sample, score, report.",
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND", footer = {"", "hourglass COMMAND --help tells more about a command."})
public final class Main implements Runnable {
    private static final List<Class<?>> COMMANDS = List.of(Train.class, Resume.class, Evaluate.class, Encode.class, Decode.class,
            Reconstruct.class,
            Sample.class, Score.class, Traverse.class, Report.class, Compare.class, Export.class, Gradcheck.class, Doctor.class);
    private static final int BUFFER = 1 << 13;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int HELP_WIDTH = 120;

    @Mixin
    Common common = new Common();
    @Option(names = {"-V", "--version"}, versionHelp = true, description = "show the version")
    boolean version;
    @CommandLine.Spec
    CommandLine.Model.CommandSpec spec;

    private Main() {
    }

    /** The version of the program and of the Java that runs it. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"hourglass " + Provenance.version() + ", java " + System.getProperty("java.version")};
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command, expected one of " + String.join(", ", spec.subcommands().keySet()));
    }

    /** Runs and exits. */
    public static void main(String[] arguments) {
        VectorModule.load();
        System.exit(watched(new FileOutputStream(FileDescriptor.out), arguments));
    }

    /** Runs a command whose results go to a stream, and returns its exit code: that of a failure when the stream cannot be written to. */
    static int watched(OutputStream results, String... arguments) {
        WatchedOutput output = new WatchedOutput(results);
        Charset charset = Charset
                .forName(System.getProperty("stdout.encoding", System.getProperty("native.encoding", Charset.defaultCharset().name())));
        System.setOut(new PrintStream(new BufferedOutputStream(output, BUFFER), true, charset));
        int code = run(arguments);
        System.out.flush();
        if (code == 0 && output.failure() != null) {
            System.err.println("hourglass: cannot write to stdout: " + output.failure()
                    + ", so the result is not whole; make room, or write to a file with --out");
            code = FAILED;
        }
        return code;
    }

    /** Runs a command and returns its exit code. */
    public static int run(String... arguments) {
        System.setProperty("java.awt.headless", "true");
        boolean stacktrace = Arrays.asList(arguments).contains("--stacktrace");
        boolean trains = arguments.length > 0 && arguments[0].equals("train");
        CompletableFuture<Void> preparation = trains ? DeviceOptions.prepare(List.of(arguments)) : CompletableFuture.completedFuture(null);
        CommandLine line = new CommandLine(new Main());
        commands(arguments).forEach(line::addSubcommand);
        register(line);
        line.setOut(new PrintWriter(System.out, true));
        line.setErr(new PrintWriter(System.err, true));
        line.setUsageHelpWidth(HELP_WIDTH);
        line.setExecutionStrategy(parsed -> {
            RepeatedOptions.refuse(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setParameterExceptionHandler(
                (bad, given) -> fail(bad.getCommandLine().getCommandSpec().qualifiedName(), usage(bad), bad, stacktrace, USAGE));
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> fail(command.getCommandSpec().qualifiedName(), failure, stacktrace));
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError full) {
            return fail("hourglass", "out of memory: " + full.getMessage() + " (" + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB at most); use smaller data or batches, or give java more with JAVA_TOOL_OPTIONS=-Xmx8g", full, stacktrace,
                    FAILED);
        } finally {
            // Its temporary files are gone when it ends.
            preparation.exceptionally(failure -> null).join();
        }
    }

    /** The command that comes first, alone because setting up all of them takes longer than a training step; all where none does. */
    private static List<Class<?>> commands(String... arguments) {
        for (Class<?> command : COMMANDS) {
            if (arguments.length > 0 && command.getAnnotation(Command.class).name().equals(arguments[0])) {
                return List.of(command);
            }
        }
        return COMMANDS;
    }

    private static void register(CommandLine line) {
        line.registerConverter(Activation.class, OptionText.of(Activation.class));
        line.registerConverter(ScoreKind.class, OptionText.of(ScoreKind.class));
        line.registerConverter(Binarization.class, OptionText.of(Binarization.class));
        line.registerConverter(Imputation.Kind.class, OptionText.of(Imputation.Kind.class));
        line.registerConverter(KlWeight.Kind.class, OptionText.of(KlWeight.Kind.class));
        line.registerConverter(Variance.class, OptionText.of(Variance.class));
        line.registerConverter(Contraction.Method.class, OptionText.of(Contraction.Method.class));
        line.registerConverter(Initialization.class, OptionText.of(Initialization.class));
        line.registerConverter(LearningRate.Kind.class, OptionText.of(LearningRate.Kind.class));
        line.registerConverter(Precision.class, OptionText.of(Precision.class));
        line.registerConverter(SavedRun.Kept.class, OptionText.of(SavedRun.Kept.class));
        line.registerConverter(RunOptions.Part.class, OptionText.of(RunOptions.Part.class));
    }

    private static String usage(ParameterException bad) {
        String message = bad.getMessage();
        if (bad instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            message += near.isEmpty() ? "" : ", did you mean " + String.join(" or ", near.subList(0, Math.min(3, near.size()))) + "?";
        }
        return message + "; see " + bad.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    }

    private static int fail(String command, Exception failure, boolean stacktrace) {
        if (failure instanceof UsageException) {
            return fail(command, failure.getMessage(), failure, stacktrace, USAGE);
        }
        boolean expected = failure instanceof DataException || failure instanceof FormatException || failure instanceof DivergedException
                || failure instanceof UncheckedIOException || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException;
        String message = expected && failure.getMessage() != null ? failure.getMessage()
                : "this should not have happened: " + failure + "; --stacktrace shows where, please report it";
        return fail(command, message, failure, stacktrace, FAILED);
    }

    private static int fail(String command, String message, Throwable failure, boolean stacktrace, int code) {
        System.err.println(command + ": " + message.replaceAll("\\p{Cntrl}+", " "));
        if (stacktrace) {
            failure.printStackTrace();
        }
        return code;
    }
}
