package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** A project that depends on the plain jar alone gets four libraries and what they bring, and needs no other. */
class PlainClassPathTests {

    private static final Path LIST = Path.of("target", "plain-class-path.txt");

    private record Dependency(String name, String scope, boolean optional) {}

    @Test
    void nothingIsBroughtButTheFourLibrariesAndTheirOwn() throws IOException {
        assertThat(jars())
                .extracting(jar -> Path.of(jar).getFileName().toString().replaceAll("-\\d.*", ""))
                .filteredOn(name -> !name.startsWith("netty-"))
                .containsExactlyInAnyOrder(
                        "reactor-core",
                        "reactive-streams",
                        "reactor-netty-http",
                        "reactor-netty-core",
                        "jackson-core",
                        "jspecify");
    }

    @Test
    void whateverElseIsCompiledAgainstIsOptional() throws Exception {
        List<Dependency> all = dependencies();
        assertThat(all)
                .filteredOn(dependency -> dependency.scope().equals("compile"))
                .allMatch(dependency -> !dependency.optional())
                .extracting(Dependency::name)
                .containsExactlyInAnyOrder("reactor-core", "reactor-netty-http", "jackson-core", "jspecify");
        assertThat(all)
                .filteredOn(dependency -> dependency.scope().equals("provided"))
                .allMatch(Dependency::optional)
                .extracting(Dependency::name)
                .containsExactlyInAnyOrder(
                        "junit-jupiter-api",
                        "micrometer-core",
                        "spring-boot-autoconfigure",
                        "r2dbc-spi",
                        "r2dbc-postgresql");
        assertThat(all).extracting(Dependency::scope).containsOnly("compile", "provided", "test");
    }

    @Test
    void everyClassButTheIntegrationsLoadsAndWorksWithThem() throws IOException, InterruptedException {
        List<String> classPath = new ArrayList<>(List.of("target/classes", "target/test-classes"));
        classPath.addAll(jars());
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, classPath),
                        PlainProgram.class.getName(),
                        "target/classes")
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(program.waitFor(50, TimeUnit.SECONDS)).isTrue();
            assertThat(said)
                    .containsPattern("classes \\d{3}, listed 150, COMPLETED")
                    .doesNotContain("NoClassDef");
        } finally {
            program.destroyForcibly();
        }
    }

    private static List<String> jars() throws IOException {
        return List.of(Files.readString(LIST).strip().split(File.pathSeparator));
    }

    private static List<Dependency> dependencies() throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new File("pom.xml"))
                .getDocumentElement();
        return children(children(project, "dependencies").get(0), "dependency").stream()
                .map(dependency -> new Dependency(
                        text(dependency, "artifactId", ""),
                        text(dependency, "scope", "compile"),
                        text(dependency, "optional", "false").equals("true")))
                .toList();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private static String text(Element parent, String name, String otherwise) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? otherwise : found.get(0).getTextContent().strip();
    }
}
