package dev.reactiveimports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOutcomeUnknownException;
import dev.reactiveimports.ImportRun;
import dev.reactiveimports.ImportRun.Outcome;
import dev.reactiveimports.ImportsApiException;
import dev.reactiveimports.RunImportsSpec;
import dev.reactiveimports.StartImportRequest;
import dev.reactiveimports.shared.Cluster.Replica;
import dev.reactiveimports.shared.DatabaseLink.Fate;
import dev.reactiveimports.shared.StoredRun.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Durable runs, and what becomes of them when processes, commits and responses are lost. */
class SharedRunsTests {

    private static final long LEASE = Cluster.LEASE.toSeconds();

    /** Imports last two minutes at most. */
    private static final long ENDED = 150;

    private static final long RECOVERED = 2 * LEASE + RunSteps.SETTLED.toSeconds() + 10;

    private final Cluster cluster = new Cluster(1);
    private final Replica replica = cluster.replica();

    private static List<StartImportRequest> requests(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> StartImportRequest.of("s3://bucket/" + i))
                .toList();
    }

    private static Results run(Replica replica, int maxInProgress, Publisher<StartImportRequest> requests) {
        return run(replica, RunImportsSpec.maxInProgress(maxInProgress), requests);
    }

    private static Results run(Replica replica, RunImportsSpec spec, Publisher<StartImportRequest> requests) {
        Results results = new Results(Long.MAX_VALUE);
        replica.shared.runImports(requests, spec).subscribe(results);
        return results;
    }

    private int accepted(int uris) {
        return requests(uris).stream()
                .mapToInt(request -> cluster.service.accepted(request.uri()))
                .sum();
    }

    private StoredRun stored(int uri) {
        return Objects.requireNonNull(
                cluster.database.planRun("imports", requests(uri + 1).get(uri)).block());
    }

    /** What a subscriber received. */
    private static final class Results extends BaseSubscriber<ImportRun> {

        final List<ImportRun> runs = new ArrayList<>();
        final List<Throwable> failures = new ArrayList<>();
        boolean completed;
        private final long first;

        Results(long first) {
            this.first = first;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (first > 0) {
                subscription.request(first);
            }
        }

        @Override
        protected void hookOnNext(ImportRun run) {
            runs.add(run);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            failures.add(failure);
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }

        List<Outcome> outcomes() {
            return runs.stream().map(ImportRun::outcome).distinct().sorted().toList();
        }
    }

    @Test
    void everyRunIsDeliveredAndRecorded() {
        Results results = run(replica, 3, Flux.fromIterable(requests(7)));
        cluster.run(3 * ENDED);
        assertThat(results.runs).hasSize(7).allMatch(run -> run.operation() != null);
        assertThat(results.completed).isTrue();
        assertThat(accepted(7)).isEqualTo(7);
        assertThat(stored(0).state()).isEqualTo(State.ENDED);
        assertThat(results.runs).extracting(run -> run.request().uri()).doesNotHaveDuplicates();
    }

    @Test
    void startsFollowDemandAndDeliveries() {
        Results results = new Results(0);
        List<Long> taken = new ArrayList<>();
        Flux<StartImportRequest> source = Flux.fromIterable(requests(9)).doOnRequest(taken::add);
        replica.shared.runImports(source, RunImportsSpec.maxInProgress(3)).subscribe(results);
        cluster.run(ENDED);
        assertThat(accepted(9)).isZero();
        assertThat(taken).isEmpty();
        results.request(1);
        cluster.run(ENDED);
        assertThat(accepted(9)).isEqualTo(1);
        assertThat(results.runs).hasSize(1);
        results.request(100);
        cluster.run(12);
        assertThat(accepted(9)).isEqualTo(4);
        cluster.run(4 * ENDED);
        assertThat(results.runs).hasSize(9);
        assertThat(taken.stream().mapToLong(n -> n).sum()).isBetween(9L, 13L);
    }

    @Test
    void whatHasEndedIsDeliveredAgainWithoutHttp() {
        Results first = run(replica, 5, Flux.fromIterable(requests(5)));
        cluster.run(ENDED);
        Replica second = cluster.replica();
        long before = cluster.service.requests(request -> true);
        replica.process.kill();
        Results again = run(second, 2, Flux.fromIterable(requests(5)));
        cluster.run(5);
        assertThat(again.completed).isTrue();
        assertThat(again.runs).containsExactlyInAnyOrderElementsOf(first.runs);
        assertThat(cluster.service.requests(request -> true)).isEqualTo(before);
    }

    @Test
    void theSameUriTwiceIsOneStart() {
        Results results = run(replica, 2, Flux.fromIterable(requests(1)).repeat(1));
        cluster.run(ENDED);
        assertThat(results.runs).hasSize(2);
        assertThat(accepted(1)).isEqualTo(1);
    }

    @Test
    void theSameUriTwiceIsOneStartThatWaitsForItsTurn() {
        cluster.service.fail(Duration.ofSeconds(50), 55);
        Results results = run(replica, 2, Flux.fromIterable(requests(1)).repeat(1));
        cluster.run(2 * ENDED);
        assertThat(results.runs).hasSize(2);
        assertThat(results.outcomes()).doesNotContain(Outcome.UNKNOWN);
        assertThat(accepted(1)).isEqualTo(1);
    }

    @Test
    void aClosedClientEndsThePipelineAndItsRunsGoOnElsewhere() {
        Results results = run(replica, 2, Flux.fromIterable(requests(5)));
        cluster.run(5);
        replica.imports.disposeLater().subscribe();
        cluster.run(ENDED);
        assertThat(results.failures).singleElement().asString().contains("client was closed");
        assertThat(results.runs).hasSize(2).allMatch(run -> run.outcome() == Outcome.UNKNOWN);
        Results other = run(cluster.replica(), 5, Flux.fromIterable(requests(5)));
        cluster.run(ENDED + RECOVERED);
        assertThat(other.runs).hasSize(5).allMatch(run -> run.operation() != null);
        assertThat(accepted(5)).isEqualTo(5);
    }

    @Test
    void aRejectedKeyConcernsAllRunsAndARejectedRequestDoesNot() {
        List.of(401, 402, 403)
                .forEach(status ->
                        assertThat(RunStop.concernsAll(rejected(status))).isTrue());
        List.of(400, 404, 409, 429, 503)
                .forEach(status ->
                        assertThat(RunStop.concernsAll(rejected(status))).isFalse());
        assertThat(RunStop.concernsAll(new IllegalStateException("no key"))).isTrue();
    }

    private static ImportsApiException rejected(int status) {
        return ImportsApiException.of(status, null, "rejected", null);
    }

    @Test
    void replicasWithTheSameSourceStartEachOnce() {
        Results one = run(replica, 10, Flux.fromIterable(requests(10)));
        Results other = run(cluster.replica(), 10, Flux.fromIterable(requests(10)));
        cluster.run(2 * ENDED);
        assertThat(accepted(10)).isEqualTo(10);
        assertThat(one.runs).hasSize(10).containsExactlyInAnyOrderElementsOf(other.runs);
    }

    @Test
    void aRunWhoseProcessDiedGoesOnElsewhere() {
        run(replica, 5, Flux.fromIterable(requests(5)));
        cluster.run(5);
        assertThat(accepted(5)).isEqualTo(5);
        replica.process.kill();
        Results results = run(cluster.replica(), 5, Flux.fromIterable(requests(5)));
        cluster.run(ENDED + RECOVERED);
        assertThat(results.runs).hasSize(5).allMatch(run -> run.outcome() != Outcome.UNKNOWN);
        assertThat(accepted(5)).isEqualTo(5);
    }

    @Test
    void aRequestThatWasSentByAProcessThatDiedIsFoundInTheListing() {
        cluster.service.onStart(client -> replica.process.kill());
        run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(5);
        assertThat(accepted(1)).isEqualTo(1);
        assertThat(stored(0).state()).isEqualTo(State.SENDING);
        Replica second = cluster.replica();
        Results results = run(second, 1, Flux.fromIterable(requests(1)));
        cluster.run(ENDED + RECOVERED);
        assertThat(results.outcomes()).isNotEmpty().doesNotContain(Outcome.UNKNOWN, Outcome.REFUSED);
        assertThat(accepted(1)).isEqualTo(1);
    }

    @Test
    void aRequestThatWasMaybeNotSentByAProcessThatDiedIsNotSentAgain() {
        StoredRun planned = stored(0);
        cluster.database.advanceRun("imports", planned.sending("run/dead/1#1")).block();
        Results results = run(cluster.replica(), 1, Flux.fromIterable(requests(1)));
        cluster.run(RECOVERED);
        assertThat(results.outcomes()).containsExactly(Outcome.UNKNOWN);
        assertThat(results.runs.get(0).failure())
                .isInstanceOf(RecordedRunException.class)
                .hasMessageContaining("s3://bucket/0");
        assertThat(accepted(1)).isZero();
    }

    @Test
    void aResponseThatWasLostIsFoundInTheListing() {
        cluster.service.loseResponses(Duration.ofSeconds(1));
        Results results = run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(ENDED + RECOVERED);
        assertThat(results.outcomes()).isNotEmpty().doesNotContain(Outcome.UNKNOWN);
        assertThat(accepted(1)).isEqualTo(1);
    }

    @Test
    void whatCannotBeToldApartIsUnknown() {
        cluster.service.add("other", "s3://bucket/0");
        cluster.service.loseResponses(Duration.ofSeconds(1));
        Results results = run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(ENDED + RECOVERED);
        assertThat(results.outcomes()).containsExactly(Outcome.UNKNOWN);
        assertThat(results.runs.get(0).failure()).isInstanceOf(ImportOutcomeUnknownException.class);
        assertThat(stored(0).failure()).contains("several", "other", "s3://bucket/0");
    }

    @Test
    void aProcessThatWasStoppedWhileSendingHearsOfItsImport() {
        cluster.service.onStart(client -> {
            if (client.equals(replica.name)) {
                replica.process.pause();
            }
        });
        Results stopped = run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(2);
        Results other = run(cluster.replica(), 1, Flux.fromIterable(requests(1)));
        cluster.run(ENDED + RECOVERED);
        assertThat(other.runs).hasSize(1);
        replica.process.resume(cluster.random);
        cluster.run(RECOVERED);
        assertThat(stopped.runs).isEqualTo(other.runs);
        assertThat(accepted(1)).isEqualTo(1);
    }

    @Test
    void aProcessThatWasStoppedBetweenItsClaimAndItsRequestSendsNothing() {
        Results stopped = run(replica, 1, Flux.fromIterable(requests(1)));
        // the claim is carried out, and its response waits for the process
        while (stored(0).state() != State.SENDING) {
            cluster.run(Duration.ofMillis(1));
        }
        replica.process.pause();
        Results other = run(cluster.replica(), 1, Flux.fromIterable(requests(1)));
        cluster.run(RECOVERED);
        assertThat(other.outcomes()).containsExactly(Outcome.UNKNOWN);
        replica.process.resume(cluster.random);
        cluster.run(ENDED);
        assertThat(accepted(1)).isZero();
        assertThat(stopped.outcomes()).containsExactly(Outcome.UNKNOWN);
    }

    @Test
    void aRequestThatWaitsForItsTurnIsNotTakenForLost() {
        cluster.service.fail(Duration.ofSeconds(50), 55);
        Results one = run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(1);
        Results other = run(cluster.replica(), 1, Flux.fromIterable(requests(1)));
        cluster.run(2 * ENDED);
        assertThat(one.outcomes()).isNotEmpty().doesNotContain(Outcome.UNKNOWN);
        assertThat(other.runs).isEqualTo(one.runs);
        assertThat(accepted(1)).isEqualTo(1);
    }

    @Test
    void aClaimThatWasCommittedUnheardIsWithdrawnAndMadeAgain() {
        replica.link.fate =
                () -> replica.link.advances > 0 && stored(0).state() == State.PLANNED ? Fate.FAILS_AFTER : Fate.DONE;
        replica.link.down = () -> stored(0).state() == State.SENDING && cluster.service.millis() < 60_000;
        Results results = run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(30);
        assertThat(stored(0).state()).isEqualTo(State.SENDING);
        cluster.run(60 + ENDED + RECOVERED);
        assertThat(results.outcomes()).isNotEmpty().doesNotContain(Outcome.UNKNOWN);
        assertThat(accepted(1)).isEqualTo(1);
    }

    @Test
    void nothingIsSentWhileTheDatabaseIsAway() {
        replica.link.down = () -> true;
        Results results = run(replica, 5, Flux.fromIterable(requests(5)));
        cluster.run(600);
        assertThat(accepted(5)).isZero();
        replica.link.down = () -> false;
        cluster.run(ENDED);
        assertThat(results.runs).hasSize(5);
        assertThat(accepted(5)).isEqualTo(5);
    }

    @Test
    void aDatabaseThatFailsWhileImportsRunDelaysTheirOutcomes() {
        Results results = run(replica, 5, Flux.fromIterable(requests(5)));
        cluster.run(5);
        replica.link.down = () -> true;
        cluster.run(600);
        assertThat(results.failures).isEmpty();
        replica.link.down = () -> false;
        cluster.run(RECOVERED);
        assertThat(results.runs).hasSize(5).allMatch(run -> run.outcome() != Outcome.UNKNOWN);
        assertThat(accepted(5)).isEqualTo(5);
    }

    @Test
    void aCommitWhoseResponseWasLostStartsNothingTwice() {
        replica.link.fate = () -> cluster.random.nextInt(3) == 0 ? Fate.FAILS_AFTER : Fate.DONE;
        Results results = run(replica, 4, Flux.fromIterable(requests(20)));
        cluster.run(10 * ENDED);
        assertThat(results.runs).hasSize(20).allMatch(run -> run.outcome() != Outcome.UNKNOWN);
        assertThat(accepted(20)).isEqualTo(20);
    }

    @Test
    void whatADatabaseForgotOfARunThatGoesOnIsRecordedAgain() {
        Runnable failOver = cluster.database.checkpoint();
        Results results = run(replica, 5, Flux.fromIterable(requests(5)));
        cluster.run(10);
        failOver.run();
        cluster.run(600);
        assertThat(results.runs).hasSize(5).allMatch(run -> run.outcome() != Outcome.UNKNOWN);
        assertThat(stored(0).state()).isEqualTo(State.ENDED);
        assertThat(accepted(5)).isEqualTo(5);
    }

    @Test
    void aCheckThatFailsIsRecorded() {
        IllegalStateException bad = new IllegalStateException("not a Parquet file");
        RunImportsSpec spec = RunImportsSpec.maxInProgress(1).beforeStart(request -> Mono.error(bad));
        Results results = run(replica, spec, Flux.fromIterable(requests(1)));
        cluster.run(1);
        assertThat(results.runs).containsExactly(new ImportRun(requests(1).get(0), Outcome.REFUSED, null, bad));
        Results again = run(cluster.replica(), 1, Flux.fromIterable(requests(1)));
        cluster.run(1);
        assertThat(again.runs.get(0).failure())
                .isInstanceOf(RecordedRunException.class)
                .hasMessageContaining("not a Parquet file")
                .hasMessageContaining("s3://bucket/0");
        assertThat(accepted(1)).isZero();
    }

    @Test
    void whatMayBeASecretInAUriIsInNoRecordedFailure() {
        StartImportRequest secret = StartImportRequest.of("https://user:pw@account.example/data?sig=s3cret#f");
        RunImportsSpec spec = RunImportsSpec.maxInProgress(1)
                .beforeStart(request -> Mono.error(new IllegalStateException("not a Parquet file")));
        run(replica, spec, Flux.just(secret));
        cluster.run(1);
        assertThat(cluster.database.planRun("imports", secret).block().failure())
                .contains("https://account.example/data ")
                .doesNotContain("pw", "s3cret");
    }

    @Test
    void aForgottenRunIsRunAnew() {
        Results first = run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(5);
        assertThat(first.runs).isEmpty();
        List<Boolean> forgotten = new ArrayList<>();
        replica.shared.forgetRun("s3://bucket/0").subscribe(forgotten::add);
        cluster.run(ENDED);
        replica.shared.forgetRun("s3://bucket/0").subscribe(forgotten::add);
        cluster.run(1);
        assertThat(forgotten).containsExactly(false, true);
        run(replica, 1, Flux.fromIterable(requests(1)));
        cluster.run(5);
        assertThat(accepted(1)).isEqualTo(2);
    }

    @Test
    void openRunsAreThoseToRunAgain() {
        run(replica, 200, Flux.fromIterable(requests(200)));
        cluster.run(8);
        replica.process.kill();
        Replica second = cluster.replica();
        List<StartImportRequest> open = new ArrayList<>();
        second.shared.openRuns().subscribe(open::add);
        cluster.run(2);
        assertThat(open).hasSizeGreaterThan(150).isSubsetOf(requests(200));
        Results results = run(second, 200, Flux.fromIterable(open));
        cluster.run(ENDED + RECOVERED);
        assertThat(results.runs).hasSize(open.size());
        assertThat(accepted(200)).isEqualTo(200);
    }

    @Test
    void aSourceThatFailsLetsRunsEnd() {
        IllegalStateException failure = new IllegalStateException("source");
        Results results = run(replica, 5, Flux.fromIterable(requests(3)).concatWith(Mono.error(failure)));
        cluster.run(ENDED);
        assertThat(results.runs).hasSize(3);
        assertThat(results.failures).containsExactly(failure);
    }

    @Test
    void cancellingSendsNothingMore() {
        Results results = run(replica, 2, Flux.fromIterable(requests(10)));
        cluster.run(5);
        results.cancel();
        cluster.run(ENDED);
        assertThat(accepted(10)).isEqualTo(2);
        assertThat(cluster.service.requests(request -> request.name().startsWith("DELETE")))
                .isZero();
    }

    @Test
    void cancellingCancelsImportsIfThatIsWanted() {
        Results results =
                run(replica, RunImportsSpec.maxInProgress(2).cancelOnCancel(true), Flux.fromIterable(requests(10)));
        cluster.run(15);
        int running = accepted(10) - results.runs.size();
        results.cancel();
        cluster.run(5);
        assertThat(cluster.service.requests(request -> request.name().startsWith("DELETE")))
                .isEqualTo(running);
    }

    @Test
    void closingCancelsNoImports() {
        run(replica, RunImportsSpec.maxInProgress(2).cancelOnCancel(true), Flux.fromIterable(requests(2)));
        cluster.run(5);
        replica.shared.disposeLater().subscribe();
        cluster.run(5);
        assertThat(accepted(2)).isEqualTo(2);
        assertThat(cluster.service.requests(request -> request.name().startsWith("DELETE")))
                .isZero();
    }

    @Test
    void closingEndsThePipelineAndItsRunsGoOnElsewhere() {
        Results results = run(replica, 2, Flux.fromIterable(requests(2)));
        cluster.run(5);
        replica.shared.disposeLater().subscribe();
        cluster.run(1);
        assertThat(results.failures).singleElement().isInstanceOf(IllegalStateException.class);
        Results other = run(cluster.replica(), 2, Flux.fromIterable(requests(2)));
        cluster.run(ENDED);
        assertThat(other.runs).hasSize(2);
        assertThat(accepted(2)).isEqualTo(2);
    }

    @Test
    void whatIsObservedIsReported() {
        List<String> seen = new ArrayList<>();
        RunImportsSpec spec = RunImportsSpec.maxInProgress(1).onObservation(operation -> {
            seen.add(operation.status().name());
            throw new IllegalStateException("of the caller");
        });
        Results results = run(replica, spec, Flux.fromIterable(requests(1)));
        cluster.run(ENDED);
        assertThat(results.runs).hasSize(1);
        assertThat(seen).containsSubsequence("IN_PROGRESS", "COMPLETED");
    }
}
