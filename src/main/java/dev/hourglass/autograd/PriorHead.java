package dev.hourglass.autograd;

import dev.hourglass.backend.Buffer;
import dev.hourglass.tensor.Tensor;

/**
 * The prior of a code.
 *
 * @param head [rows, 2 latent] of a learned prior p(z|c), or null for N(0, I)
 * @param floor lower bound of its log variance
 */
public record PriorHead(Tensor head, float floor) {
    /** N(0, I). */
    public static final PriorHead STANDARD = new PriorHead(null, 0);

    Buffer buffer() {
        return head == null ? null : head.buffer();
    }
}
