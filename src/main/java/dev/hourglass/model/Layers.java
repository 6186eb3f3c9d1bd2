package dev.hourglass.model;

import dev.hourglass.backend.Activation;
import dev.hourglass.message.Require;
import dev.hourglass.nn.Initialization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The layers of encoder and decoder.
 *
 * @param hidden widths of the encoder's hidden layers, outermost first; empty for a linear encoder
 * @param decoderHidden widths of the decoder's hidden layers, innermost first
 * @param activation of all hidden layers
 * @param tied whether the decoder uses the encoder's weights transposed
 * @param initialization of the weights
 * @param outputBiasFromData whether the output bias starts where the likelihood puts the mean of the training set
 */
public record Layers(List<Integer> hidden, List<Integer> decoderHidden, Activation activation, boolean tied, Initialization initialization,
        boolean outputBiasFromData) {
    public Layers {
        hidden = List.copyOf(hidden);
        decoderHidden = List.copyOf(decoderHidden);
        for (int width : hidden) {
            Require.that(width >= 1, "model", "empty layer", "hidden", width, "at least 1 unit");
        }
        for (int width : decoderHidden) {
            Require.that(width >= 1, "model", "empty layer", "decoder hidden", width, "at least 1 unit");
        }
        Require.that(!tied || mirrored(hidden).equals(decoderHidden), "model", "tied weights need a mirrored decoder", "decoder hidden",
                decoderHidden,
                mirrored(hidden).toString());
    }

    /** Returns the widths of a decoder that mirrors an encoder. */
    public static <W> List<W> mirrored(List<W> hidden) {
        List<W> mirrored = new ArrayList<>(hidden);
        Collections.reverse(mirrored);
        return mirrored;
    }
}
