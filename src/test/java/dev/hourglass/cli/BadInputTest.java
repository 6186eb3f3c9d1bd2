package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every bad input is one line on stderr with the right exit code, and leaves nothing behind. */
class BadInputTest {
    @TempDir
    Path folder;

    private List<String> before;

    @BeforeEach
    void files() throws IOException {
        write("text.csv", "a,b\n1,2\n3,x\n4,5\n");
        write("missing.csv", "a,b\n1,2\n3,\n4,5\n");
        write("two.csv", "a,b\n1,2\n3,4\n4,5\n");
        write("three.csv", "a,b,c\n1,2,3\n3,4,5\n");
        byte[] header = ByteBuffer.allocate(16).putInt(2051).putInt(9).putInt(4).putInt(4).array();
        byte[] idx = Arrays.copyOf(header, 16 + 9 * 16);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(idx);
        }
        Files.write(folder.resolve("cut-images-idx3-ubyte.gz"), Arrays.copyOf(compressed.toByteArray(), compressed.size() - 10));
        idx[2] = 0x77;
        Files.write(folder.resolve("magic-images-idx3-ubyte"), idx);
        write("c.json", "{\"model\":{\"preset\":\"sparse\",\"latent\":3}}");
        before = list();
    }

    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        assertEquals(before, list());
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private List<String> list() throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.map(Path::toString).sorted().toList();
        }
    }

    private Result run(String line) {
        return Result.of(line.replace("DIR", folder.toString()).split(" "));
    }

    private void assertFails(int code, String message, Result result) {
        assertEquals(message.replace("DIR", folder.toString()) + "\n", result.err());
        assertEquals(code, result.code());
        assertEquals("", result.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "nothing.csv | nothing.csv: there is no such file or folder",
        "cut-images-idx3-ubyte.gz | cut-images-idx3-ubyte.gz: the file ends too early; it is truncated, copy or download it again",
        "magic-images-idx3-ubyte | magic-images-idx3-ubyte: starts with 0x00007703, expected an idx file: 0x0000, a type 08, 09, 0b, 0c, 0d or 0e, and the"
                + " number of dimensions",
        "text.csv | text.csv: line 3, column 'b': 'x' is not a number; choose the columns to use, or name it as the label column",
        "missing.csv | missing.csv: line 3, column 'b': the value is missing; fill it in, or ask for an imputation when training: mean, median, zero"})
    void badDataFail(String file, String message) {
        assertFails(1, "hourglass train: DIR/" + message, run("train --out DIR/run --data DIR/" + file));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "--data DIR/two.csv --validation DIR/three.csv | DIR/three.csv: columns=3, expected 2 as in the training data DIR/two.csv; choose the same columns",
        "--data DIR/two.csv --likelihood bernoulli --scale none | DIR/two.csv: row 1, column 'b' is 2.0 after scaling none, expected 0 to 1 for a Bernoulli"
                + " likelihood; use scaling minmax or a Gaussian likelihood",
        "--data DIR/two.csv --model cvae | DIR/two.csv: no labels, expected one per row because the model is conditioned on them; name a label column",
        "--data digits:40 --optimizer sgd --lr 1e30 --hidden none --latent 2 --quiet | training diverged in epoch 1: loss=NaN, expected finite values;"
                + " lower the learning rate (now 1.0E30) or clip the gradient norm",
        "--data DIR/two.csv --model cvae --condition b --columns a,b | DIR/two.csv: column 'b' is both a feature and the condition, expected one of the two; leave"
                + " it out of the columns",
        "--data digits:40 --hidden 2000000000 | model: more parameters than an array holds: encoder.0.weight=1568000000000, expected at most 2147483647; choose"
                + " narrower layers or fewer columns",
        "--data digits:40 --out DIR/two.csv | DIR/two.csv: this is a file, expected a folder; name another",
        "--data digits:40 --out DIR --overwrite | DIR: the folder is not empty and holds no run, expected a new folder; name another"})
    void trainingsThatCannotWorkFail(String options, String message) {
        String out = options.contains("--out") ? "" : "--out DIR/run ";
        assertFails(1, "hourglass train: " + message, run("train --device cpu " + out + options));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "--latent 0 | model: no code: latent=0, expected at least 1",
        "--latent -3 | model: no code: latent=-3, expected at least 1",
        "--hidden 40,-1 | model: empty layer: hidden=-1, expected at least 1 unit",
        "--hidden 4,x | --hidden 4,x: 'x' is no whole number, expected whole numbers joined by commas such as 400,200, or none",
        "--batch 0 | training: empty batch: batch=0, expected at least 1",
        "--epochs -1 | training: no epochs: epochs=-1, expected at least 1",
        "--lr 0 | learning rate: out of range: base=0.0, expected more than 0",
        "--threads 0 | --threads 0: expected at least 1",
        "--device gpu | device: unknown name: device=gpu, expected auto, cpu, cuda or cuda:N",
        "--device cpu --precision bf16 | device cpu: the CPU computes in FP32: precision=bf16, expected fp32",
        "--corruption masking:2 | model: corruption out of range: masking=2.0, expected a probability in [0, 1]",
        "--corruption blur:2 | --corruption blur:2: expected none, masking:P, salt-and-pepper:P or gaussian:S",
        "--sparsity 0.05 | --sparsity 0.05: expected RHO:WEIGHT such as 0.05:1",
        "--model sparse --code-activation relu | model: KL sparsity needs a bounded code: code activation=relu, expected sigmoid or tanh",
        "--prior learned | `model: a learned prior p(z|c) needs a condition: condition=none, expected labels or columns`",
        "--model denoising --beta 2 | --beta: this model has no prior, so no KL term; leave it out or choose a prior",
        "--variance learned | --variance: the likelihood is bernoulli, expected gaussian; add --likelihood gaussian",
        "--lr-factor 0.5 | --lr-factor: the schedule is constant, expected step; add --schedule step",
        "--kl-epochs 5 | --kl-epochs: the KL weight is constant, expected a schedule; add --kl-schedule linear or cyclical",
        "--early-stopping 3:lost | --early-stopping 3:lost: there is no term 'lost', expected one of loss, reconstruction, kl, free-bits, bound, sparsity, l1,"
                + " contraction, hessian or weight-decay; did you mean 'loss'?",
        "--model va | model: unknown preset: model=va, expected one of undercomplete, vae, full-covariance-vae, iwae, cvae, denoising, denoising-vae, sparse,"
                + " contractive",
        "--config DIR/c.json --model vae | --model vae: DIR/c.json describes the model sparse, expected the same; leave one of them out",
        "--config DIR/c.json | DIR/c.json: model: unknown key 'latent', expected one of [preset, corruption, layers, code, prior, likelihood, penalties,"
                + " importance-samples, binarization, condition]; remove it",
        "--activation rulu | Invalid value for option '--activation': 'rulu', expected identity, relu, leaky-relu, elu, gelu, silu, softplus, sigmoid or tanh; did you mean 'relu'?;"
                + " see hourglass train --help",
        "--epochs 2 --latent 3 --epochs 4 | --epochs: it is given twice, expected once; leave one of the two out; see hourglass train --help",
        "--tied --hidden 4 --no-tied | --tied: it is given twice, expected once; leave one of the two out; see hourglass train --help",
        "--validation DIR/two.csv --validation-fraction 0.2 | --validation-fraction: the validation data are DIR/two.csv, so no rows are split off; leave one of"
                + " the two out",
        "--columns a,,b | 'a,,b': one of the names is empty, expected names or numbers joined by commas",
        "--latent 1073741824 | model: the head has no room for mean and variance: latent=1073741824, expected at most 1073741823",
        "--lr=0.1 --lr 0.1 | --lr: it is given twice, expected once; leave one of the two out; see hourglass train --help",
        "--latent x | Invalid value for option '--latent': 'x' is not an int; see hourglass train --help",
        "--latnt | Unknown option: '--latnt', did you mean --label-column or --latent?; see hourglass train --help"})
    void badUsageIsExitCodeTwo(String options, String message) {
        String data = options.contains("--device") ? " --data digits:20" : "";
        assertFails(2, "hourglass train: " + message, run("train --out DIR/run" + data + " " + options));
    }

    @Test
    void commandsAreNamed() {
        assertFails(2,
                "hourglass: no command, expected one of train, resume, evaluate, encode, decode, reconstruct, sample, score, traverse, report, compare, export, gradcheck, doctor; see hourglass --help",
                Result.of());
        assertFails(2,
                "hourglass: Unmatched argument at index 0: 'trian', did you mean train or traverse or reconstruct?; see hourglass --help",
                Result.of("trian"));
        assertEquals("hourglass evaluate: Missing required option: '--run=DIR'; see hourglass evaluate --help\n",
                Result.of("evaluate").err());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void anUnwritablePlaceIsFoundBeforeTraining() {
        assertFails(1,
                "hourglass train: /proc/run: cannot be written: no file can be made in /proc (NoSuchFileException); name another folder or change its"
                        + " rights",
                run("train --device cpu --data digits:20 --out /proc/run"));
    }

    @Test
    void stacktraceSaysMore() {
        Result result = run("train --stacktrace --out DIR/run --data DIR/nothing.csv");
        assertEquals(1, result.code());
        assertTrue(result.err().startsWith("hourglass train: " + folder + "/nothing.csv: there is no such file or folder\n"));
        assertTrue(result.err().contains("\tat dev.hourglass.data."));
    }
}
