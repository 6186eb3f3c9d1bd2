package dev.hourglass.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The stages of docker/Dockerfile. */
final class Dockerfile {
    static final Path FILE = Path.of("docker/Dockerfile");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

    /** An instruction: its word and the rest of the line. */
    record Instruction(String word, String rest) {
        /** The strings of the JSON form. */
        List<String> words() {
            Matcher matcher = QUOTED.matcher(rest);
            List<String> words = new ArrayList<>();
            while (matcher.find()) {
                words.add(matcher.group(1));
            }
            return words;
        }
    }

    /** A stage; {@code instructions} begins with those of the stage it is based on. */
    record Stage(String name, String base, List<Instruction> instructions) {
        /** The last instruction of that word. */
        Instruction last(String word) {
            return all(word).get(all(word).size() - 1);
        }

        List<Instruction> all(String word) {
            return instructions.stream().filter(i -> i.word().equals(word)).toList();
        }
    }

    private Dockerfile() {
    }

    static List<Stage> stages() throws IOException {
        List<Stage> stages = new ArrayList<>();
        String text = Files.readString(FILE).replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n\\s*", "");
        for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
            String[] parts = line.split("\\s+", 2);
            if (parts[0].equals("FROM")) {
                String[] from = parts[1].split("\\s+");
                List<Instruction> inherited = new ArrayList<>();
                stages.stream().filter(s -> s.name().equals(from[0])).forEach(s -> inherited.addAll(s.instructions()));
                stages.add(new Stage(from.length == 3 ? from[2] : "", from[0], inherited));
            } else {
                stages.get(stages.size() - 1).instructions().add(new Instruction(parts[0], parts[1]));
            }
        }
        return stages;
    }

    /** What a COPY takes from the build context: nothing when it copies from another stage. */
    static List<String> sources(Instruction copy) {
        List<String> words = Arrays.stream(copy.rest().split("\\s+")).filter(w -> !w.startsWith("--")).toList();
        return copy.rest().contains("--from=") ? List.of() : words.subList(0, words.size() - 1);
    }
}
