package dev.reactiveimports.testing;

import static dev.reactiveimports.ImportStatus.IN_PROGRESS;
import static dev.reactiveimports.ImportStatus.PENDING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.StoreLease;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Leases: who holds one, and that what is done under a lost one has no effect. */
abstract class StoreLeaseContract extends StoreContractSupport {

    /** 2020-09-13 in microseconds: the database's clock is later than that. */
    private static final long LONG_AGO = 1_600_000_000_000_000L;

    @Test
    void aLeaseIsHeldByOneHolder() {
        StoreLease lease = poller("a");
        assertEquals(new StoreLease(watch, ImportsStore.POLLER, "a", lease.epoch(), Cursor.START), lease);
        assertNull(get(tested().acquire(watch, ImportsStore.POLLER, "b", LONG)));
        assertEquals(true, get(tested().renew(lease, LONG)));
    }

    @Test
    void anEpochIsNotBelowTheMicrosecondsSince1970() {
        assertTrue(poller("a").epoch() > LONG_AGO);
    }

    @Test
    void leasesOfOtherNamesAndWatchesAreOthers() {
        assertNotNull(poller("a"));
        assertNotNull(consumer("b"));
        assertNotNull(get(tested().acquire(watch, "mail-2", "c", LONG)));
        assertNotNull(get(tested().acquire(watch + "-2", ImportsStore.POLLER, "d", LONG)));
        assertNull(get(tested().acquire(watch, "mail", "c", LONG)));
    }

    @Test
    void anExpiredLeaseIsAcquiredByAnotherWithAHigherEpoch() {
        StoreLease lost = require(tested().acquire(watch, ImportsStore.POLLER, "a", SHORT));
        StoreLease taken = acquireWhenFree(ImportsStore.POLLER, "b");
        assertTrue(taken.epoch() > lost.epoch());
        assertEquals(false, get(tested().renew(lost, LONG)));
        assertNull(get(tested().append(lost, LONG, List.of(first("1")))));
        assertEquals(List.of(), logged());
        assertNull(find("1"));
        assertEquals(
                true, get(tested().renew(taken, LONG)), "The loser's calls must not cost the new holder its lease");
    }

    @Test
    void anExpiredLeaseThatNobodyAcquiredIsRenewed() throws InterruptedException {
        StoreLease lease = require(tested().acquire(watch, ImportsStore.POLLER, "a", SHORT));
        get(Mono.delay(SHORT.multipliedBy(3)));
        assertEquals(true, get(tested().renew(lease, LONG)));
        assertNull(get(tested().acquire(watch, ImportsStore.POLLER, "b", LONG)));
    }

    @Test
    void anAppendExtendsTheLease() {
        StoreLease lease = require(tested().acquire(watch, ImportsStore.POLLER, "a", SHORT));
        append(lease, first("1"));
        get(Mono.delay(SHORT.multipliedBy(3)));
        assertNull(get(tested().acquire(watch, ImportsStore.POLLER, "b", LONG)));
    }

    @Test
    void theSameHolderAcquiresItAgainAndItsFirstLeaseIsLost() {
        StoreLease first = poller("a");
        StoreLease second = poller("a");
        assertTrue(second.epoch() > first.epoch());
        assertEquals(false, get(tested().renew(first, LONG)));
        assertNull(get(tested().append(first, LONG, List.of(first("1")))));
        assertEquals(true, get(tested().renew(second, LONG)));
    }

    @Test
    void aReleasedLeaseIsFreeAtOnce() {
        StoreLease released = poller("a");
        get(tested().release(released));
        assertEquals(false, get(tested().renew(released, LONG)));
        StoreLease taken = poller("b");
        assertTrue(taken.epoch() > released.epoch());
        get(tested().release(released));
        assertEquals(true, get(tested().renew(taken, LONG)), "Only the holder may release a lease");
    }

    @Test
    void ofManyAtOnceOneAcquires() {
        List<StoreLease> acquired = require(Flux.range(0, 20)
                .flatMap(i -> tested().acquire(watch, ImportsStore.POLLER, "holder-" + i, LONG), 20)
                .collectList());
        assertEquals(1, acquired.size());
        assertEquals(true, get(tested().renew(acquired.get(0), LONG)));
    }

    @Test
    void aPollerAcquiresTheHeadOfTheLog() {
        StoreLease first = poller("a");
        assertEquals(Cursor.START, first.position());
        StoreLease at = appendEach(first, "1", "2");
        assertEquals(new Cursor(first.epoch(), 2), at.position());
        get(tested().release(at));
        assertEquals(at.position(), poller("b").position());
    }

    @Test
    void aLeaseIsNotHeldByWhoKnowsMoreThanTheDatabase() {
        StoreLease lease = poller("a");
        StoreLease ahead = appendEach(lease, "1").at(new Cursor(lease.epoch(), 5));
        assertEquals(false, get(tested().renew(ahead, LONG)));
        assertNull(get(tested().append(ahead, LONG, List.of(change(1, "1", PENDING, IN_PROGRESS)))));
        assertEquals(List.of("1:PENDING"), logged());
    }

    @Test
    void aConsumersCursorIsKept() {
        StoreLease lease = consumer("a");
        assertEquals(Cursor.START, lease.position());
        Cursor to = new Cursor(1_700_000_000_000_000L, 3);
        assertEquals(true, get(tested().move(lease, to, LONG)));
        get(tested().release(lease.at(to)));
        StoreLease next = consumer("b");
        assertEquals(to, next.position());
        Cursor back = new Cursor(1_600_000_000_000_001L, 2);
        assertEquals(true, get(tested().move(next, back, LONG)));
        assertEquals(back, consumer("b").position());
    }

    @Test
    void leasesOfRunsArePurgedWhenTheyHaveExpired() {
        Cursor to = new Cursor(1_700_000_000_000_000L, 3);
        for (String name : List.of("run/1", "run/2", "mail")) {
            StoreLease lease = require(tested().acquire(watch, name, "a", LONG));
            assertEquals(true, get(tested().move(lease, to, name.equals("run/2") ? LONG : SHORT)));
        }
        get(Mono.delay(SHORT.multipliedBy(3)));
        get(tested().purge(watch, SHORT));
        assertEquals(
                Cursor.START,
                require(tested().acquire(watch, "run/1", "a", LONG)).position());
        assertEquals(to, require(tested().acquire(watch, "run/2", "a", LONG)).position());
        assertEquals(to, require(tested().acquire(watch, "mail", "a", LONG)).position());
    }

    @Test
    void aConsumerThatLostItsLeaseDoesNotMoveItsCursor() {
        StoreLease lost = require(tested().acquire(watch, "mail", "a", SHORT));
        StoreLease taken = acquireWhenFree("mail", "b");
        assertEquals(false, get(tested().move(lost, new Cursor(1, 1), LONG)));
        assertEquals(true, get(tested().move(taken, new Cursor(2, 2), LONG)));
        assertEquals(new Cursor(2, 2), consumer("b").position());
    }

    @Test
    void movingExtendsTheLease() {
        StoreLease lease = require(tested().acquire(watch, "mail", "a", SHORT));
        assertEquals(true, get(tested().move(lease, new Cursor(1, 1), LONG)));
        get(Mono.delay(SHORT.multipliedBy(3)));
        assertNull(get(tested().acquire(watch, "mail", "b", LONG)));
    }
}
