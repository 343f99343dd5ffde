package dev.reactiveimports;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A page is decoded into sound imports and a token that can be sent, or refused. */
@Tag("fuzz")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageFuzzTests {

    @FuzzTest(maxDuration = "60s")
    void fuzz(byte[] bytes) {
        ImportPage page = Fuzzed.decode(JsonCodec::decodePage, bytes);
        if (page != null) {
            page.items().forEach(Fuzzed::assertSound);
            if (page.nextToken() != null) {
                ListImportsSpec.create().startAt(page.nextToken());
            }
        }
    }
}
