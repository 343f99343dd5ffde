package dev.reactiveimports.testing;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportOperation.ValidationResult;
import dev.reactiveimports.ImportStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The imports of one index. Each has a position, the newest the highest; its id is that number unless it was added with
 * another. Past imports are kept as ranges of positions and computed when asked for, so a million of them cost nothing.
 */
final class SimulatedIndex {

    /** Longer numbers are ids like any text: no counter gets there. */
    private static final int MAX_DIGITS = 15;

    private static final Duration PAST = Duration.ofDays(365);
    private static final Duration PAST_IMPORT = Duration.ofSeconds(15);
    private static final long PAST_RECORDS = 1000;

    private final Instant birth;
    private final TreeMap<Long, SimulatedImport> known = new TreeMap<>();
    private final TreeMap<Long, Long> pastRanges = new TreeMap<>();
    private final Map<String, Long> positions = new HashMap<>();
    private long last;

    SimulatedIndex(Instant birth) {
        this.birth = birth;
    }

    /** One page of the listing, and the position to go on below; null on the last page. */
    record Page(List<ImportOperation> items, @Nullable Long next) {}

    synchronized String start(String uri, Duration duration, Instant now) {
        long position = ++last;
        String id = Long.toString(position);
        put(position, id, new SimulatedImport.Living(id, uri, now, duration));
        return id;
    }

    synchronized String add(ImportOperation operation) {
        String id = operation.id();
        Long position = positionOf(id);
        put(position == null ? newPosition(id) : position, id, now -> operation);
        return id;
    }

    synchronized void addPast(int howMany) {
        if (howMany > 0) {
            pastRanges.put(last + 1, last + howMany);
            last += howMany;
        }
    }

    synchronized @Nullable ImportOperation describe(String id, Instant now) {
        Long position = positionOf(id);
        return position == null ? null : at(position, now);
    }

    /** Ends an import unless it has ended; false if there is none of that id. */
    synchronized boolean cancel(String id, Instant now) {
        Long position = positionOf(id);
        if (position == null) {
            return false;
        }
        ImportOperation found = at(position, now);
        if (!found.isTerminal()) {
            ImportOperation cancelled = cancelled(found, now);
            put(position, id, later -> cancelled);
        }
        return true;
    }

    /** The imports below a position, newest first; null for the first page. */
    synchronized Page page(@Nullable Long below, int limit, Instant now) {
        List<ImportOperation> items = new ArrayList<>(limit);
        Long position = nextBelow(below == null ? last + 1 : below);
        Long shown = null;
        while (position != null && items.size() < limit) {
            items.add(at(position, now));
            shown = position;
            position = nextBelow(position);
        }
        return new Page(items, position == null ? null : shown);
    }

    synchronized boolean hasPosition(long position) {
        return known.containsKey(position) || isPast(position);
    }

    private void put(long position, String id, SimulatedImport imported) {
        known.put(position, imported);
        positions.put(id, position);
    }

    /** A number is its own position when it is higher than all before, so that later ids count on from it. */
    private long newPosition(String id) {
        Long number = number(id);
        last = number != null && number > last ? number : last + 1;
        return last;
    }

    private @Nullable Long positionOf(String id) {
        Long position = positions.get(id);
        if (position != null) {
            return position;
        }
        Long number = number(id);
        return number != null && isPast(number) ? number : null;
    }

    private static @Nullable Long number(String id) {
        boolean canonical = !id.isEmpty()
                && id.length() <= MAX_DIGITS
                && id.charAt(0) != '0'
                && id.chars().allMatch(c -> c >= '0' && c <= '9');
        return canonical ? Long.valueOf(id) : null;
    }

    private boolean isPast(long position) {
        Entry<Long, Long> range = pastRanges.floorEntry(position);
        return range != null && position <= range.getValue();
    }

    private @Nullable Long nextBelow(long position) {
        Long one = known.lowerKey(position);
        Entry<Long, Long> range = pastRanges.lowerEntry(position);
        Long past = range == null ? null : Long.valueOf(Math.min(range.getValue(), position - 1));
        if (one == null || past == null) {
            return one == null ? past : one;
        }
        return Math.max(one, past);
    }

    private ImportOperation at(long position, Instant now) {
        SimulatedImport one = known.get(position);
        return one == null ? past(position) : one.at(now);
    }

    private ImportOperation past(long position) {
        Instant created = birth.minus(PAST).plusSeconds(position);
        return new ImportOperation(
                Long.toString(position),
                "s3://simulated/past/" + position,
                ImportStatus.COMPLETED,
                ImportStatus.COMPLETED.wireName(),
                created,
                created.plus(PAST_IMPORT),
                100,
                PAST_RECORDS,
                null,
                new ValidationResult(PAST_RECORDS, 0));
    }

    private static ImportOperation cancelled(ImportOperation found, Instant now) {
        return new ImportOperation(
                found.id(),
                found.uri(),
                ImportStatus.CANCELLED,
                ImportStatus.CANCELLED.wireName(),
                found.createdAt(),
                now,
                found.percentComplete(),
                found.recordsImported(),
                found.error(),
                found.validationResult());
    }
}
