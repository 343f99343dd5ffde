package dev.reactiveimports.benchmarks;

import java.time.Instant;

/**
 * What a client read, as one number: equal numbers, equal listings. The full digest hashes every character and is taken before
 * the timed rounds; the light one touches every field at next to no cost and is taken in each of them.
 */
final class Digest {

    private static final int NOT_FINISHED = -1;

    private final boolean full;
    private long items;
    private long sum;

    Digest(boolean full) {
        this.full = full;
    }

    void item(String id, String uri, String status, Instant createdAt, Instant finishedAt) {
        text(id);
        text(uri);
        text(status);
        time(createdAt.getEpochSecond(), createdAt.getNano());
        if (finishedAt == null) {
            notFinished();
        } else {
            time(finishedAt.getEpochSecond(), finishedAt.getNano());
        }
    }

    void text(String text) {
        add(full ? text.hashCode() : text.length());
    }

    void time(long seconds, int nanos) {
        add(seconds);
        add(nanos);
    }

    void notFinished() {
        add(NOT_FINISHED);
    }

    /** The last fields of an item. As a float, because that is what the SDK keeps of a percentage. */
    void rest(double percent, long records, String error) {
        add(Float.floatToIntBits((float) percent));
        add(records);
        text(error == null ? "" : error);
        items++;
    }

    long items() {
        return items;
    }

    long sum() {
        return sum;
    }

    private void add(long value) {
        sum = sum * 31 + value;
    }
}
