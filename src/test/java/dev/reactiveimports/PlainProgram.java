package dev.reactiveimports;

import dev.reactiveimports.testing.ImportsSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What a project does that has nothing but the plain jar: run by {@link PlainClassPathTests} in a JVM of its own. */
final class PlainProgram {

    private static final List<String> OPTIONAL = List.of(
            "dev.reactiveimports.micrometer.",
            "dev.reactiveimports.spring.",
            "dev.reactiveimports.r2dbc.",
            "ImportsSimulatorExtension");

    private PlainProgram() {}

    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        int loaded = 0;
        Path classes = Path.of(arguments[0]);
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(file)
                        .toString()
                        .replace(".class", "")
                        .replace('/', '.');
                if (OPTIONAL.stream().noneMatch(name::contains) && !name.endsWith("package-info")) {
                    // with every signature: a missing type shows
                    Class.forName(name).getDeclaredMethods();
                    Class.forName(name).getDeclaredConstructors();
                    Class.forName(name).getDeclaredFields();
                    loaded++;
                }
            }
        }
        try (ImportsSimulator simulator = ImportsSimulator.builder()
                        .imports(150)
                        .importDuration(Duration.ofMillis(100))
                        .build();
                ReactiveImportsApi imports = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey())) {
            long listed = imports.listImports().count().block();
            ImportStatus end = imports.startImport(StartImportRequest.of("s3://bucket/a"))
                    .flatMap(id -> imports.awaitImport(id, PollSpec.fixedInterval(Duration.ofMillis(20))))
                    .block()
                    .status();
            System.out.println("classes " + loaded + ", listed " + listed + ", " + end);
        }
    }
}
