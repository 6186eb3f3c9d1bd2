package dev.hourglass.data;

import dev.hourglass.message.Require;

/**
 * The picture that one row is: pixel (y, x) is column {@code y * width + x}.
 *
 * @param height rows of pixels, at least 1
 * @param width pixels in a row, at least 1
 */
public record PictureShape(int height, int width) {
    /** @throws IllegalArgumentException if a side is less than 1 or the pixels are more than an int counts */
    public PictureShape {
        Require.that(height >= 1 && width >= 1 && (long) height * width <= Integer.MAX_VALUE, "picture shape", "no such picture", "size",
                height + " x " + width, "both at least 1 and at most " + Integer.MAX_VALUE + " pixels");
    }

    /** Number of pixels: height * width. */
    public int size() {
        return height * width;
    }
}
