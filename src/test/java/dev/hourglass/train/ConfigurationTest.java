package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.Hourglass;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.PictureShape;
import dev.hourglass.data.Scaling;
import dev.hourglass.data.WideColumns;
import dev.hourglass.model.ConditionSchema;
import dev.hourglass.model.Schema;
import dev.hourglass.model.Specification;
import dev.hourglass.model.loss.Term;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationTest {
    @TempDir
    Path folder;

    static List<String> presets() {
        return Hourglass.presets();
    }

    private Configuration read(String json) throws IOException {
        Path file = folder.resolve("c.json");
        Files.writeString(file, json);
        return Configuration.read(file, "vae");
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetSurvivesJson(String preset) throws IOException {
        Configuration configuration = Configuration.of(Hourglass.preset(preset).specification());
        assertEquals(configuration, read(configuration.toJson()));
        assertEquals(configuration.toJson(), read(configuration.toJson()).toJson());
    }

    @Test
    void everyValueOfARunSurvivesJsonToTheBit() throws IOException {
        float[] shift = {0.1f, -1e-20f, 3.4028235e38f, 1f / 3};
        float[] scale = {1e-7f, 16777217f, -0.3f, Float.MIN_NORMAL};
        WideColumns wide = new WideColumns(List.of(1, 3), new double[] {1_000_000.012, 1.7e12 + 0.1},
                new double[] {247.00000000000003, 1e-300});
        Schema schema = new Schema(4, new Scaling(Scaling.Kind.STANDARDIZE, shift, scale),
                new Scaling(Scaling.Kind.LOG, shift, scale, wide),
                new PictureShape(2, 2),
                List.of("a", "b \"quoted\"", "c", "ü"), null,
                new ConditionSchema(2, List.of(), List.of("cat", "dog"), Scaling.none(), Imputation.of(Imputation.Kind.NONE)));
        TrainingSettings plan = new TrainingSettings(7, 33, new Sgd(0.95, 1e-4), new LearningRate(LearningRate.Kind.STEP, 3e-4, 0.5,
                List.of(2.5, 5.0), 0.3), 1.5, Long.MIN_VALUE, new TrainingSettings.EarlyStopping(Term.RECONSTRUCTION, 3, 0.01), 12.5);
        DataDescription data = new DataDescription("a.csv", "b.csv", 0.25, List.of("1-3"), "y", List.of("age"), "divide:16",
                new Imputation(Imputation.Kind.MEAN, new double[] {0.1f, 2}), new Imputation(Imputation.Kind.MEAN, new double[] {-7.7f}),
                DataOptions.Header.NO);
        Specification model = Hourglass.cvae().specification();
        Configuration configuration = new Configuration(Configuration.FORMAT, model, plan, data, new DeviceChoice("cuda:1", 3, "tf32"),
                schema);
        Files.writeString(folder.resolve("config.json"), configuration.toJson());
        assertEquals(configuration, Configuration.readRun(folder.resolve("config.json")));
    }

    @Test
    void whatAFileLeavesOutIsThePresetsOrTheDefault() throws IOException {
        Configuration configuration = read(
                "{\"model\":{\"preset\":\"denoising\",\"hidden\":[300,100],\"code\":{\"latent\":7}},\"training\":{\"epochs\":3}}");
        assertEquals(Hourglass.denoising().hidden(300, 100).latent(7).specification(), configuration.model());
        assertEquals(TrainingSettings.defaults().withEpochs(3), configuration.training());
        assertEquals(DataDescription.defaults(), configuration.data());
        assertNull(configuration.schema());
        assertEquals(Configuration.of(Hourglass.vae().specification()), read("{}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"model\":{\"layers\":{\"hiden\":[3]}}} | model.layers: unknown key 'hiden', expected one of [hidden, decoder-hidden, activation, tied, initialization, output-bias-from-data];"
                + " did you mean 'hidden'?",
        "{\"trainig\":{}} | unknown key 'trainig', expected one of [format, model, training, data, device, schema]; did you mean 'training'?",
        "{\"model\":{\"hidden\":3}} | model.layers.hidden is 3, expected a list in brackets; correct it",
        "{\"model\":{\"hidden\":[3.5]}} | model.layers.hidden[0] is 3.5, expected a whole number; correct it",
        "{\"model\":{\"tied\":\"yes\"}} | model.layers.tied is \"yes\", expected true or false; correct it",
        "{\"model\":{\"preset\":\"va\"}} | model: unknown preset: model=va, expected one of undercomplete, vae, full-covariance-vae, iwae, cvae, denoising,"
                + " denoising-vae, sparse, contractive, expected a preset; correct it",
        "{\"model\":{\"preset\":3}} | model.preset is 3, expected the name of a preset in quotes; correct it",
        "{\"model\":{\"code\":{\"kind\":\"gauss\"}}} | model.code.kind is \"gauss\", expected one of [deterministic, diagonal-gaussian, full-gaussian];"
                + " correct it",
        "{\"training\":{\"epochs\":\"ten\"}} | training.epochs is \"ten\", expected a whole number; correct it",
        "{\"training\":{\"epochs\":0}} | training: training: no epochs: epochs=0, expected at least 1; correct it",
        "{\"training\":7} | training is 7, expected an object with [epochs, batch, optimizer, learning-rate, clip-norm, seed, early-stopping,"
                + " time-budget-seconds]; correct it",
        "{\"data\":{\"columns\":null}} | data holds a null, expected values of [train, validation, validation-fraction, columns, label-column,"
                + " condition-columns, scaling, imputation, condition-imputation, header]; correct it",
        "{\"format\":3} | its format is 3, expected at most 2; a newer version wrote it: update hourglass",
        "[] | the file is [], expected an object with [format, model, training, data, device, schema]; correct it",
        "{\"model\": | no JSON, line 1, column 10: Unexpected end-of-input within/between Object entries, expected a JSON object; correct it",
        "{\"format\":1,\"format\":1} | no JSON, line 1, column 21: Duplicate field 'format', expected a JSON object; correct it"})
    void whatCannotBeIsOneClearLine(String json, String message) {
        assertEquals(folder.resolve("c.json") + ": " + message, assertThrows(RuntimeException.class, () -> read(json)).getMessage());
    }

    @Test
    void aRunsFileMustBeComplete() throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, "{\"format\":1}");
        assertEquals(file + ": there is no model, expected every one of [format, model, training, data, device, schema]; add it",
                assertThrows(RuntimeException.class, () -> Configuration.readRun(file)).getMessage());
        Files.writeString(file, Configuration.of(Hourglass.vae().specification()).toJson());
        assertEquals(file + ": schema is null, expected what the model knows of its data; name the folder of a run",
                assertThrows(RuntimeException.class, () -> Configuration.readRun(file)).getMessage());
    }

    @Test
    void splitsAndColumnsAreTheSameForFeaturesAndConditions() throws IOException {
        Path csv = folder.resolve("t.csv");
        StringBuilder text = new StringBuilder("a,age,b,label\n");
        for (int i = 0; i < 20; i++) {
            text.append(i).append(',').append(100 + i).append(',').append(i == 3 ? "" : 2 * i).append(',')
                    .append(i % 2 == 0 ? "even" : "odd").append('\n');
        }
        Files.writeString(csv, text.toString());
        Imputation mean = Imputation.of(Imputation.Kind.MEAN);
        DataDescription words = new DataDescription(csv.toString(), null, 0.25, List.of(), "label", List.of("age"), "auto", mean, mean,
                DataOptions.Header.AUTO);
        TrainingData data = words.read(ConditionKind.VALUES, 5);
        assertEquals(15, data.training().rows());
        assertEquals(5, data.validation().rows());
        assertEquals(List.of("a", "b"), data.training().features().columnNames());
        for (int row = 0; row < 15; row++) {
            assertEquals(data.training().features().value(row, 0) + 100, data.training().conditions().value(row, 0));
        }
        float meanOfB = (float) ((2 * 190 - 6) / 19.0);
        assertEquals(meanOfB, data.description().imputation().values()[1]);
        assertEquals(data.validation().features().sha256(), words.read(ConditionKind.VALUES, 5).validation().features().sha256());
    }
}
