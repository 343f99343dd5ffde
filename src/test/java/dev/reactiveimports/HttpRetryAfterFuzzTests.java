package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A header Retry-After, with a second line as the header Date, is a wait of 0 to 100 years, or nothing. */
@Tag("fuzz")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HttpRetryAfterFuzzTests {

    @FuzzTest(maxDuration = "60s")
    void fuzz(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\n", 2);
        Duration wait = HttpRetryAfter.parse(
                lines[0], lines.length < 2 ? null : lines[1], Instant.parse("2026-11-23T00:00:00Z"));
        if (wait != null) {
            assertThat(wait).isBetween(Duration.ZERO, Duration.ofDays(36_525));
        }
    }
}
