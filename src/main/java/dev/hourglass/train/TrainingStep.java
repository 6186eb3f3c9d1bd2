package dev.hourglass.train;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.StepState;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.tensor.Scope;

/** One whole step for one batch size, recorded once: gather, corrupt, forward, loss, backward, clip, update, advance. */
final class TrainingStep implements AutoCloseable {
    private final Scope scope;
    private final Program program;

    TrainingStep(Trainer trainer, int rows) {
        Autoencoder model = trainer.model();
        Backend backend = model.backend();
        Plan plan = trainer.plan();
        scope = new Scope(backend, "step of " + rows);
        Tape tape = new Tape(scope);
        model.parameters().watch(tape);
        model.objective(tape, trainer.feed().batch(tape, rows, true), trainer.feed().state(), trainer.metrics(),
                model.specification().importanceSamples());
        tape.differentiate();
        int tableRows = (int) (trainer.table().length() / StepState.TABLE_COLUMNS);
        program = backend.record(() -> {
            tape.forward();
            tape.backward();
            if (plan.clipNorm() > 0) {
                backend.clipNorm(model.parameters().gradients().buffer(), (float) plan.clipNorm(), trainer.feed().state());
            }
            plan.optimizer().update(backend, model.parameters(), trainer.optimizerState(), trainer.feed().state());
            backend.advance(rows, tableRows, trainer.table(), trainer.feed().state());
        });
    }

    void run() {
        program.run();
    }

    @Override
    public void close() {
        program.close();
        scope.close();
    }
}
