package dev.hourglass.evaluate;

import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Code;
import dev.hourglass.model.Specification;

/** The one form of a refused evaluation: {@code evaluate: <fact>: name=value, expected ...}. */
final class Evaluated {
    private Evaluated() {
    }

    static void require(boolean holds, String fact, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("evaluate: " + fact + ": " + name + "=" + value + ", expected " + expected);
        }
    }

    static void requireGaussian(Autoencoder model, String what) {
        Code code = model.specification().code();
        require(code.isGaussian(), what + " needs q(z|x)", "code", Specification.label(code.kind()), "a Gaussian code");
    }
}
