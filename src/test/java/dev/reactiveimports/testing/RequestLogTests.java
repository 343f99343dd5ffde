package dev.reactiveimports.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestLogTests {

    @Test
    void forgetsTheOldestAndCountsAll() {
        RequestLog log = new RequestLog(2);
        for (String path : new String[] {"/1", "/2", "/3"}) {
            log.add(new RecordedRequest("GET", path, Map.of(), Map.of(), "", Instant.EPOCH));
        }
        assertThat(log.newest()).extracting(RecordedRequest::path).containsExactly("/2", "/3");
        assertThat(log.count()).isEqualTo(3);
    }
}
