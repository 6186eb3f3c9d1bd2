/** What tests share: the emulated CUDA driver. Its rule: nothing here replaces production code, it only stands around it. */
package dev.hourglass.testkit;
