package dev.reactiveimports.r2dbc;

import static java.util.Objects.requireNonNull;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.OperationJson;
import dev.reactiveimports.shared.RecordedChange;
import dev.reactiveimports.shared.StoredImport;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** What rows become. */
final class R2dbcRows {

    private static final Duration LONGEST = Duration.ofDays(10_000);

    private R2dbcRows() {}

    /** At most 10,000 days: what is longer is for ever, and no arithmetic overflows. */
    static long millis(Duration duration) {
        return duration.compareTo(LONGEST) < 0 ? duration.toMillis() : LONGEST.toMillis();
    }

    static long number(Readable row, String column) {
        return requireNonNull(row.get(column, Long.class), column);
    }

    static String text(Readable row, String column) {
        return requireNonNull(row.get(column, String.class), column);
    }

    static Cursor cursor(Readable row) {
        return new Cursor(number(row, "epoch"), number(row, "sequence"));
    }

    static StoredImport state(Readable row) {
        @Nullable String json = row.get("operation", String.class);
        @Nullable OffsetDateTime recordedAt = row.get("recorded_at", OffsetDateTime.class);
        @Nullable ImportOperation operation = json == null ? null : OperationJson.decode(json);
        return new StoredImport(
                operation == null ? text(row, "id") : operation.id(),
                number(row, "revision"),
                cursor(row),
                operation,
                recordedAt == null ? null : recordedAt.toInstant());
    }

    static RecordedChange change(Readable row) {
        @Nullable String from = row.get("from_status", String.class);
        ImportOperation operation = OperationJson.decode(text(row, "operation"));
        Instant recordedAt = requireNonNull(row.get("recorded_at", OffsetDateTime.class), "recorded_at")
                .toInstant();
        ImportStatusChange change = new ImportStatusChange(
                operation.id(), from == null ? null : ImportStatus.of(from), operation.status(), operation);
        return new RecordedChange(cursor(row), change, recordedAt, false);
    }
}
