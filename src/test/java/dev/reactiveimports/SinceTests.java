package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every public type and every package says since when it is there: a thing that doclint does not look at. */
class SinceTests {

    private static final Pattern PUBLIC =
            Pattern.compile("^(public .*\\b(class|interface|record|enum) |package .*;)", Pattern.MULTILINE);
    private static final Pattern SINCE =
            Pattern.compile("\n \\* @since \\d+\\.\\d+\\.\\d+\n \\*/\n(@.*\n|  .*\n|}\\)\n)*$");

    @Test
    void everyPublicTypeTellsItsFirstVersion() throws IOException {
        List<Path> declarations = declarations();
        assertThat(declarations).hasSizeGreaterThan(25).allSatisfy(file -> {
            String source = Files.readString(file);
            String before = source.substring(0, declaration(file, source));
            assertThat(SINCE.matcher(before).find()).as("@since of " + file).isTrue();
        });
    }

    private static List<Path> declarations() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(SinceTests::isPublic)
                    .toList();
        }
    }

    private static boolean isPublic(Path file) {
        try {
            return declaration(file, Files.readString(file)) >= 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int declaration(Path file, String source) {
        boolean isPackage = file.endsWith("package-info.java");
        return PUBLIC.matcher(source)
                .results()
                .filter(found -> found.group().startsWith("package") == isPackage)
                .mapToInt(found -> found.start())
                .findFirst()
                .orElse(-1);
    }
}
