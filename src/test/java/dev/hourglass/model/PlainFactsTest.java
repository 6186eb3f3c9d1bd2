package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Hessian;
import dev.hourglass.model.penalty.SparsityKl;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.model.prior.Prior;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A part whose weight is 0 is not there: the parameters after training are those of the plain model, bit for bit. */
class PlainFactsTest {
    private final Examples examples = Facts.examples(Facts.curved(50, 9, 2, 31));
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Facts.open();
    }

    @AfterEach
    void close() {
        assertEquals(0, backend.liveBytes(), "leaked bytes");
        backend.close();
    }

    private float[] after(ModelBuilder builder) {
        try (Model model = Facts.trained(backend, builder, examples, Facts.plan(4, 16, 1e-2))) {
            return Facts.parameters(model);
        }
    }

    private static ModelBuilder autoencoder() {
        return Hourglass.undercomplete().hidden(6).activation(Activation.TANH).code(Code.deterministic(3, Activation.SIGMOID));
    }

    private static ModelBuilder variational() {
        return Hourglass.vae().hidden(6).activation(Activation.TANH).latent(3);
    }

    @Test
    void penaltiesOfWeightZeroLeaveTheAutoencoder() {
        Map<String, UnaryOperator<ModelBuilder>> nothing = new LinkedHashMap<>();
        nothing.put("contraction", b -> b.contraction(0));
        nothing.put("hutchinson and hessian",
                b -> b.penalty(new Contraction(0, Contraction.Method.HUTCHINSON, 3)).penalty(new Hessian(0, 0.5)));
        nothing.put("sparsity", b -> b.sparsity(0.05, 0));
        nothing.put("sparsity, running mean", b -> b.penalty(new SparsityKl(0.2, 0, 0.9)));
        nothing.put("l1", b -> b.l1(0));
        nothing.put("weight decay", b -> b.weightDecay(0));
        nothing.put("masking", b -> b.corruption(Corruption.masking(0)));
        nothing.put("salt and pepper", b -> b.corruption(Corruption.saltAndPepper(0)));
        nothing.put("additive noise", b -> b.corruption(Corruption.gaussian(0)));
        float[] plain = after(autoencoder());
        nothing.forEach((name, part) -> assertArrayEquals(plain, after(part.apply(autoencoder())), name));
    }

    @Test
    void anyWeightAboveZeroDoesNot() {
        Map<String, UnaryOperator<ModelBuilder>> something = new LinkedHashMap<>();
        something.put("contraction", b -> b.contraction(0.1));
        something.put("sparsity", b -> b.sparsity(0.05, 0.1));
        something.put("l1", b -> b.l1(0.1));
        something.put("weight decay", b -> b.weightDecay(0.1));
        something.put("masking", b -> b.corruption(Corruption.masking(0.1)));
        something.put("salt and pepper", b -> b.corruption(Corruption.saltAndPepper(0.1)));
        something.put("additive noise", b -> b.corruption(Corruption.gaussian(0.1)));
        float[] plain = after(autoencoder());
        something.forEach((name, part) -> assertFalse(Arrays.equals(plain, after(part.apply(autoencoder()))), name));
    }

    @Test
    void betaZeroIsNoPrior() {
        float[] none = after(variational().prior(Prior.none()));
        assertArrayEquals(none, after(variational().beta(0)));
        assertArrayEquals(none, after(variational().beta(0).freeBits(0.5)));
        assertArrayEquals(none, after(variational().klWeight(KlWeight.linear(0, 2))));
        assertFalse(Arrays.equals(none, after(variational())));
    }

    @Test
    void partsOfWeightZeroLeaveTheVariationalAutoencoder() {
        float[] plain = after(variational());
        assertArrayEquals(plain, after(variational().freeBits(0)));
        assertArrayEquals(plain, after(variational().importanceSamples(1)));
        assertArrayEquals(plain, after(variational().corruption(Corruption.masking(0)).contraction(0)));
        assertArrayEquals(plain,
                after(Hourglass.denoisingVae().corruption(Corruption.none()).hidden(6).activation(Activation.TANH).latent(3)));
    }

    @Test
    void theSameSeedGivesTheSameBits() {
        ModelBuilder builder = variational().corruption(Corruption.saltAndPepper(0.2));
        assertArrayEquals(after(builder), after(builder));
    }
}
