package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README shows what the samples hold, to the letter, so that the build compiles and runs it. */
class ReadmeTests {

    private static final String OPENING = "```java";
    private static final String CLOSING = "```";

    @Test
    void everyJavaBlockStandsInASample() throws IOException {
        List<String> samples = snippetsOfSamples();
        assertThat(blocksOfReadme())
                .isNotEmpty()
                .allSatisfy(block -> assertThat(samples).contains(block));
    }

    @Test
    void everySnippetIsShown() throws IOException {
        assertThat(blocksOfReadme()).containsAll(snippetsOfSamples());
    }

    private static List<String> blocksOfReadme() throws IOException {
        return between(Files.readAllLines(Path.of("README.md")), OPENING, CLOSING);
    }

    private static List<String> snippetsOfSamples() throws IOException {
        List<String> snippets = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/reactiveimports/samples"))) {
            for (Path file : files.sorted().toList()) {
                snippets.addAll(between(Files.readAllLines(file), "// snippet: ", "// end"));
            }
        }
        return snippets;
    }

    /** The lines after one that begins with the opening, up to the one that is the closing, without common indentation. */
    private static List<String> between(List<String> lines, String opening, String closing) {
        List<String> found = new ArrayList<>();
        List<String> current = null;
        for (String line : lines) {
            if (current == null && line.strip().startsWith(opening)) {
                current = new ArrayList<>();
            } else if (current != null && line.strip().equals(closing)) {
                found.add(String.join("\n", current).stripIndent().strip());
                current = null;
            } else if (current != null) {
                current.add(line);
            }
        }
        return found;
    }
}
