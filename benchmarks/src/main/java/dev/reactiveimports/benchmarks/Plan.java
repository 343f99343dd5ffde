package dev.reactiveimports.benchmarks;

import java.util.Arrays;
import java.util.List;

/** How much of what to measure. */
record Plan(boolean full, List<String> sections) {

    static final List<String> SECTIONS = List.of("listing", "work", "watch", "first", "cold", "memory", "jmh");

    /** {@code quick} or {@code full}, then the sections, all of them if none is named. */
    static Plan of(String text) {
        List<String> words = Arrays.asList(text.split(","));
        List<String> sections = words.stream().filter(SECTIONS::contains).toList();
        if (words.size() - sections.size() > 1 || !List.of("quick", "full").contains(words.get(0))) {
            throw new IllegalArgumentException("quick or full, then any of " + SECTIONS + ", with commas between");
        }
        return new Plan(words.get(0).equals("full"), sections.isEmpty() ? SECTIONS : sections);
    }

    boolean has(String section) {
        return sections.contains(section);
    }

    boolean isWhole() {
        return sections.equals(SECTIONS);
    }

    int rounds() {
        return full ? 5 : 3;
    }

    /** One figure for a quick run, one for a full one. */
    int pick(int quick, int whole) {
        return full ? whole : quick;
    }
}
