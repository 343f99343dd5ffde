package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A host, an id and a token, a line each, end in URIs that mean the same to java.net.URI, or are refused. */
@Tag("fuzz")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HttpEndpointFuzzTests {

    @FuzzTest(maxDuration = "60s")
    void fuzz(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 3);
        try {
            HttpEndpoint host = HttpEndpoint.parse(lines[0], true);
            URI all = URI.create(host.importsUri());
            assertThat(all.getHost()).isNotEmpty();
            assertThat(all.getUserInfo()).isNull();
            if (lines.length > 1) {
                URI one = URI.create(host.importUri(Checks.requireId(lines[1])));
                assertThat(one.normalize()).isEqualTo(one);
                assertThat(one.getRawPath()).startsWith("/bulk/imports/");
                assertThat(one.getPath()).isEqualTo("/bulk/imports/" + lines[1]);
                assertThat(one.getRawPath().substring("/bulk/imports/".length()))
                        .doesNotContain("/");
                assertThat(one.getRawQuery()).isNull();
                assertThat(one.getAuthority()).isEqualTo(all.getAuthority());
            }
            if (lines.length > 2) {
                ListImportsSpec spec = ListImportsSpec.create().startAt(lines[2]);
                URI page = URI.create(host.importsUri(7, spec.startAt()));
                assertThat(page.getRawQuery()).startsWith("limit=7&paginationToken=");
                assertThat(page.getRawQuery().substring("limit=7&paginationToken=".length()))
                        .doesNotContain("&", "+", "=");
                assertThat(page.getQuery()).isEqualTo("limit=7&paginationToken=" + lines[2]);
            }
        } catch (IllegalArgumentException refused) {
            Fuzzed.assertSafe(refused.getMessage(), 300);
        }
    }
}
