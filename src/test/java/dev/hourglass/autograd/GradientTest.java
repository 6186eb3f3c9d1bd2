package dev.hourglass.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.backend.Posterior;
import dev.hourglass.tensor.Tensor;
import dev.hourglass.testkit.Backends;
import dev.hourglass.testkit.GradientCheck;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation's gradient against central differences on the CPU. */
class GradientTest {
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.open(Backends.Kind.CPU);
    }

    @AfterEach
    void close() {
        assertEquals(0, backend.liveBytes(), "leaked bytes");
        backend.close();
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void dense(Activation activation) {
        GradientCheck.check(backend, 1, check -> {
            Tensor x = check.input("x", 3, 5, 1);
            Tensor w = check.input("w", 4, 5, 0.5);
            Tensor b = check.input("b", 1, 4, 0.5);
            check.project(new Ops(check.tape()).dense("layer", x, w, b, activation).output());
        });
    }

    @Test
    void denseWithConditionAndTiedWeights() {
        GradientCheck.check(backend, 2, check -> {
            Ops ops = new Ops(check.tape());
            Tensor x = check.input("x", 3, 5, 1);
            Tensor c = check.input("c", 3, 2, 1);
            Tensor w = check.input("w", 4, 5, 0.5);
            Tensor wc = check.input("wc", 4, 2, 0.5);
            Tensor b = check.input("b", 1, 4, 0.5);
            Tensor h = ops.dense("up", List.of(new Ops.Input(x, w, false), new Ops.Input(c, wc, false)), b, Activation.TANH).output();
            check.project(ops.dense("down", List.of(new Ops.Input(h, w, true)), null, Activation.SIGMOID).output());
        });
    }

    @Test
    void columnsAndRepeats() {
        GradientCheck.check(backend, 3, check -> {
            Ops ops = new Ops(check.tape());
            Tensor x = check.input("x", 3, 6, 1);
            check.project(ops.columns("middle", x, 1, 4));
            check.project(ops.repeat("twice", ops.columns("left", x, 0, 3), 2));
        });
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(booleans = {true, false})
    void likelihoods(boolean known) {
        GradientCheck.check(backend, 4, check -> {
            LossOps losses = new LossOps(check.tape());
            LossWeights upstream = new LossWeights(check.upstream(6).weights(), known);
            Tensor grey = check.constant("grey", 3, 5, 0, 1);
            for (PointwiseLoss loss : PointwiseLoss.values()) {
                check.loss(losses.pointwise(loss, check.input(loss.label(), 6, 5, 2), check.targets(loss, 3, 5), upstream), upstream);
            }
            check.loss(losses.gaussian(check.input("gaussian mean", 6, 5, 1), check.input("shared s", 1, 1, 0.5), -6, grey, upstream),
                    upstream);
            check.loss(losses.gaussian(check.input("gaussian mean 2", 6, 5, 1), check.input("s", 1, 5, 0.5), -6, grey, upstream), upstream);
        });
    }

    @ParameterizedTest
    @EnumSource(Posterior.class)
    void samples(Posterior posterior) {
        GradientCheck.check(backend, 5, check -> {
            Tensor head = check.input("head", 3, posterior.headWidth(4), 0.5);
            check.project(new CodeOps(check.tape(), check.state()).sample(posterior, head, 4, 2));
        });
    }

    @ParameterizedTest
    @EnumSource(Posterior.class)
    void kl(Posterior posterior) {
        GradientCheck.check(backend, 6, check -> {
            CodeOps ops = new CodeOps(check.tape(), check.state());
            Tensor head = check.input("head", 3, posterior.headWidth(4), 0.5);
            LossWeights upstream = check.upstream(3);
            check.loss(ops.kl(posterior, head, 4, PriorHead.STANDARD, null, upstream), upstream);
            PriorHead learned = new PriorHead(check.input("prior", 3, 8, 0.5), -8);
            check.loss(ops.kl(posterior, head, 4, learned, null, upstream), upstream);
        });
    }

    @Test
    void freeBits() {
        GradientCheck.check(backend, 7, check -> {
            CodeOps ops = new CodeOps(check.tape(), check.state());
            Tensor head = check.input("head", 3, 12, 1);
            CodeOps.FreeBits free = ops.freeBits(ops.klPerDimension(head, 6, PriorHead.STANDARD), 0.5f);
            ops.kl(Posterior.DIAGONAL, head, 6, PriorHead.STANDARD, free.gate(), LossWeights.constant(check.tape(), 3, 1f / 3));
            check.loss(free.value(), 1);
        });
    }

    @ParameterizedTest
    @EnumSource(Posterior.class)
    void sampledKl(Posterior posterior) {
        GradientCheck.check(backend, 8, check -> {
            CodeOps ops = new CodeOps(check.tape(), check.state());
            Tensor head = check.input("head", 3, posterior.headWidth(4), 0.5);
            LossWeights upstream = check.upstream(6);
            Tensor z = ops.sample(posterior, head, 4, 2);
            check.loss(ops.sampledKl(posterior, head, z, PriorHead.STANDARD, upstream), upstream);
            PriorHead learned = new PriorHead(check.input("prior", 3, 8, 0.5), -8);
            check.loss(ops.sampledKl(posterior, head, z, learned, upstream), upstream);
        });
    }

    /** Draws under keys are for scoring: a tape that wants their gradient, or keys of another batch, are refused. */
    @Test
    void keyedDrawsHaveNoGradient() {
        GradientCheck.run(backend, 17, check -> {
            Buffer keys = check.tape().scope().buffer(ElementType.INT32, 6);
            CodeOps ops = new CodeOps(check.tape(), check.state(), keys);
            Tensor head = check.input("head", 3, 8, 0.5);
            Tensor constant = check.constant("constant", 3, 8, -1, 1);
            Exception sample = assertThrows(IllegalArgumentException.class, () -> ops.sample(Posterior.DIAGONAL, head, 4, 2));
            assertEquals(
                    "sample: keyed draws have no gradient: head=head [3, 8], expected a head that the tape does not watch; or leave out the keys",
                    sample.getMessage());
            Tensor z = ops.sample(Posterior.DIAGONAL, constant, 4, 2);
            Exception kl = assertThrows(IllegalArgumentException.class,
                    () -> ops.sampledKl(Posterior.DIAGONAL, head, z, PriorHead.STANDARD, null));
            assertTrue(kl.getMessage().startsWith("sampled-kl: keyed draws have no gradient: head=head [3, 8]"), kl.getMessage());
            ops.sampledKl(Posterior.DIAGONAL, constant, z, PriorHead.STANDARD, null);
            CodeOps fewer = new CodeOps(check.tape(), check.state(), keys.slice(0, 4));
            Exception misfit = assertThrows(IllegalArgumentException.class, () -> fewer.sample(Posterior.DIAGONAL, constant, 4, 2));
            assertEquals("sample: keys do not match: keys=INT32[4], expected INT32[6], two words for each row of constant [3, 8]",
                    misfit.getMessage());
        });
    }

    @Test
    void importanceWeightedBound() {
        GradientCheck.check(backend, 9, check -> {
            CodeOps ops = new CodeOps(check.tape(), check.state());
            Tensor head = check.input("head", 2, 6, 0.5);
            Tensor z = ops.sample(Posterior.DIAGONAL, head, 3, 4);
            Tensor weights = check.tape().scope().tensor("weights", 8, 1);
            LossWeights upstream = new LossWeights(weights, false);
            Tensor logits = new Ops(check.tape()).dense("decoder", z, check.input("w", 5, 3, 1), null, Activation.IDENTITY).output();
            Tensor nll = new LossOps(check.tape()).pointwise(PointwiseLoss.BERNOULLI, logits, check.constant("x", 2, 5, 0, 1), upstream);
            Tensor cost = ops.sampledKl(Posterior.DIAGONAL, head, z, PriorHead.STANDARD, upstream);
            Tensor value = check.tape().scope().tensor("bound", 2, 1);
            ops.importanceBound(nll, cost, 0.5f, value, weights);
            check.loss(value, LossWeights.constant(check.tape(), 2, 0.5f));
        });
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, names = {"SIGMOID", "TANH"})
    void sparsity(Activation activation) {
        GradientCheck.check(backend, 10, check -> {
            Tensor h = new Ops(check.tape()).dense("code", check.input("x", 6, 3, 1), check.input("w", 4, 3, 1), null, activation).output();
            check.loss(new PenaltyOps(check.tape()).sparsity(h, activation == Activation.TANH, 0.1f, 0.7f, null, 0).value(), 0.7f);
            LossWeights upstream = check.upstream(6);
            check.loss(new PenaltyOps(check.tape()).l1(h, upstream), upstream);
        });
    }

    @Test
    void weightDecay() {
        GradientCheck.check(backend, 11,
                check -> check.loss(new PenaltyOps(check.tape()).weightDecay(check.input("w", 3, 4, 1), 0.3f), 0.3f));
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void contractionOfOneLayer(Activation activation) {
        GradientCheck.check(backend, 12, check -> {
            PenaltyOps ops = new PenaltyOps(check.tape());
            Tensor w = check.input("w", 4, 5, 0.5);
            Activated code = new Ops(check.tape()).dense("code", check.input("x", 3, 5, 1), w, check.input("b", 1, 4, 0.5), activation);
            LossWeights upstream = check.upstream(3);
            check.loss(ops.contraction(code, ops.rowSquaredNorms(w), upstream), upstream);
            check.project(code.output());
        });
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, names = {"SIGMOID", "TANH", "GELU", "SILU", "SOFTPLUS"})
    void contractionBetweenNeighbours(Activation activation) {
        GradientCheck.check(backend, 13, check -> {
            PenaltyOps ops = new PenaltyOps(check.tape());
            Ops layers = new Ops(check.tape());
            Tensor w = check.input("w", 4, 5, 0.5);
            Activated code = layers.dense("code", check.input("x", 3, 5, 1), w, null, activation);
            Activated there = layers.dense("neighbour", check.input("x'", 3, 5, 1), w, null, activation);
            LossWeights upstream = check.upstream(3);
            check.loss(ops.contractionDifference(code, there, ops.rowSquaredNorms(w), upstream), upstream);
        });
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void contractionOfTwoLayers(Activation activation) {
        GradientCheck.check(backend, 14, check -> {
            PenaltyOps ops = new PenaltyOps(check.tape());
            Ops layers = new Ops(check.tape());
            Tensor w1 = check.input("w1", 4, 5, 0.5);
            Tensor w2 = check.input("w2", 3, 4, 0.5);
            Activated hidden = layers.dense("hidden", check.input("x", 2, 5, 1), w1, check.input("b", 1, 4, 0.5), activation);
            Activated code = layers.dense("code", hidden.output(), w2, null, activation);
            Tensor jacobian = layers.product("jacobian", ops.scaleColumns(hidden, ops.scaleRows(code, w2)), w1, false);
            LossWeights upstream = check.upstream(2);
            check.loss(ops.squaredNorm(jacobian, 2, 0.5f, upstream), upstream);
        });
    }

    @Test
    void aWrongGradientIsCaught() {
        List<String> wrong = GradientCheck.run(backend, 15, check -> {
            Tensor x = check.input("x", 3, 4, 1);
            LossWeights upstream = check.upstream(3);
            // The objective believes the term counts twice as much as its gradient does.
            check.loss(new LossOps(check.tape()).pointwise(PointwiseLoss.BERNOULLI, x, check.constant("t", 3, 4, 0, 1), upstream),
                    new LossWeights(check.constant("other", 3, 1, 2, 2.5), true));
        });
        assertEquals(1, wrong.size());
        assertTrue(wrong.get(0).startsWith("gradient of x [3, 4]: "), wrong.get(0));
    }

    @Test
    void misfitsAreRefusedByName() {
        GradientCheck.run(backend, 16, check -> {
            Tensor x = check.input("x", 3, 4, 1);
            Tensor w = check.input("w", 2, 5, 1);
            Exception refused = assertThrows(IllegalArgumentException.class,
                    () -> new Ops(check.tape()).dense("layer", x, w, null, Activation.RELU));
            assertEquals("dense layer: input has another shape: input=x [3, 4], expected [3, 5]", refused.getMessage());
            Exception target = assertThrows(IllegalArgumentException.class,
                    () -> new LossOps(check.tape()).pointwise(PointwiseLoss.BERNOULLI, x, w, null));
            assertEquals("bernoulli: target has another width: target=w [2, 5], expected 4 columns", target.getMessage());
        });
    }
}
