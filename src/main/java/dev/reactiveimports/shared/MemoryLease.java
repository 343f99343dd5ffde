package dev.reactiveimports.shared;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The row of a lease. Guarded by the store's lock. */
final class MemoryLease {

    private String holder = "";
    private Instant expiresAt = Instant.MIN;
    long epoch;
    Cursor position = Cursor.START;

    MemoryLease() {}

    MemoryLease(MemoryLease other) {
        holder = other.holder;
        expiresAt = other.expiresAt;
        epoch = other.epoch;
        position = other.position;
    }

    boolean acquire(String by, Instant now, Duration duration) {
        if (!holder.equals(by) && expiresAt.isAfter(now)) {
            return false;
        }
        holder = by;
        epoch = Math.max(epoch + 1, TimeUnit.MILLISECONDS.toMicros(now.toEpochMilli()));
        return extend(now, duration);
    }

    String holder(Instant now) {
        return expiresAt.isAfter(now) ? holder : "";
    }

    boolean expiredBefore(Instant time) {
        return expiresAt.isBefore(time);
    }

    boolean isHeldBy(StoreLease lease) {
        return holder.equals(lease.holder())
                && epoch == lease.epoch()
                && position.sequence() >= lease.position().sequence();
    }

    /** By nothing: releases it. */
    boolean extend(Instant now, Duration duration) {
        expiresAt = now.plus(duration);
        if (duration.isZero()) {
            holder = "";
        }
        return true;
    }
}
