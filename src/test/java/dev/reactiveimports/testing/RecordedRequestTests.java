package dev.reactiveimports.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordedRequestTests {

    private final RecordedRequest request = new RecordedRequest(
            "GET",
            "/bulk/imports",
            Map.of("limit", List.of("10", "20")),
            Map.of("api-KEY", "secret", "User-Agent", "me"),
            "",
            Instant.EPOCH);

    @Test
    void neverKeepsTheKey() {
        assertThat(request.headers().get("Api-Key")).isEqualTo("***");
        assertThat(request.toString()).doesNotContain("secret").contains("***");
    }

    @Test
    void findsHeadersInAnyCase() {
        assertThat(request.headers().get("user-agent")).isEqualTo("me");
        assertThat(request.headers().get("USER-AGENT")).isEqualTo("me");
    }

    @Test
    void cannotBeChanged() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> request.headers().clear());
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> request.query().clear());
    }

    @Test
    void hasALineForReports() {
        assertThat(request.line()).isEqualTo("GET /bulk/imports?limit=10&limit=20");
    }
}
