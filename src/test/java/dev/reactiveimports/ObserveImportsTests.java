package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.answer;
import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ObserveImportsTests {

    private final WatchClock time = new WatchClock();
    private final PollSpec every5s =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time);
    private final WatchedService service = new WatchedService();
    private final List<ImportObservation> seen = new ArrayList<>();
    private final Sinks.Many<String> ids = Sinks.many().unicast().onBackpressureBuffer();

    @Test
    void theFailureOfAnIdIsEmittedWhenItHappens() {
        service.with(ids(0, 2));
        Disposable watch = observe().subscribe(seen::add);
        List.of("i0", "gone", "", "i1").forEach(ids::tryEmitNext);
        forward(5);
        assertThat(seen)
                .filteredOn(ImportObservation.Seen.class::isInstance)
                .extracting(ImportObservation::id)
                .containsExactlyInAnyOrder("i0", "i1");
        assertThat(failures()).extracting(ImportObservation.Failed::id).containsExactlyInAnyOrder("gone", "");
        assertThat(failures())
                .filteredOn(failed -> failed.id().equals("gone"))
                .singleElement()
                .matches(failed -> failed.failure() instanceof ImportsApiException e && e.isNotFound());
        assertThat(watch.isDisposed()).isFalse();
        watch.dispose();
        assertThat(time.timers()).isZero();
    }

    @Test
    void anIdThatFailedIsNotObservedAgain() {
        observe().subscribe(seen::add);
        ids.tryEmitNext("gone");
        ids.tryEmitNext("gone");
        forward(10);
        ids.tryEmitNext("gone");
        forward(60);
        assertThat(failures()).hasSize(1);
        assertThat(service.describes).hasValue(1);
    }

    @Test
    void anIdThatFailsTooOftenInARowIsDataAndOthersGoOn() {
        service.with(ids(0, 1));
        service.describing = id -> id.equals("bad") ? Mono.error(answer(500)) : service.find(id);
        observe().subscribe(seen::add);
        ids.tryEmitNext("bad");
        forward(60);
        assertThat(failures()).hasSize(1);
        ids.tryEmitNext("i0");
        forward(3);
        assertThat(seen).hasSize(2).last().isInstanceOf(ImportObservation.Seen.class);
    }

    @Test
    void failuresWaitForDemandAndFollowWhatWasSeen() {
        service.with(ids(0, 1));
        StepVerifier.create(observe(), 0)
                .then(() -> List.of("", "i0").forEach(ids::tryEmitNext))
                .thenRequest(1)
                .assertNext(first -> assertThat(first).isEqualTo(new ImportObservation.Failed("", failureOf(first))))
                .thenRequest(1)
                .then(() -> forward(5))
                .assertNext(second -> assertThat(second.id()).isEqualTo("i0"))
                .then(() -> {
                    service.end("i0");
                    ids.tryEmitComplete();
                })
                .thenRequest(1)
                .then(() -> forward(5))
                .assertNext(third -> assertThat(third)
                        .isInstanceOfSatisfying(
                                ImportObservation.Seen.class,
                                end -> assertThat(end.operation().isTerminal()).isTrue()))
                .verifyComplete();
    }

    @Test
    void whatConcernsAllEndsIt() {
        service.describing = id -> Mono.error(answer(401));
        StepVerifier.create(observe())
                .then(() -> ids.tryEmitNext("i0"))
                .verifyErrorSatisfies(e -> assertThat(e).isInstanceOf(ImportsApiException.class));
        assertThat(time.timers()).isZero();
    }

    @Test
    void observationsNeedTheirParts() {
        assertThatThrownBy(() -> new ImportObservation.Seen(null)).hasMessage("operation");
        assertThatThrownBy(() -> new ImportObservation.Failed(null, new RuntimeException()))
                .hasMessage("id");
        assertThatThrownBy(() -> new ImportObservation.Failed("i", null)).hasMessage("failure");
    }

    private static Throwable failureOf(ImportObservation observation) {
        return ((ImportObservation.Failed) observation).failure();
    }

    private List<ImportObservation.Failed> failures() {
        return seen.stream()
                .filter(ImportObservation.Failed.class::isInstance)
                .map(ImportObservation.Failed.class::cast)
                .toList();
    }

    private Flux<ImportObservation> observe() {
        return service.watch(every5s).observeImports(ids.asFlux());
    }

    private void forward(long seconds) {
        for (long i = 0; i < seconds; i++) {
            time.forward(Duration.ofSeconds(1));
        }
    }
}
