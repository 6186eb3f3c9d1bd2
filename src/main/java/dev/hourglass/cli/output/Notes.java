package dev.hourglass.cli.output;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import java.util.Arrays;
import java.util.Objects;

/** Tells on stderr what a reader of data guessed or left out, each line once. */
public final class Notes {
    private Notes() {
    }

    /** Tells the notes of examples, null ones left out. */
    public static void tell(Examples... examples) {
        tell(Arrays.stream(examples).filter(Objects::nonNull)
                .flatMap(each -> Arrays.stream(new Dataset[] {each.features(), each.conditions()}))
                .toArray(Dataset[]::new));
    }

    /** Tells the notes of data sets, null ones left out. */
    public static void tell(Dataset... data) {
        Arrays.stream(data).filter(Objects::nonNull).flatMap(each -> each.notes().stream()).distinct().forEach(System.err::println);
    }
}
