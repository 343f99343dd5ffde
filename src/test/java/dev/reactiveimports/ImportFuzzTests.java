package dev.reactiveimports;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** An import is decoded into a sound one, or refused. */
@Tag("fuzz")
class ImportFuzzTests {

    @FuzzTest(maxDuration = "60s")
    void fuzz(byte[] bytes) {
        ImportOperation operation = Fuzzed.decode(ImportsCodec::decodeOperation, bytes);
        if (operation != null) {
            Fuzzed.assertSound(operation);
        }
    }
}
