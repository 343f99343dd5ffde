package dev.reactiveimports.testing;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An import whose state can be computed for any moment. */
interface SimulatedImport {

    ImportOperation at(Instant now);

    /**
     * An import that lives: pending for the first tenth of its time, then in progress, at 100 percent for the last tenth as
     * the service's are, then completed. One that is to fail does so at half-time.
     */
    record Living(String id, String uri, Instant createdAt, Duration duration) implements SimulatedImport {

        private static final long RECORDS = 1_000_000;
        private static final double PENDING = 0.1;
        private static final double READING = 0.8;
        private static final double FAILING = 0.5;
        private static final String FAILURE = "User error: The namespace \"simulated\" already exists."
                + " Imports are only allowed into nonexistent namespaces.";

        @Override
        public ImportOperation at(Instant now) {
            double lived = lived(now);
            if (fails(uri) && lived >= FAILING) {
                Instant end = createdAt.plusNanos((long) (duration.toNanos() * FAILING));
                return operation(ImportStatus.FAILED, FAILING, end, FAILURE);
            }
            if (lived >= 1) {
                return operation(ImportStatus.COMPLETED, 1, createdAt.plus(duration), null);
            }
            return operation(lived < PENDING ? ImportStatus.PENDING : ImportStatus.IN_PROGRESS, lived, null, null);
        }

        private double lived(Instant now) {
            Duration age = Duration.between(createdAt, now);
            return age.compareTo(duration) >= 0 ? 1 : (double) age.toNanos() / duration.toNanos();
        }

        private ImportOperation operation(
                ImportStatus status, double lived, @Nullable Instant finishedAt, @Nullable String error) {
            double done = Math.min(1, Math.max(0, (lived - PENDING) / READING));
            long records = (long) (RECORDS * done);
            return new ImportOperation(
                    id,
                    uri,
                    status,
                    status.wireName(),
                    createdAt,
                    finishedAt,
                    100 * done,
                    records,
                    error,
                    new ImportOperation.ValidationResult(records, 0));
        }

        /** The convention that makes an import fail: its path, which bucket or host is not part of, contains "fail". */
        private static boolean fails(String uri) {
            int authority = uri.indexOf("://");
            int path = uri.indexOf('/', authority < 0 ? 0 : authority + 3);
            return path >= 0 && uri.indexOf("fail", path) >= 0;
        }
    }
}
