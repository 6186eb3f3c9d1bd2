/** Hourglass, the autoencoder engine of the JVM. */
package dev.hourglass;
