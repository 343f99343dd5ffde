package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README, the guides and the changelog show what the samples hold, to the letter, so that the build compiles and runs it. */
class DocumentationTests {

    private static final Path README = Path.of("README.md");
    private static final Path GUIDES = Path.of("src/site/markdown");
    private static final Path CHANGELOG = Path.of("CHANGELOG.md");
    private static final Path BENCHMARKS = Path.of("benchmarks/README.md");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Path FILES = Path.of("src/test/resources/dev/reactiveimports/samples");
    private static final Set<String> CHECKED_LANGUAGES = Set.of("java", "xml", "kotlin", "properties", "shell", "json");
    private static final Pattern PROPERTY = Pattern.compile("\"name\": \"reactive-imports\\.([\\w.-]+)\"");
    private static final Pattern TEST_CLASS = Pattern.compile("\\b(\\w+Tests|(?:Reactive|Import)\\w+\\*)(?=[`,' ])");
    private static final Pattern PROFILE = Pattern.compile(" -P([\\w-]+)");
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
        assertThat(shown("java")).isNotEmpty().containsAll(snippetsOfSamples());
    }

    @Test
    void everyJsonBlockIsAFileOfASample() throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> paths = Files.list(FILES)) {
            for (Path path :
                    paths.filter(path -> path.toString().endsWith(".json")).toList()) {
                files.add(Files.readString(path).strip());
            }
        }
        assertThat(shown("json")).isNotEmpty().isSubsetOf(files);
    }

    @Test
    void everyRelativeLinkLeadsToAFile() throws IOException {
        int links = 0;
        List<Path> linking = pages();
        linking.add(BENCHMARKS);
        for (Path page : linking) {
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
        for (Path page : guides()) {
            assertThat(readme).contains("(" + page.toString().replace('\\', '/') + ")");
        }
    }

    @Test
    void theReadmeIsReadInTenMinutes() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThan(230);
    }

    @Test
    void everyAnchorIsAHeading() throws IOException {
        int anchors = 0;
        for (Path page : pages()) {
            for (MatchResult link :
                    LINK.matcher(Files.readString(page)).results().toList()) {
                if (link.group(2) != null && !link.group(1).contains("://")) {
                    Path target = link.group(1).isEmpty()
                            ? page
                            : page.toAbsolutePath().resolveSibling(link.group(1));
                    assertThat(Files.readAllLines(target).stream()
                                    .filter(line -> line.startsWith("#"))
                                    .map(DocumentationTests::anchor))
                            .as("%s links to %s", page, link.group())
                            .contains(link.group(2));
                    anchors++;
                }
            }
        }
        assertThat(anchors).isPositive();
    }

    private static String anchor(String heading) {
        return "#"
                + heading.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-');
    }

    /** A block in another language would be shown without being checked. */
    @Test
    void everyBlockIsInALanguageThatIsChecked() throws IOException {
        for (Path page : pages()) {
            boolean open = false;
            for (String line : Files.readAllLines(page)) {
                if (line.strip().startsWith("```") || line.strip().startsWith("~~~")) {
                    if (!open) {
                        assertThat(CHECKED_LANGUAGES)
                                .as("%s has a block %s", page, line)
                                .contains(line.strip().substring(3));
                    }
                    open = !open;
                }
            }
            assertThat(open).as("%s ends inside a block", page).isFalse();
        }
    }

    @Test
    void theDependencyIsThisProject() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String group = element(pom, "groupId");
        String artifact = element(pom, "artifactId");
        String version = element(pom, "version");
        assertThat(shown("xml"))
                .singleElement(STRING)
                .isEqualTo(String.join(
                        "\n",
                        "<dependency>",
                        "  <groupId>" + group + "</groupId>",
                        "  <artifactId>" + artifact + "</artifactId>",
                        "  <version>" + version + "</version>",
                        "</dependency>"));
        assertThat(shown("kotlin"))
                .singleElement(STRING)
                .startsWith("implementation(\"%s:%s:%s\")".formatted(group, artifact, version));
    }

    @Test
    void everySpringPropertyIsInTheGuideAndEveryOneInABlockExists() throws IOException {
        List<String> properties = allOf(
                PROPERTY, Files.readString(Path.of("src/main/resources/META-INF/spring-configuration-metadata.json")));
        List<String> settable = properties.stream()
                .filter(property ->
                        !List.of("retry", "poll", "shared", "shared.poll").contains(property))
                .toList();
        assertThat(settable).hasSizeGreaterThan(10);
        String guide = Files.readString(GUIDES.resolve("spring.md"));
        assertThat(settable)
                .allSatisfy(property -> assertThat(guide).containsPattern("[`.]" + Pattern.quote(property) + "[`=]"));
        assertThat(shown("properties"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(block.lines()
                                .map(line -> line.replaceFirst("=.*", "").replaceFirst("reactive-imports\\.", "")))
                        .isSubsetOf(settable));
    }

    @Test
    void everyTestAndProfileThatAGuideNamesExists() throws IOException {
        List<String> classes;
        try (Stream<Path> files = Files.walk(TESTS)) {
            classes = files.map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
                    .toList();
        }
        String pom = Files.readString(Path.of("pom.xml"));
        for (Path page : guides()) {
            String text = Files.readString(page);
            assertThat(allOf(TEST_CLASS, text))
                    .as("tests named in %s", page)
                    .allSatisfy(name ->
                            assertThat(classes).anyMatch(existing -> existing.matches(name.replace("*", ".*"))));
            assertThat(allOf(PROFILE, text))
                    .as("profiles named in %s", page)
                    .allSatisfy(profile -> assertThat(pom).contains("      <id>" + profile + "</id>\n"));
        }
    }

    private static List<Path> guides() throws IOException {
        try (Stream<Path> files = Files.list(GUIDES)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(README, CHANGELOG));
        pages.addAll(guides());
        return pages;
    }

    private static List<String> shown(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        for (Path page : pages()) {
            blocks.addAll(between(Files.readAllLines(page), "```" + language, "```"));
        }
        return blocks.stream().distinct().toList();
    }

    private static List<String> allOf(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }

    private static String element(String pom, String name) {
        return pom.split("<" + name + ">", 2)[1].split("</", 2)[0];
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
