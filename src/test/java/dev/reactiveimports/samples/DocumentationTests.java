package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README and the guides show what the samples hold, to the letter, so that the build compiles and runs it. */
class DocumentationTests {

    private static final Path README = Path.of("README.md");
    private static final Path GUIDES = Path.of("src/site/markdown");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(#[^)]*)?\\)");

    @Test
    void everyJavaBlockIsInASample() throws IOException {
        List<String> samples = snippetsOfSamples();
        for (Path page : pages()) {
            assertThat(between(Files.readAllLines(page), "```java", "```"))
                    .allSatisfy(
                            block -> assertThat(samples).as("%s shows", page).contains(block));
        }
    }

    @Test
    void everySnippetIsShown() throws IOException {
        List<String> shown = new ArrayList<>();
        for (Path page : pages()) {
            shown.addAll(between(Files.readAllLines(page), "```java", "```"));
        }
        assertThat(shown).isNotEmpty().containsAll(snippetsOfSamples());
    }

    @Test
    void everyRelativeLinkLeadsToAFile() throws IOException {
        int links = 0;
        for (Path page : pages()) {
            for (String target : LINK.matcher(Files.readString(page))
                    .results()
                    .map((MatchResult link) -> link.group(1))
                    .filter(target -> !target.isEmpty() && !target.contains("://"))
                    .toList()) {
                assertThat(page.toAbsolutePath().resolveSibling(target))
                        .as("%s links to %s", page, target)
                        .exists();
                links++;
            }
        }
        assertThat(links).isGreaterThan(10);
    }

    @Test
    void everyGuideIsReachedFromTheReadme() throws IOException {
        String readme = Files.readString(README);
        for (Path page : pages()) {
            if (!page.equals(README)) {
                assertThat(readme).contains("(" + page.toString().replace('\\', '/') + ")");
            }
        }
    }

    @Test
    void theReadmeIsReadInTenMinutes() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThan(230);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(README));
        try (Stream<Path> files = Files.list(GUIDES)) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
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
