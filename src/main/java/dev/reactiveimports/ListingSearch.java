package dev.reactiveimports;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Looks for what was started: imports by their URI, and the time before which none of them can have been created.
 *
 * @param notBefore the time for each URI
 */
record ListingSearch(Map<String, Instant> notBefore) {

    /** Whether it can be one of those. The service need not send a URI nor a time: then it can. */
    boolean isCandidate(ImportOperation listed) {
        String uri = listed.uri();
        return uri == null
                ? notBefore.values().stream().anyMatch(time -> isSince(listed, time))
                : isSince(listed, notBefore.get(uri));
    }

    private static boolean isSince(ImportOperation listed, @Nullable Instant time) {
        Instant created = listed.createdAt();
        return time != null && (created == null || !created.isBefore(time));
    }

    /**
     * The pages up to the one that completes the search, which is when each URI has a candidate that counts.
     *
     * @param counts called for candidates with a URI
     */
    Flux<ImportPage> until(Flux<ImportPage> pages, Predicate<ImportOperation> counts) {
        return Flux.defer(() -> {
            Set<String> missing = new HashSet<>(notBefore.keySet());
            return pages.takeUntil(page -> {
                for (ImportOperation listed : page.items()) {
                    if (missing.contains(listed.uri()) && isCandidate(listed) && counts.test(listed)) {
                        missing.remove(listed.uri());
                    }
                }
                return missing.isEmpty();
            });
        });
    }
}
