package dev.hourglass.cli.output;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingData;
import java.io.PrintStream;
import java.util.function.Supplier;

/** Says before the first step what is trained, on what, and what should be known of it. */
public final class Announcement implements Listener {
    private final PrintStream err;
    private final Configuration asked;
    private final TrainingData data;
    private final Supplier<String> choices;

    /**
     * Says it on {@code err}.
     *
     * @param choices what to tell of likelihood and scaling once the training has begun; empty for nothing
     */
    public Announcement(PrintStream err, Configuration asked, TrainingData data, Supplier<String> choices) {
        this.err = err;
        this.asked = asked;
        this.data = data;
        this.choices = choices;
    }

    @Override
    public void started(Trainer trainer, int stepsPerEpoch) {
        Model model = trainer.model();
        Backend device = model.backend();
        Specification specification = model.specification();
        if (asked.device().name().equals("auto") && !(device instanceof CudaBackend)) {
            err.println(Devices.choice("auto"));
        }
        err.println(
                specification.preset() + " " + specification.widths(model.schema().features()) + ", " + model.parameters().values().size()
                        + " parameters, on " + device.description());
        err.println(describe("training", data.training().features())
                + (data.validation() == null ? ", no validation" : ", " + describe("validation", data.validation().features())));
        if (!choices.get().isEmpty()) {
            err.println(choices.get());
        }
        if (asked.training().batch() > trainer.batch()) {
            err.println("batch " + asked.training().batch() + " is larger than the training data: every step uses all "
                    + trainer.batch() + " rows");
        }
        specification.penalties().stream().map(penalty -> note(penalty, specification)).filter(note -> !note.isEmpty())
                .forEach(err::println);
    }

    private static String note(Penalty penalty, Specification specification) {
        return penalty.note(specification.code(), specification.layers().hidden());
    }

    private static String describe(String role, Dataset data) {
        return role + " " + data.rows() + " rows of " + data.source();
    }
}
