package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** The body of an error always says something that is fit for a log, or nothing. */
@Tag("fuzz")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ErrorFuzzTests {

    @FuzzTest(maxDuration = "60s")
    void fuzz(byte[] bytes) {
        JsonError error = Fuzzed.decode(JsonCodec::decodeError, bytes);
        assertThat(error).isNotNull();
        if (error.message() != null) {
            Fuzzed.assertSafe(error.message(), JsonError.MAX_MESSAGE_LENGTH);
        }
        if (error.code() != null) {
            Fuzzed.assertSafe(error.code(), JsonError.MAX_CODE_LENGTH);
        }
    }
}
