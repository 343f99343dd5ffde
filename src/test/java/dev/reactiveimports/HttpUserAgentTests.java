package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HttpUserAgentTests {

    @Test
    void namesTheVersionThatIsBuiltWhereverItsClassesAre() throws IOException {
        Matcher version = Pattern.compile("<artifactId>reactive-imports</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(HttpUserAgent.of("")).isEqualTo("lang=java; reactive-imports=" + version.group(1));
        assertThat(HttpUserAgent.of("my_tag")).endsWith("; source_tag=my_tag");
    }
}
