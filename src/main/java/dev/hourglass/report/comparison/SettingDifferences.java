package dev.hourglass.report.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hourglass.train.Configuration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The settings of {@code config.json} in which runs differ; not the preset's name nor what the data taught (the {@code schema}). */
final class SettingDifferences {
    /** What a run shows for a key that it lacks, such as one of another likelihood. */
    static final String ABSENT = "-";
    private static final String PENALTIES = "model.penalties";
    private static final List<String> PARTS = List.of("model", "training", "data", "device");

    private SettingDifferences() {
    }

    /** Returns key to value in each run, for the keys whose values are not the same in all. */
    static Map<String, List<String>> of(List<Configuration> configurations) {
        List<Map<String, String>> settings = configurations.stream().map(SettingDifferences::flat).toList();
        Set<String> keys = new LinkedHashSet<>();
        settings.forEach(one -> keys.addAll(one.keySet()));
        Map<String, List<String>> different = new LinkedHashMap<>();
        for (String key : keys) {
            List<String> values = settings.stream().map(one -> one.getOrDefault(key, ABSENT)).toList();
            if (values.stream().distinct().count() > 1) {
                different.put(key, values);
            }
        }
        return different;
    }

    private static Map<String, String> flat(Configuration configuration) {
        JsonNode all = ComparedRun.tree(configuration.toJson());
        Map<String, String> settings = new LinkedHashMap<>();
        PARTS.forEach(part -> flatten(part, all.path(part), settings));
        settings.remove("model.preset");
        return settings;
    }

    private static void flatten(String key, JsonNode node, Map<String, String> settings) {
        if (node.isObject()) {
            node.properties().forEach(field -> flatten(key + "." + field.getKey(), field.getValue(), settings));
        } else if (key.equals(PENALTIES)) {
            // By kind, so that the same penalty of two runs is compared wherever it stands in the list.
            node.forEach(part -> part.properties().forEach(field -> {
                if (!field.getKey().equals("kind")) {
                    flatten(key + "[" + part.path("kind").asText() + "]." + field.getKey(), field.getValue(), settings);
                }
            }));
        } else if (node.isArray()) {
            List<String> values = new ArrayList<>();
            node.forEach(value -> values.add(value.asText()));
            settings.put(key, values.isEmpty() ? "none" : String.join(",", values));
        } else {
            settings.put(key, node.asText());
        }
    }
}
