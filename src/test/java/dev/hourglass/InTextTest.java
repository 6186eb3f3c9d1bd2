package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.Decomposition;
import dev.hourglass.evaluate.JacobianReport;
import dev.hourglass.evaluate.LogLikelihood;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.evaluate.Threshold;
import dev.hourglass.evaluate.code.Latents;
import dev.hourglass.inference.Inference;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.model.Model;
import dev.hourglass.model.ModelGraphs;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.model.prior.Prior;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.tensor.Scope;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person prints says what it is. */
class InTextTest {
    private static final Dataset DATA = Dataset.of(AutoencoderTest.rows(60, 4, 2));

    @Test
    void whatIsChosenIsToldInOneLine() {
        List<Object> all = new ArrayList<>(List.of(Hourglass.vae(), Hourglass.vae().training(DATA), DATA, Examples.of(DATA),
                TrainingSettings.defaults(), LearningRate.constant(0.1), new Threshold(0.5, new double[3])));
        all.addAll(Code.all());
        all.addAll(Prior.all());
        all.addAll(Likelihood.all());
        all.addAll(Penalty.all());
        all.addAll(Optimizer.all());
        assertTold(all);
    }

    @Test
    void whatWorksOnADeviceIsToldInOneLine() {
        Examples examples = Examples.of(DATA);
        try (Backend backend = Devices.cpu(1); Model model = Hourglass.vae().hidden(5).latent(2).create(backend, examples, 0);
             Inference inference = new Inference(model); DeviceData data = model.load(examples, 16);
             Trainer trainer = new Trainer(model, TrainingSettings.defaults().withBatch(16).withEpochs(3), examples, null, List.of());
             Scope scope = new Scope(backend, "text")) {
            assertEquals("Trainer[vae, epoch 0 of 3, step 0, 60 rows in batches of 16]", trainer.toString());
            assertEquals("Inference[vae]", inference.toString());
            assertEquals("DeviceData[Dataset[data set, 60 x 4 FLOAT32], on the device]", data.toString());
            assertEquals("Scope[text, 0 buffers]", scope.toString());
            assertTold(List.of(model, model.parameters(), new Tape(scope), new Latents(inference, 2), ModelGraphs.encoder(model)));
            JacobianReport.Settings settings = new JacobianReport.Settings(5, List.of(1), 1, List.of(1.0), 0);
            JacobianReport jacobian = JacobianReport.of(model, examples, settings, ProgressListener.none());
            assertTold(List.of(jacobian, jacobian.tangents(), Decomposition.of(model, examples, 2, 4, ProgressListener.none()),
                    LogLikelihood.estimate(model, examples, 3, 4, ProgressListener.none())));
        }
    }

    @Test
    void whatAFitGivesIsToldInOneLine() {
        Autoencoder model = Hourglass.vae().hidden(5).latent(2).epochs(1).device("cpu").fit(DATA);
        assertTold(List.of(model, model.scorer(), model.history(), model.scorer().assess(DATA), model.scorer().explain(DATA.row(0)),
                ScoreSettings.of(Hourglass.vae().specification())));
        model.close();
        assertEquals("Autoencoder[vae, closed]", model.toString());
    }

    /** No type and address in place of words, and one line. */
    private static void assertTold(List<?> all) {
        for (Object each : all) {
            String text = each.toString();
            assertFalse(text.matches("(?s).*(\\[[A-Z]|[a-z])@[0-9a-f]{3,}.*"), text);
            assertTrue(!text.isEmpty() && !text.contains("\n"), text);
        }
    }
}
