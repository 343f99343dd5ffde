package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** The id of a started import is one that can be asked for, or refused. */
@Tag("fuzz")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StartedIdFuzzTests {

    @FuzzTest(maxDuration = "60s")
    void fuzz(byte[] bytes) {
        String id = Fuzzed.decode(JsonCodec::decodeStartedId, bytes);
        if (id != null) {
            assertThat(Checks.requireId(id)).isEqualTo(id);
        }
    }
}
