package dev.reactiveimports;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** An import is decoded into a sound one, or refused. */
@Tag("fuzz")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ImportFuzzTests {

    @FuzzTest(maxDuration = "60s")
    void fuzz(byte[] bytes) {
        ImportOperation operation = Fuzzed.decode(JsonCodec::decodeOperation, bytes);
        if (operation != null) {
            Fuzzed.assertSound(operation);
        }
    }
}
