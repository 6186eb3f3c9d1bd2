/**
 * Matrix product and inner loops in {@code jdk.incubator.vector}, reached by reflection from {@code dev.hourglass.backend.cpu.Engine} after it has seen
 * that the module is there.
 *
 * <p>The one rule: a single vector shape, {@code SPECIES_PREFERRED}, in the whole process. C2 keeps vectors in registers only while the call sites inside
 * the library see one species; a second one turns every operation into a heap allocation.
 *
 * <p>Vectors are fast only when C2 has compiled what uses them, about a second after the start of the JVM. {@code Warmup} has that done beside the work; plain
 * loops with the same bits serve until then: {@code PlainTile} for the matrix product, the plain form of each {@code Gradual} operation elsewhere.
 *
 * <p>May import: {@code backend}, {@code backend.cpu}; {@code jdk.incubator.vector}.
 */
package dev.hourglass.backend.cpu.vector;
