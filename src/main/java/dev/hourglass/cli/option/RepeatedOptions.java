package dev.hourglass.cli.option;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Refuses an option that is given twice: of two groups of options with one repeated, picocli forgets the rest of the first, without a word. */
public final class RepeatedOptions {
    private RepeatedOptions() {
    }

    /** Looks at the command that was parsed. @throws ParameterException naming the first option that is given twice and takes one value */
    public static void refuse(ParseResult parsed) {
        if (!parsed.hasSubcommand()) {
            return;
        }
        ParseResult command = parsed.subcommand();
        Set<OptionSpec> seen = new HashSet<>();
        List<String> words = parsed.originalArgs();
        for (String word : words.subList(words.indexOf(command.commandSpec().name()) + 1, words.size())) {
            for (OptionSpec option : command.commandSpec().options()) {
                if (!option.isMultiValue() && names(option).anyMatch(name -> word.equals(name) || word.startsWith(name + "="))
                        && !seen.add(option)) {
                    throw new ParameterException(command.commandSpec().commandLine(),
                            option.longestName() + ": it is given twice, expected once; leave one of the two out");
                }
            }
        }
    }

    private static Stream<String> names(OptionSpec option) {
        Stream<String> given = Stream.of(option.names());
        return option.negatable() ? given.flatMap(name -> Stream.of(name, name.replaceFirst("^--", "--no-"))) : given;
    }
}
