package dev.hourglass.evaluate;

import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.JacobianReport.Contraction;
import dev.hourglass.evaluate.JacobianReport.Settings;
import dev.hourglass.evaluate.JacobianReport.Tangents;
import dev.hourglass.model.Encoded;
import dev.hourglass.model.Model;
import dev.hourglass.model.network.Network;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** One computation of a {@link JacobianReport}: Jacobians are formed on the device in batches of bounded size, spectra found on the host. */
final class JacobianRun {
    private static final int LARGEST_BATCH = 512;
    /** Floats of Jacobian rows, all layers together, that a batch may take. */
    private static final long BUDGET = 1 << 24;
    private static final double SATURATED = 0.9;
    /** Multiplications that all spectra together may take: some ten seconds. */
    private static final double SPECTRUM_BUDGET = 4e10;

    private final Model model;
    private final Examples examples;
    private final Settings settings;
    private final ProgressListener progress;
    private final int latent;
    private final int features;
    private final double[] spectrum;
    private final int spectrumExamples;
    private final List<Tangents> tangents = new ArrayList<>();
    private final double[] ratios;
    private double norms;
    private double squaredNorms;
    private long saturated;

    JacobianRun(Model model, Examples examples, Settings settings, ProgressListener progress) {
        this.model = model;
        this.examples = examples;
        this.settings = settings;
        this.progress = progress;
        this.latent = model.specification().code().latent();
        this.features = model.schema().features();
        this.spectrum = new double[Math.min(latent, features)];
        this.spectrumExamples = Math.min(Math.min(settings.spectrumExamples(), examples.rows()),
                affordable(spectrum.length, Math.max(latent, features)));
        this.ratios = new double[settings.radii().size()];
    }

    /** How many spectra the budget allows: a Gram matrix and about ten times the cube of its size for the eigenvalues of each. */
    private static int affordable(int size, int length) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, SPECTRUM_BUDGET / ((double) size * size * (10.0 * size + length))));
    }

    private int batch() {
        long width = model.encoder().jacobianPerOutput();
        return (int) Math.max(1, Math.min(LARGEST_BATCH, BUDGET / (width * latent)));
    }

    JacobianReport result() {
        int rows = examples.rows();
        try (EncodedBatches batches = new EncodedBatches(model, examples, batch())) {
            batches.forEach(DeviceData.inOrder(rows), settings.seed(), 0, this::open);
        }
        tangents.sort(Comparator.comparingInt(t -> settings.tangentRows().indexOf(t.row())));
        List<Contraction> contraction = new ArrayList<>();
        for (int i = 0; i < ratios.length; i++) {
            contraction.add(new Contraction(settings.radii().get(i), ratios[i] / rows));
        }
        double[] averaged = Arrays.stream(spectrum).map(value -> value / spectrumExamples).toArray();
        return new JacobianReport(rows, norms / rows, squaredNorms / rows, saturates() ? saturated / ((double) rows * latent) : Double.NaN,
                averaged,
                spectrumExamples, List.copyOf(tangents), List.copyOf(contraction), norm(model.encoder()), norm(model.decoder()));
    }

    private EncodedBatches.Visit open(Encoded encoded) {
        Tensor code = encoded.encoder().first(latent).output();
        Tensor rows = encoded.encoder().jacobian(latent);
        Tensor squares = new PenaltyOps(encoded.tape()).squaredNorm(rows, encoded.rows(), 1, null);
        Neighbours neighbours = settings.radii().isEmpty() ? null : new Neighbours(model, encoded);
        return position -> {
            for (float square : squares.read()) {
                squaredNorms += square;
                norms += Math.sqrt(square);
            }
            float[] h = code.read();
            countSaturated(h);
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] += neighbours.ratios(h, settings.radii().get(i), settings.seed(), position);
            }
            spectra(rows, position, encoded.rows());
            progress.at(position + encoded.rows(), examples.rows());
        };
    }

    private boolean saturates() {
        return model.specification().code().activation().isBounded();
    }

    /** Counts values in the outer twentieth of the range of the activation at either end. */
    private void countSaturated(float[] h) {
        if (!saturates()) {
            return;
        }
        Activation activation = model.specification().code().activation();
        double middle = (activation.low() + activation.high()) / 2;
        double half = (activation.high() - activation.low()) / 2;
        for (float value : h) {
            saturated += Math.abs(value - middle) > SATURATED * half ? 1 : 0;
        }
    }

    private void spectra(Tensor jacobians, int position, int rows) {
        int width = latent * features;
        float[] values = new float[width];
        for (int b = 0; b < rows; b++) {
            int row = position + b;
            boolean wanted = settings.tangentRows().contains(row);
            if (row < spectrumExamples || wanted) {
                model.backend().read(jacobians.buffer().slice((long) b * width, width), values, 0);
                SingularValues found = SingularValues.of(values, latent, features);
                for (int i = 0; i < spectrum.length && row < spectrumExamples; i++) {
                    spectrum[i] += found.values()[i];
                }
                if (wanted) {
                    int count = Math.min(settings.tangentCount(), spectrum.length);
                    tangents.add(new Tangents(row, Arrays.copyOf(found.values(), count), found.rightVectors(count)));
                }
            }
        }
    }

    /** Frobenius norm over the weights of all layers. */
    private static double norm(Network network) {
        double sum = 0;
        for (Tensor matrix : network.weights()) {
            for (float weight : matrix.read()) {
                sum += (double) weight * weight;
            }
        }
        return Math.sqrt(sum);
    }

    /** Codes of random neighbours x + e of a batch. */
    private static final class Neighbours {
        private final Encoded encoded;
        private final Tape tape;
        private final Tensor input;
        private final Tensor code;

        Neighbours(Model model, Encoded encoded) {
            this.encoded = encoded;
            this.tape = new Tape(encoded.scope());
            this.input = encoded.scope().tensor("neighbour", encoded.rows(), encoded.batch().target().columns());
            this.code = model.encode(tape, input, encoded.batch().condition()).first(model.specification().code().latent()).output();
        }

        /** Sum of ||h(x) - h(x + e)|| / ||e|| over the batch; the directions of an example are the same for every radius. */
        double ratios(float[] h, double radius, long seed, int position) {
            float[] values = encoded.batch().target().read();
            int features = input.columns();
            double[] steps = new double[encoded.rows()];
            for (int b = 0; b < steps.length; b++) {
                steps[b] = move(values, b * features, features, radius, new RandomSequence(seed, position + b));
            }
            input.write(values);
            tape.forward();
            float[] there = code.read();
            int latent = code.columns();
            double sum = 0;
            for (int b = 0; b < steps.length; b++) {
                double square = 0;
                for (int j = b * latent; j < (b + 1) * latent; j++) {
                    square += ((double) there[j] - h[j]) * ((double) there[j] - h[j]);
                }
                sum += Math.sqrt(square) / steps[b];
            }
            return sum;
        }

        /** Adds e to one row; returns its length after rounding to floats. */
        private static double move(float[] values, int at, int count, double radius, RandomSequence random) {
            double[] direction = new double[count];
            double square = 0;
            for (int j = 0; j < count; j++) {
                direction[j] = random.normal();
                square += direction[j] * direction[j];
            }
            double moved = 0;
            for (int j = 0; j < count; j++) {
                float before = values[at + j];
                values[at + j] = (float) (before + radius * direction[j] / Math.sqrt(square));
                moved += ((double) values[at + j] - before) * ((double) values[at + j] - before);
            }
            return Math.sqrt(moved);
        }
    }
}
