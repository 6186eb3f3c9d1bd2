package dev.hourglass.data;

/**
 * The picture that one row is: pixel (y, x) is column {@code y * width + x}.
 *
 * @param height rows of pixels, at least 1
 * @param width pixels in a row, at least 1
 */
public record PictureShape(int height, int width) {
    /** @throws IllegalArgumentException if a side is less than 1 or the pixels are more than an int counts */
    public PictureShape {
        if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("picture shape: height=" + height + " width=" + width + ", expected both at least 1");
        }
    }

    /** Number of pixels: height * width. */
    public int size() {
        return height * width;
    }
}
