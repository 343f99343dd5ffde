package dev.reactiveimports;

import static dev.reactiveimports.ImportRun.Outcome.CANCELLED;
import static dev.reactiveimports.ImportRun.Outcome.COMPLETED;
import static dev.reactiveimports.ImportRun.Outcome.FAILED;
import static dev.reactiveimports.ImportRun.Outcome.REFUSED;
import static dev.reactiveimports.ImportRun.Outcome.UNKNOWN;
import static dev.reactiveimports.WatchedService.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;

class RunImportsTests {

    private final RunService service = new RunService();
    private final List<ImportRun> runs = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private boolean completed;

    @Test
    void noMoreIsTakenThanSlotsAndDemandAllow() {
        TestPublisher<StartImportRequest> source = TestPublisher.create();
        List<Long> asked = new ArrayList<>();
        BaseSubscriber<ImportRun> subscriber = demanding(0);
        service.run(source.flux().doOnRequest(asked::add).concatWith(Flux.empty()), spec(3))
                .subscribe(subscriber);
        source.assertWasNotSubscribed();
        subscriber.request(1);
        assertThat(asked).containsExactly(1L);
        subscriber.request(5);
        assertThat(asked).containsExactly(1L, 2L);
    }

    @Test
    void postsFollowDemandThenDeliveries() {
        BaseSubscriber<ImportRun> subscriber = demanding(0);
        service.run(requests(10), spec(3)).subscribe(subscriber);
        assertThat(service.posts).isEmpty();
        subscriber.request(1);
        assertThat(service.posts).hasSize(1);
        subscriber.request(5);
        assertThat(service.posts).hasSize(3);
        service.forward(3);
        assertThat(service.posts).hasSize(3);
        service.end("i1", ImportStatus.COMPLETED);
        service.forward(2);
        assertThat(runs).extracting(run -> run.request().uri()).containsExactly("s3://b/1");
        assertThat(service.posts).hasSize(4);
        subscriber.cancel();
        assertThat(service.time.timers()).isZero();
    }

    @Test
    void anEndlessSourceIsTakenPieceByPiece() {
        service.starting = request -> service.take(request).doOnNext(id -> service.end(id, ImportStatus.COMPLETED));
        Flux<StartImportRequest> endless = Flux.generate(sink -> sink.next(request(0)));
        service.run(endless, spec(2)).take(50).subscribe(runs::add, errors::add, () -> completed = true);
        service.forward(120);
        assertThat(runs).hasSize(50);
        assertThat(completed).isTrue();
        assertThat(service.posts).hasSizeBetween(50, 51);
    }

    @Test
    void limitRateKeepsAllSlotsInUseBeforeAnOperatorThatDemandsInBatches() {
        service.run(requests(20), spec(4)).limitRate(4, 1).concatMap(Mono::just).subscribe(runs::add);
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(2);
        assertThat(runs).hasSize(1);
        assertThat(service.posts).hasSize(5);
    }

    @Test
    void outcomesAreData() {
        service.starting = request -> request.equals(request(1)) ? Mono.error(answer(400)) : service.take(request);
        run(requests(5), spec(2));
        service.end("i0", ImportStatus.FAILED);
        service.forward(3);
        service.end("i1", ImportStatus.CANCELLED);
        service.forward(3);
        service.describing = id -> Mono.error(answer(404));
        service.forward(3);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(REFUSED, FAILED, CANCELLED, UNKNOWN, UNKNOWN);
        assertThat(runs.get(3).operation()).isNotNull();
        assertThat(completed).isTrue();
        assertThat(service.posts).doesNotHaveDuplicates();
        assertThat(service.time.timers()).isZero();
    }

    @Test
    void aCheckOfTheCallersRejects() {
        RunImportsSpec checked = spec(2).beforeStart(request ->
                request.equals(request(0)) ? Mono.error(new IllegalStateException("too big")) : Flux.just(1, 2));
        run(requests(2), checked);
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(3);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(REFUSED, COMPLETED);
        assertThat(runs.get(0).failure()).hasMessage("too big");
        assertThat(service.posts).containsExactly("s3://b/1");
    }

    @Test
    void whatConcernsAllLetsTheRestEnd() {
        for (int status : new int[] {401, 402, 403}) {
            RunImportsTests each = new RunImportsTests();
            each.concernsAll(status);
        }
    }

    private void concernsAll(int status) {
        service.starting = request -> request.equals(request(1)) ? Mono.error(answer(status)) : service.take(request);
        run(requests(5), spec(2));
        assertThat(errors).isEmpty();
        service.forward(5);
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(3);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(REFUSED, COMPLETED);
        assertThat(errors).singleElement().matches(e -> ((ImportsApiException) e).statusCode() == status);
        assertThat(service.posts).hasSize(2);
    }

    @Test
    void anErrorOfTheSourceLetsTheRestEnd() {
        run(requests(1).concatWith(Mono.error(new IllegalStateException("source"))), spec(2));
        service.forward(5);
        assertThat(errors).isEmpty();
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(3);
        assertThat(runs).hasSize(1);
        assertThat(errors).singleElement().matches(e -> e.getMessage().equals("source"));
    }

    @Test
    void aSourceThatEmitsNullOrTooMuchHasFailed() {
        TestPublisher<StartImportRequest> tooMuch = TestPublisher.createNoncompliant(
                TestPublisher.Violation.REQUEST_OVERFLOW, TestPublisher.Violation.ALLOW_NULL);
        run(tooMuch, spec(1));
        tooMuch.next(request(0), request(1));
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(3);
        assertThat(runs).hasSize(1);
        assertThat(errors).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aClosedClientEndsItAtOnce() {
        run(requests(5), spec(2));
        service.closed = true;
        service.closing.tryEmitError(new IllegalStateException("closed"));
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN, UNKNOWN);
        assertThat(runs).allMatch(run -> run.operation() != null);
        assertThat(errors).hasSize(1);
        assertThat(service.time.timers()).isZero();
    }

    @Test
    void aClientThatWasClosedBeforeRefusesAndFails() {
        service.closed = true;
        service.closing.tryEmitError(new IllegalStateException("closed"));
        run(requests(5), spec(2));
        assertThat(runs).extracting(ImportRun::outcome).containsOnly(REFUSED);
        assertThat(errors).hasSize(1);
        assertThat(service.posts).isEmpty();
    }

    @Test
    void throttlingHalvesTheSlotsWhichGrowBack() {
        boolean[] throttled = {true};
        service.starting = request -> throttled[0]
                ? Mono.error(new ImportsApiException(429, "slow down", null, null, Duration.ofSeconds(7)))
                : service.take(request);
        run(requests(20), spec(8));
        assertThat(service.posts).hasSize(8);
        service.forward(6);
        assertThat(service.posts).hasSize(8);
        service.forward(60);
        assertThat(service.slots)
                .extracting(ImportsListener.Slots::now)
                .startsWith(4, 2, 1)
                .hasSize(3);
        throttled[0] = false;
        service.forward(8);
        assertThat(service.slots.get(service.slots.size() - 1)).isEqualTo(new ImportsListener.Slots(8, 8));
        assertThat(service.imports).hasSize(8);
        assertThat(runs).isEmpty();
    }

    @Test
    void aStartThatCannotConnectIsTriedAgainBeforeItIsRejected() {
        service.starting = request -> Mono.error(new ImportsTransportException("refused", null, true));
        run(requests(1), spec(1));
        service.forward(200);
        assertThat(service.posts).hasSize(6);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(REFUSED);
        assertThat(completed).isTrue();
    }

    @Test
    void aServiceThatAsksForMoreThanAnHourRejects() {
        service.starting =
                request -> Mono.error(new ImportsApiException(429, "tomorrow", null, null, Duration.ofDays(100_000)));
        run(requests(1), spec(1));
        service.forward(2);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(REFUSED);
        assertThat(completed).isTrue();
    }

    @Test
    void aBurstOfStartsLeavesConnectionsToPolls() {
        service.starting = request -> service.take(request).delayElement(Duration.ofSeconds(1), service.time);
        run(requests(100), spec(100));
        assertThat(service.posts).hasSize(32);
        service.forward(1);
        assertThat(service.posts).hasSize(64);
        service.forward(3);
        assertThat(service.posts).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void aRequestIsCheckedOnceHoweverOftenItIsSent() {
        List<StartImportRequest> checks = new ArrayList<>();
        service.starting = request -> service.posts.size() < 4 ? Mono.error(answer(429)) : service.take(request);
        run(requests(1), spec(1).beforeStart(request -> Mono.fromRunnable(() -> checks.add(request))));
        service.forward(20);
        assertThat(service.posts).hasSize(4);
        assertThat(checks).hasSize(1);
    }

    @Test
    void aCheckThatPassesAfterTheEndSendsNothing() {
        service.starting = request -> Mono.error(answer(401));
        run(
                requests(2),
                spec(2).beforeStart(request ->
                        request.equals(request(0)) ? Mono.empty() : Mono.delay(Duration.ofSeconds(3), service.time)));
        assertThat(errors).isEmpty();
        service.forward(4);
        assertThat(service.posts).hasSize(1);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(REFUSED, REFUSED);
        assertThat(errors).hasSize(1);
    }

    @Test
    void cancelLeavesImportsAlone() {
        Disposable running = run(requests(5), spec(2));
        running.dispose();
        service.forward(60);
        assertThat(service.posts).hasSize(2);
        assertThat(service.cancels).isEmpty();
        assertThat(service.time.timers()).isZero();
    }

    @Test
    void cancelCancelsImportsWhereItIsReportedTo() {
        Disposable running = run(requests(5), spec(2).cancelOnCancel(true));
        running.dispose();
        service.forward(60);
        assertThat(service.cancels).containsExactlyInAnyOrder("i0", "i1");
        assertThat(service.posts).hasSize(2);
    }

    @Test
    void whatOnObservationThrowsHarmsNothing() {
        List<ImportStatus> seen = new ArrayList<>();
        run(requests(1), spec(1).onObservation(operation -> {
            seen.add(operation.status());
            throw new IllegalStateException("bars");
        }));
        service.forward(2);
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(2);
        assertThat(seen).containsExactly(ImportStatus.IN_PROGRESS, ImportStatus.COMPLETED);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(COMPLETED);
    }

    @Test
    void whatTheEndThrowsIsDropped() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            service.run(requests(0), spec(1)).subscribe(new ThrowingAtTheEnd());
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(dropped).hasSize(1);
        assertThat(errors).isEmpty();
    }

    @Test
    void anErrorOfTheSourceAfterACancelIsDropped() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            TestPublisher<StartImportRequest> source =
                    TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
            run(source, spec(1)).dispose();
            source.error(new IllegalStateException("late"));
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(dropped).hasSize(1);
        assertThat(errors).isEmpty();
    }

    @Test
    void importsThatCannotBeCancelledAreGivenUpAfterAMinute() {
        service.cancelling = id -> Mono.never();
        Disposable running = run(requests(40), spec(40).cancelOnCancel(true));
        service.forward(1);
        running.dispose();
        assertThat(service.cancels).hasSize(16);
        service.forward(61);
        assertThat(service.cancels).hasSize(16);
        assertThat(service.time.timers()).isZero();
    }

    @Test
    void badInputFailsAtTheCall() {
        assertThatIllegalArgumentException().isThrownBy(() -> RunImportsSpec.maxInProgress(0));
        assertThatIllegalArgumentException().isThrownBy(() -> RunImportsSpec.maxInProgress(10_001));
        try (ReactiveImportsApi api = ReactiveImportsApi.create("http://localhost:1", "key")) {
            assertThatIllegalArgumentException().isThrownBy(() -> api.runImports(Flux.empty(), 0));
            assertThatNullPointerException().isThrownBy(() -> api.runImports(null, 1));
            assertThatNullPointerException().isThrownBy(() -> api.runImports(Flux.empty(), null));
        }
    }

    /** As no operator is: Reactor's own subscribers catch what their callbacks throw. */
    private final class ThrowingAtTheEnd implements CoreSubscriber<ImportRun> {

        @Override
        public void onSubscribe(Subscription s) {
            s.request(1);
        }

        @Override
        public void onNext(ImportRun run) {}

        @Override
        public void onError(Throwable error) {
            errors.add(error);
        }

        @Override
        public void onComplete() {
            throw new IllegalStateException("thrown by onComplete");
        }
    }

    static StartImportRequest request(int i) {
        return StartImportRequest.of("s3://b/" + i);
    }

    private static Flux<StartImportRequest> requests(int n) {
        return Flux.fromStream(() -> Stream.iterate(0, i -> i + 1).limit(n).map(RunImportsTests::request));
    }

    private static RunImportsSpec spec(int maxInProgress) {
        return RunImportsSpec.maxInProgress(maxInProgress);
    }

    private Disposable run(org.reactivestreams.Publisher<StartImportRequest> requests, RunImportsSpec spec) {
        return service.run(requests, spec).subscribe(runs::add, errors::add, () -> completed = true);
    }

    private BaseSubscriber<ImportRun> demanding(long first) {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription s) {
                if (first > 0) {
                    request(first);
                }
            }

            @Override
            protected void hookOnNext(ImportRun run) {
                runs.add(run);
            }
        };
    }
}
