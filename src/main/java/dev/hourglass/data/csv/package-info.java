/**
 * Tables as text: {@link dev.hourglass.data.csv.Csv} reads the chosen columns as numbers, {@link dev.hourglass.data.csv.CsvTable} keeps the texts besides.
 *
 * <p>One rule: separator, header and decimal comma are told from the text or from the options, and a doubtful guess is a note of the data set.
 *
 * <p>May import: {@code data}, {@code data.file}, {@code message}; the JDK and fastcsv.
 */
package dev.hourglass.data.csv;
