package dev.reactiveimports.benchmarks;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import java.util.List;

/** An import, as someone without a client library would write it down. */
record Item(
        String id,
        String uri,
        String status,
        Instant createdAt,
        Instant finishedAt,
        double percentComplete,
        long recordsImported,
        String error) {

    void addTo(Digest digest) {
        digest.item(id, uri, status, createdAt, finishedAt);
        digest.rest(percentComplete, recordsImported, error);
    }

    /** One answer of the service. */
    record Page(List<Item> data, ListingPages pagination) {

        String next() {
            return pagination == null ? null : pagination.next();
        }
    }

    /** Where the listing goes on. */
    record ListingPages(String next) {}

    static ObjectMapper mapper() {
        return new ObjectMapper()
                .registerModule(new JavaTimeModule())
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }
}
