/**
 * How the program speaks: the one form of a refusal, the written form of a constant, and what someone probably meant.
 *
 * <p>The one rule: a message is one line that says what, where, what was found and what was expected.
 *
 * <p>May import: nothing of this project.
 */
package dev.hourglass.message;
