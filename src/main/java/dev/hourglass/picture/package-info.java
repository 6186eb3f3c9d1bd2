/**
 * Pictures of a run, as PNG files: {@link dev.hourglass.picture.PictureGrid} (samples, originals above reconstructions),
 * {@link dev.hourglass.picture.FeatureChart} (the same for data that are no pictures), {@link dev.hourglass.picture.LossChart} and
 * {@link dev.hourglass.picture.LatentScatter}.
 *
 * <p>The one rule: a picture shows what it was given and nothing else: no smoothing, values that are not finite are marked or counted, axes name
 * their units. The same input gives the same file on the same machine. No display is needed.
 *
 * <p>May import: {@code data}, {@code io}, {@code message}; the JDK (java.awt), xchart for line charts.
 */
package dev.hourglass.picture;
