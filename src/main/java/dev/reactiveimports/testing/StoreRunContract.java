package dev.reactiveimports.testing;

import static dev.reactiveimports.ImportStatus.COMPLETED;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reactiveimports.ImportErrorMode;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.Cursor;
import dev.reactiveimports.shared.StoredImport;
import dev.reactiveimports.shared.StoredRun;
import dev.reactiveimports.shared.StoredRun.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The part of {@link ImportsStoreContract} that is about runs. */
abstract class StoreRunContract extends StoreLeaseContract {

    private static final StartImportRequest REQUEST =
            new StartImportRequest("s3://" + fourByteCharacters(1_494), "integration", ImportErrorMode.CONTINUE);

    private StoredRun plan(StartImportRequest request) {
        return require(tested().planRun(watch, request));
    }

    private StoredRun advance(StoredRun next) {
        return require(tested().advanceRun(watch, next));
    }

    private List<StoredRun> openRuns() {
        return require(tested().openRuns(watch, "", 1_000));
    }

    @Test
    void aRunIsPlannedOnceWhoeverAsks() {
        List<StoredRun> planned = require(Flux.range(0, 20)
                .flatMap(i -> tested().planRun(watch, REQUEST), 20)
                .collectList());
        assertEquals(20, planned.size());
        planned.forEach(run -> assertEquals(StoredRun.planned(REQUEST), run));
        assertEquals(List.of(StoredRun.planned(REQUEST)), openRuns());
    }

    @Test
    void aRunIsThatOfItsUri() {
        StoredRun sending = advance(plan(REQUEST).sending("a"));
        assertEquals(sending, plan(StartImportRequest.of(REQUEST.uri())));
        assertEquals(0, plan(StartImportRequest.of(REQUEST.uri() + " ")).version());
    }

    @Test
    void everyFieldOfARunIsKept() {
        StoredRun planned = plan(REQUEST);
        StoredRun sending = advance(planned.sending("a"));
        assertEquals(planned.sending("a").sentAt(requireNonNull(sending.sentAt())), sending);
        assertEquals(sending, plan(REQUEST));
        StoredRun started = advance(sending.started("import"));
        assertEquals(sending.started("import"), started);
        assertEquals(started, plan(REQUEST));
        ImportOperation end = ImportOperation.of("import", COMPLETED);
        StoredRun ended = advance(started.ended(end));
        assertEquals(started.ended(end), ended);
        assertEquals(ended, plan(REQUEST));
    }

    @Test
    void aFailureIsKept() {
        StoredRun refused = advance(plan(REQUEST).refused("it was \u00fcber"));
        assertEquals("it was \u00fcber", plan(REQUEST).failure());
        assertEquals(State.REFUSED, refused.state());
        StoredRun other = plan(StartImportRequest.of("s3://other/data"));
        advance(advance(advance(other.sending("a")).started("1")).unknown("x".repeat(2_000)));
        StoredRun unknown = plan(other.request());
        assertEquals(State.UNKNOWN, unknown.state());
        assertEquals("1", unknown.id());
        assertEquals("x".repeat(1_000), unknown.failure());
    }

    @Test
    void onlyTheNextVersionIsTaken() {
        StoredRun planned = plan(REQUEST);
        StoredRun sending = advance(planned.sending("a"));
        assertNull(get(tested().advanceRun(watch, planned.sending("b"))));
        assertNull(get(tested().advanceRun(watch, sending.started("1").started("1"))));
        assertEquals(sending, plan(REQUEST));
    }

    @Test
    void ofManyStepsAtTheSameTimeOneIsTaken() {
        StoredRun planned = plan(REQUEST);
        List<StoredRun> taken = require(Flux.range(0, 20)
                .flatMap(i -> tested().advanceRun(watch, planned.sending("holder-" + i)), 20)
                .collectList());
        assertEquals(1, taken.size());
        assertEquals(taken.get(0), plan(REQUEST));
    }

    @Test
    void aRunThatIsNotPlannedDoesNotAdvance() {
        assertNull(get(tested().advanceRun(watch, StoredRun.planned(REQUEST).sending("a"))));
        assertEquals(List.of(), openRuns());
    }

    @Test
    void theTimeOfSendingIsSetWheneverItIsSentAgain() {
        StoredRun first = advance(plan(REQUEST).sending("a"));
        get(Mono.delay(Duration.ofMillis(20)));
        StoredRun back = advance(first.notSent());
        assertEquals(first.sentAt(), back.sentAt());
        StoredRun second = advance(back.sending("b"));
        assertTrue(requireNonNull(second.sentAt()).isAfter(requireNonNull(first.sentAt())));
    }

    @Test
    void anImportThatWasStartedIsRegistered() {
        StoredRun started = advance(advance(plan(REQUEST).sending("a")).started("import"));
        assertEquals(new StoredImport("import", 0, Cursor.START, null, null), find("import"));
        assertNull(get(tested().advanceRun(watch, started.sending("b").started("other"))));
        assertNull(find("other"));
    }

    @Test
    void aKnownImportMayBeStarted() {
        append(poller("a"), change(0, "import", null, COMPLETED));
        advance(advance(plan(REQUEST).sending("a")).started("import"));
        assertEquals(1, requireNonNull(find("import")).revision());
    }

    @Test
    void openRunsAreThoseWithoutAnOutcome() {
        StoredRun ended = advance(advance(plan(REQUEST).sending("a")).started("1"));
        advance(ended.ended(ImportOperation.of("1", COMPLETED)));
        advance(plan(StartImportRequest.of("s3://bucket/refused")).refused("no"));
        StoredRun sending =
                advance(plan(StartImportRequest.of("s3://bucket/sending")).sending("a"));
        StoredRun planned = plan(StartImportRequest.of("s3://bucket/planned"));
        List<StoredRun> open = openRuns();
        assertEquals(2, open.size());
        assertTrue(open.containsAll(List.of(sending, planned)));
    }

    @Test
    void openRunsAreReadInPages() {
        List<StartImportRequest> requests = Flux.range(0, 7)
                .map(i -> StartImportRequest.of("s3://bucket/" + i))
                .toStream()
                .toList();
        requests.forEach(this::plan);
        List<String> read = new ArrayList<>();
        String after = "";
        List<StoredRun> page;
        do {
            page = require(tested().openRuns(watch, after, 3));
            page.forEach(run -> read.add(run.request().uri()));
            after = page.isEmpty() ? after : read.get(read.size() - 1);
        } while (page.size() == 3);
        assertEquals(
                requests.stream().map(StartImportRequest::uri).toList(),
                read.stream().sorted().toList());
    }

    @Test
    void onlyARunWithAnOutcomeIsForgotten() {
        StoredRun sending = advance(plan(REQUEST).sending("a"));
        assertEquals(false, get(tested().forgetRun(watch, REQUEST.uri())));
        advance(sending.unknown("lost"));
        assertEquals(true, get(tested().forgetRun(watch, REQUEST.uri())));
        assertEquals(false, get(tested().forgetRun(watch, REQUEST.uri())));
        assertEquals(StoredRun.planned(REQUEST), plan(REQUEST));
    }

    @Test
    void runsOfAnotherWatchAreNotVisible() {
        String other = "other-" + UUID.randomUUID();
        StoredRun sending = advance(plan(REQUEST).sending("a"));
        assertEquals(List.of(), require(tested().openRuns(other, "", 10)));
        assertEquals(StoredRun.planned(REQUEST), require(tested().planRun(other, REQUEST)));
        assertNotNull(sending.sentAt());
        assertTrue(Objects.equals(sending, plan(REQUEST)));
    }
}
