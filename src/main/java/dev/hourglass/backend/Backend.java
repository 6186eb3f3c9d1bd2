package dev.hourglass.backend;

/**
 * What a device can do: memory, recorded programs and about forty primitives on buffers.
 *
 * <p>Conventions. Matrices are row-major and contiguous; {@code [rows, columns]} names their shape. Buffers are FLOAT32 unless said otherwise.
 * Every parameter is read unless its line says <em>Modified</em>. {@code accumulate} chooses between adding to a target (true) and setting it
 * (false; what was there, NaN included, does not matter). A parameter marked <em>nullable</em> may be null: it is then neither read nor written.
 * Buffers do not overlap unless a line allows it. Arguments are trusted: shapes are validated once, in {@code autograd.Ops}.
 *
 * <p>Loss primitives give the value of each example and, in the same pass when {@code upstream} and the gradient target are given, the gradient
 * of sum_r upstream[r] value[r]. Losses are in nats, constants kept. Sums run in double (CPU) or in a fixed tree order (CUDA): the same inputs
 * give the same bits on every run and for every number of threads of one device. CPUs with vectors of the same width are one device, and so are GPUs of one
 * model with one version of cuBLAS; between others, such as AVX2 and AVX-512, some sums add in another order and last bits may differ.
 *
 * <p>Random primitives draw from Philox4x32-10 with key = the seed of the step state and counter = (element/4, state.step, stream, 0), word
 * element mod 4; element is the flat index in the output named there, unless keys are given. Uniforms and normals are those of {@link Philox},
 * bit-equal on every device.
 *
 * <p>Work is ordered as called. It may still be running when a method returns; {@code read} and {@link #synchronize} wait.
 */
public interface Backend extends AutoCloseable {

    // ---- device and memory ------------------------------------------------------------------------------------------------------------

    /** Returns one line for people: kind of device, name, what it computes with. */
    String description();

    /** Returns a new buffer; its contents are undefined. The caller releases it. */
    Buffer allocate(ElementType type, long length);

    /** Gives a buffer that {@link #allocate} returned back. Using it or a slice of it afterwards is an error. */
    void release(Buffer buffer);

    /** Returns the bytes allocated and not released. */
    long liveBytes();

    /** Copies {@code length} elements from {@code source[offset]} on into {@code target} (FLOAT32; Modified). The array may be changed on return. */
    void write(Buffer target, float[] source, int offset, int length);

    /** The same for UINT8. */
    void write(Buffer target, byte[] source, int offset, int length);

    /** The same for INT32. */
    void write(Buffer target, int[] source, int offset, int length);

    /** Copies all of {@code source} (FLOAT32) to {@code target[offset]} on, after everything called before has finished. */
    void read(Buffer source, float[] target, int offset);

    /** The same for FLOAT64. */
    void read(Buffer source, double[] target, int offset);

    /** The same for INT32. */
    void read(Buffer source, int[] target, int offset);

    /** Waits until everything called before has finished. */
    void synchronize();

    /** Records the primitives that {@code step} calls. {@code step} may run once or more, now or later, and must call the same primitives on the same buffers each time; it must not allocate device memory that outlives it, read or write host memory. */
    Program record(Runnable step);

    /** Releases the device. Buffers still live are a leak and are named by {@link #liveBytes}. */
    @Override
    void close();

    // ---- fills, copies, sums ----------------------------------------------------------------------------------------------------------

    /** target[i] = value. {@code target}, FLOAT32 or FLOAT64: Modified. */
    void fill(Buffer target, float value);

    /** target[i] = scale * float at {@code word} of the state. {@code state} INT32[16]; {@code target}: Modified. */
    void fillFromState(Buffer state, int word, float scale, Buffer target);

    /** target[i] = source[i], types and lengths equal. {@code target}: Modified. */
    void copy(Buffer source, Buffer target);

    /** target[i] += scale * source[i]. {@code target}: Modified. */
    void add(float scale, Buffer source, Buffer target);

    /**
     * Copies a block of columns: target[r, targetColumn + c] (+)= source[r / repeats, sourceColumn + c], r in [0, rows), c in [0, columns).
     *
     * @param rows rows of the target
     * @param repeats how many target rows each source row serves (1 for a plain copy)
     * @param sourceWidth columns of a source row; {@code targetWidth} those of a target row
     * @param target Modified in the block only
     */
    void copyColumns(int rows, int columns, int repeats, Buffer source, int sourceWidth, int sourceColumn,
            Buffer target, int targetWidth, int targetColumn, boolean accumulate);

    /** {@code target[b, c] (+)= sum_{j < repeats} source[b * repeats + j, c]}; the gradient of repeating rows. {@code rows} of the target; {@code target}: Modified. */
    void sumRepeats(int rows, int columns, int repeats, Buffer source, Buffer target, boolean accumulate);

    /**
     * Adds a term of the objective to the sums of an epoch: metrics[slot] += sum_r values[r] * weight; and, when {@code upstream} is given,
     * metrics[lossSlot] += weight * count * sum_r upstream[r] values[r], so that both divided by the number of examples are nats per example.
     *
     * @param count values, [count]; {@code upstream} [count], nullable
     * @param weight examples each value stands for: 1 for per-example values (upstream then holds weight/count), the batch size for a batch-level value [1]
     * @param metrics FLOAT64; Modified in the two slots
     */
    void accumulate(int count, Buffer values, Buffer upstream, float weight, Buffer metrics, int slot, int lossSlot);

    // ---- dense layers -----------------------------------------------------------------------------------------------------------------

    /**
     * C = alpha op(A) op(B) + beta C, op(A) [m, k], op(B) [k, n], C [m, n]; op transposes when asked, so A is stored [k, m] and B [n, k] then.
     * beta = 0 ignores what C holds. {@code c}: Modified.
     */
    void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Buffer a, Buffer b, float beta, Buffer c);

    /**
     * a = product + bias (bias broadcast over rows), y = f(a). Both [rows, columns].
     *
     * @param product Modified: holds a on return when it is not {@code output}; may be the same buffer as {@code output} unless the activation saves its input
     * @param bias [columns], nullable
     * @param output Modified: y
     */
    void biasActivation(int rows, int columns, Activation activation, Buffer product, Buffer bias, Buffer output);

    /**
     * dPre[r,c] = dOutput[r,c] f'(a[r,c]) + (accumulatePre ? dPre[r,c] : 0); dBias[c] (+)= sum_r dPre[r,c].
     *
     * @param saved a when the activation saves its input, y otherwise
     * @param dOutput nullable: taken as zero (then accumulatePre is true)
     * @param dPre Modified; may be the same buffer as dOutput when accumulatePre is false
     * @param dBias [columns], nullable; Modified
     */
    void biasActivationBackward(int rows, int columns, Activation activation, Buffer saved, Buffer dOutput,
            Buffer dPre, boolean accumulatePre, Buffer dBias, boolean accumulateBias);

    /**
     * A dense layer: a = x W^T + bias (+ pre when {@code accumulate}), y = f(a); x [rows, inputs], a and y [rows, outputs].
     *
     * @param weight W [outputs, inputs], or [inputs, outputs] when {@code transposed} (tied weights)
     * @param bias [outputs], nullable
     * @param pre Modified: holds a on return when it is not {@code output}; may be the same buffer as {@code output} unless the activation saves its input
     * @param output Modified: y
     */
    void dense(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed, boolean accumulate,
            Buffer bias,
            Buffer pre, Buffer output);

    /**
     * The gradients of a dense layer: {@link #biasActivationBackward} gives dPre and dBias, then dx (+)= dPre W and dW (+)= dPre^T x, or x^T dPre
     * when {@code transposed}.
     *
     * @param saved a when the activation saves its input, y otherwise
     * @param dOutput nullable: taken as zero (then accumulatePre is true)
     * @param dPre Modified; may be the same buffer as dOutput when accumulatePre is false
     * @param dx [rows, inputs], nullable; Modified
     * @param dWeight shaped as {@code weight}, nullable; Modified
     * @param dBias [outputs], nullable; Modified
     */
    void denseBackward(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed, Buffer saved,
            Buffer dOutput, Buffer dPre, boolean accumulatePre, Buffer dx, boolean accumulateX, Buffer dWeight, boolean accumulateWeight,
            Buffer dBias, boolean accumulateBias);

    // ---- batches ----------------------------------------------------------------------------------------------------------------------

    /**
     * Gathers a batch: v = scale[c] * (data[order[state.row + r], c] - shift[c]); clean[r,c] = binarised v; corrupted[r,c] = noise(clean[r,c]).
     * Streams BINARIZATION and CORRUPTION; element r * columns + c. DYNAMIC: {@code clean = (u < v) ? 1 : 0}. MASKING: {@code u < p} gives 0.
     * SALT_AND_PEPPER: {@code u < p/2} gives 0, {@code u < p} gives 1. GAUSSIAN: clean + sigma n.
     *
     * @param data [N, columns] UINT8 or FLOAT32
     * @param order INT32 row numbers of the epoch
     * @param state INT32[16]
     * @param shift length 1 or columns, as {@code scale}
     * @param clean Modified
     * @param corrupted nullable when noise is NONE; Modified
     */
    void gather(int rows, int columns, Buffer data, Buffer order, Buffer state, Buffer shift, Buffer scale,
            Binarization binarization, Noise noise, Buffer clean, Buffer corrupted);

    /** target[r, classes] = one-hot of labels[order[state.row + r]]; {@code labels} and {@code order} INT32; {@code target}: Modified. */
    void gatherOneHot(int rows, int classes, Buffer labels, Buffer order, Buffer state, Buffer target);

    /** target = noise(source), [rows, columns], as in {@link #gather} with the given stream. {@code target}: Modified. */
    void corrupt(int rows, int columns, Noise noise, Buffer state, RandomStream stream, Buffer source, Buffer target);

    /** target[i] = +1 or -1 with equal odds: +1 when the top bit of the element's word is 0; stream PROBES. {@code target}: Modified. */
    void signs(Buffer state, Buffer target);

    // ---- likelihoods: value[r] = -log p(target[r / samples] | parameters[r]) ----------------------------------------------------------

    /**
     * A loss of single elements, summed over each row: the formulas of value and gradient stand with the constants of {@link PointwiseLoss}.
     *
     * @param samples parameter rows per target row: row r is compared with target row r / samples; target is [rows / samples, columns]
     * @param parameters [rows, columns]
     * @param upstream [rows], nullable when gradient is null
     * @param value [rows], nullable; Modified
     * @param gradient [rows, columns], of the parameters, nullable; Modified
     */
    void pointwiseLoss(PointwiseLoss loss, int rows, int columns, int samples, Buffer parameters, Buffer target, Buffer upstream,
            Buffer value, Buffer gradient, boolean accumulate);

    /**
     * Gaussian: with s = max(logVariance, floor), value[r] = sum_c 0.5 (log 2 pi + s + (x - m)^2 e^-s); dMean = upstream[r] (m - x) e^-s;
     * dLogVariance = sum over what shares it of upstream[r] 0.5 (1 - (x-m)^2 e^-s), 0 where {@code logVariance < floor}. Parameters as
     * {@link #pointwiseLoss}.
     *
     * @param logVariance length 1 (shared by all features) or columns
     * @param dLogVariance length as logVariance, nullable; Modified
     */
    void gaussian(int rows, int columns, int samples, Buffer mean, Buffer logVariance, float floor, Buffer target, Buffer upstream,
            Buffer value, Buffer dMean, boolean accumulateMean, Buffer dLogVariance, boolean accumulateLogVariance);

    // ---- codes ------------------------------------------------------------------------------------------------------------------------

    /**
     * Reparameterised samples z[r] = mu + B eps from head row r / samples; z [rows, latent], rows = examples * samples. Stream SAMPLING,
     * element r * latent + j. With {@code keys} example b draws under key (keys[2b], keys[2b+1]) instead of the seed, and its elements count from 0:
     * element (r mod samples) * latent + j. What an example draws then does not depend on where it stands in the batch.
     *
     * @param head [rows / samples, posterior.headWidth(latent)]
     * @param keys INT32 [2 * rows / samples], nullable: low and high word of a key per example
     * @param z Modified
     */
    void sample(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer keys, Buffer z);

    /**
     * Gradient of {@link #sample} without keys: DIAGONAL dmu += u, ds += 0.5 u eps e^(s/2); FULL dmu += u, db_ij += u_i eps_j, dd_i += u_i eps_i B_ii,
     * summed over the samples of an example. eps is drawn again from the state.
     *
     * @param dHead shape of head; Modified
     */
    void sampleBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer dz,
            Buffer dHead, boolean accumulate);

    /**
     * Analytic KL(q(z|x) || p), one value per example; p is N(0, I), or the diagonal Gaussian of {@code prior} [rows, 2 latent] = [m2 | s2] with
     * s2 = max(s2, priorFloor), gradient 0 below. MATH: DIAGONAL 0.5 sum_j (s2 - s1 + e^(s1-s2) + (m1-m2)^2 e^-s2 - 1); FULL
     * 0.5 sum_j (s2_j + (sum_i B_ji^2 + (m1-m2)_j^2) e^-s2_j - 1) - sum_j d_j.
     *
     * @param prior nullable: N(0, I)
     * @param gate [latent], nullable: factor on the gradient of each dimension (free bits; DIAGONAL only); the value is never gated
     * @param upstream [rows], nullable when dHead is null
     * @param value [rows], nullable; Modified
     * @param dHead nullable; Modified
     * @param dPrior nullable; Modified
     */
    void kl(Posterior posterior, int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer gate, Buffer upstream,
            Buffer value, Buffer dHead, boolean accumulateHead, Buffer dPrior, boolean accumulatePrior);

    /** mean[j] = (1/rows) sum_r KL of dimension j, DIAGONAL; {@code prior} nullable as in {@link #kl}; {@code mean} [latent]: Modified. */
    void klPerDimension(int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer mean);

    /**
     * Free bits (Kingma et al. 2016, eq. 15): value[0] = sum_j max(minimum, mean[j]); gate[j] = mean[j] > minimum ? 1 : 0.
     *
     * @param mean [latent], from {@link #klPerDimension}
     * @param gate [latent]; Modified
     * @param value [1]; Modified
     */
    void freeBits(int latent, float minimum, Buffer mean, Buffer gate, Buffer value);

    /**
     * One-sample KL: value[r] = log q(z_r | x) - log p(z_r), z_r the sample of {@link #sample} with this state and these keys (its eps drawn again):
     * log q = -0.5 |eps|^2 - log|det B| - (K/2) log 2 pi; log p under N(0, I) or {@code prior} [rows / samples, 2 latent].
     * With keys z and eps of an example are the same bits in any batch; so is the value while latent is at most 64, beyond which a device may add in
     * another order when the number of rows is another.
     *
     * @param keys nullable, as in {@link #sample}
     * @param z [rows, latent]
     * @param value [rows]; Modified
     */
    void sampledKl(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor, Buffer state,
            Buffer keys,
            Buffer z, Buffer value);

    /**
     * Gradient of sum_r upstream[r] value[r] of {@link #sampledKl} without keys, with eps held fixed: into z through -log p(z), into the head through
     * -log|det B| only (DIAGONAL ds_j -= 0.5 u, FULL dd_j -= u; mu and off-diagonals get 0; the path through z is the caller's), into the prior.
     *
     * @param dz [rows, latent]; Modified
     * @param dHead Modified
     * @param dPrior nullable; Modified
     */
    void sampledKlBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor,
            Buffer z, Buffer upstream, Buffer dz, boolean accumulateZ, Buffer dHead, boolean accumulateHead,
            Buffer dPrior, boolean accumulatePrior);

    /**
     * Importance-weighted bound: w[b,j] = -(nll[b k + j] + cost[b k + j]); value[b] = -(logsumexp_j w - log k); weights[b k + j] = scale softmax_j(w).
     *
     * @param rows examples b
     * @param samples k
     * @param nll [rows * samples]; {@code cost} the same, from {@link #sampledKl}
     * @param value [rows]; Modified
     * @param weights [rows * samples]; Modified
     */
    void importanceWeights(int rows, int samples, Buffer nll, Buffer cost, float scale, Buffer value, Buffer weights);

    /**
     * Aggregate posterior without an N x N matrix: logSum[i] = logsumexp_n log q(z_i | x_n) over the given heads (log N not subtracted).
     *
     * @param count samples z [count, latent]
     * @param points heads [points, headWidth]
     * @param logSum [count]; Modified
     */
    void aggregateLogDensity(Posterior posterior, int count, int points, int latent, Buffer z, Buffer head, Buffer logSum);

    // ---- penalties --------------------------------------------------------------------------------------------------------------------

    /**
     * Batch-level sparsity: m_j = (1/rows) sum_r h_rj; with a running mean r_j = momentum running_j + (1 - momentum) m_j, otherwise r_j = m_j;
     * on a signed (tanh) code r_j := (1 + r_j)/2; clamped to [1e-6, 1 - 1e-6]. value[0] = sum_j rho log(rho/r_j) + (1-rho) log((1-rho)/(1-r_j));
     * dh_rj (+)= weight (dm_j/dh = 1/rows, times (1 - momentum) with a running mean, times 1/2 when signed) (-rho/r_j + (1-rho)/(1-r_j)),
     * 0 where clamped.
     *
     * @param mean [columns]; Modified: m_j
     * @param running [columns], nullable; Modified: becomes the new running mean (of h)
     * @param value [1]; Modified
     * @param dh [rows, columns], nullable; Modified
     */
    void sparsity(int rows, int columns, Buffer h, boolean signed, float rho, float weight, Buffer mean, Buffer running, float momentum,
            Buffer value, Buffer dh, boolean accumulate);

    /** L1: value[r] = sum_c |h|; dh (+)= upstream[r] sign(h), sign(0) = 0. {@code value} nullable, {@code dh} nullable: Modified. */
    void l1(int rows, int columns, Buffer h, Buffer upstream, Buffer value, Buffer dh, boolean accumulate);

    /** Weight decay: value[0] = 0.5 sum w^2; dw (+)= lambda w. {@code value} [1], nullable, {@code dw} nullable: Modified. */
    void weightDecay(Buffer weights, float lambda, Buffer value, Buffer dw, boolean accumulate);

    /** norms[r] = sum_c w[r,c]^2. {@code norms} [rows]: Modified. */
    void rowSquaredNorms(int rows, int columns, Buffer w, Buffer norms);

    /** dw[r,c] (+)= 2 upstream[r] w[r,c]: the gradient of {@link #rowSquaredNorms}. {@code dw}: Modified. */
    void rowSquaredNormsBackward(int rows, int columns, Buffer w, Buffer upstream, Buffer dw, boolean accumulate);

    /**
     * Contractive penalty of one layer in closed form (Rifai et al. 2011, eq. 7): value[r] = sum_j g_rj^2 norms_j, g = f'(a).
     * dPre_rj (+)= upstream[r] 2 g f''(a) norms_j; dNorms_j (+)= sum_r upstream[r] g_rj^2.
     *
     * @param saved [rows, columns], a or y as the activation saves
     * @param norms [columns]: squared norms of the weight rows
     * @param value [rows], nullable; Modified
     * @param dPre nullable; Modified
     * @param dNorms [columns], nullable; Modified
     */
    void contraction(int rows, int columns, Activation activation, Buffer saved, Buffer norms, Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNorms, boolean accumulateNorms);

    /**
     * Hessian term of CAE+H for one layer: value[r] = sum_j (g_rj - g'_rj)^2 norms_j with g at x and g' at its neighbour; gradients as in
     * {@link #contraction}: dPre (+)= upstream 2 (g - g') f''(a) norms, dNeighbourPre (+)= -upstream 2 (g - g') f''(a') norms,
     * dNorms (+)= sum_r upstream (g - g')^2; a' is the pre-activation at the neighbour.
     */
    void contractionDifference(int rows, int columns, Activation activation, Buffer saved, Buffer savedNeighbour, Buffer norms,
            Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNeighbourPre, boolean accumulateNeighbour,
            Buffer dNorms, boolean accumulateNorms);

    /**
     * First rows of a Jacobian from the code side: out[b,i,j] = g[b,i] w[i,j], g = f'(a) of the code layer; out [rows * latent, columns].
     *
     * @param saved [rows, latent]
     * @param w [latent, columns]
     * @param out Modified
     */
    void scaleRows(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer out);

    /**
     * Gradient of {@link #scaleRows}: dw[i,j] (+)= sum_b g[b,i] dOut[b,i,j]; dPre[b,i] (+)= f''(a[b,i]) sum_j w[i,j] dOut[b,i,j].
     *
     * @param dw [latent, columns]; Modified
     * @param dPre [rows, latent]; Modified
     */
    void scaleRowsBackward(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer dOut,
            Buffer dw, boolean accumulateWeight, Buffer dPre, boolean accumulatePre);

    /**
     * One step of a Jacobian through an activation: out[b,i,j] = r[b,i,j] g[b,j], r and out [rows * count, columns].
     *
     * @param saved [rows, columns]
     * @param out Modified
     */
    void scaleColumns(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer out);

    /**
     * Gradient of {@link #scaleColumns}: dr[b,i,j] = dOut[b,i,j] g[b,j]; dPre[b,j] (+)= f''(a[b,j]) sum_i r[b,i,j] dOut[b,i,j].
     *
     * @param dr nullable (r is a constant); Modified; may be the same buffer as dOut
     * @param dPre [rows, columns]; Modified
     */
    void scaleColumnsBackward(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer dOut,
            Buffer dr, Buffer dPre, boolean accumulatePre);

    /** Frobenius norm: value[b] = scale sum_c r[b,c]^2, r [rows, columns]; dr = 2 scale upstream[b] r. {@code value} nullable, {@code dr} nullable: Modified. */
    void squaredNorm(int rows, int columns, float scale, Buffer r, Buffer upstream, Buffer value, Buffer dr);

    // ---- optimizers -------------------------------------------------------------------------------------------------------------------

    /**
     * Norm clipping: state.gradient_norm = ||gradient||; state.clip_scale = min(1, maximum / (norm + 1e-6)); a norm that is not finite gives clip_scale 0.
     *
     * @param state Modified in those two words
     */
    void clipNorm(Buffer gradient, float maximum, Buffer state);

    /**
     * One step of an optimizer: the formulas stand with the constants of {@link UpdateRule}. Numbers that a rule does not use are ignored.
     *
     * @param parameters Modified, as {@code first} and {@code second}
     * @param first length as parameters
     * @param second length as parameters, nullable for rules with one buffer of memory
     * @param decayed how many of the first parameters decay
     */
    void update(UpdateRule rule, Buffer parameters, Buffer gradient, Buffer first, Buffer second, Buffer state, float beta1, float beta2,
            float epsilon, float decay, long decayed);

    /**
     * Ends a step: step += 1; row += rows; table_row = min(table_row + 1, tableRows - 1); learning rate, KL weight and both corrections from that
     * row of the table.
     *
     * @param table [tableRows, 4]
     * @param state Modified
     */
    void advance(int rows, int tableRows, Buffer table, Buffer state);
}
