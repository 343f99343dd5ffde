package dev.reactiveimports;

import static dev.reactiveimports.ImportRun.Outcome.COMPLETED;
import static dev.reactiveimports.ImportRun.Outcome.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class RunUnknownsTests {

    private final RunService service = new RunService();
    private final List<ImportRun> runs = new ArrayList<>();

    @Test
    void theOneImportThatWasStartedIsAdopted() {
        takenButUnknown();
        run(1, 1);
        service.forward(39);
        assertThat(service.pages).isZero();
        service.forward(2);
        assertThat(service.pages).isOne();
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(2);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(COMPLETED);
        assertThat(service.posts).hasSize(1);
        assertThat(service.time.timers()).isZero();
    }

    @Test
    void noneOrSeveralStayUnknown() {
        service.starting = request -> Mono.error(service.unknown(request));
        run(1, 1);
        service.forward(45);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN);
        assertThat(runs.get(0).failure()).isInstanceOf(ImportOutcomeUnknownException.class);
        runs.clear();
        service.starting =
                request -> service.take(request).then(service.take(request)).then(Mono.error(service.unknown(request)));
        service.run(Flux.just(StartImportRequest.of("s3://b/twice")), RunImportsSpec.maxInProgress(1))
                .subscribe(runs::add);
        service.forward(45);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN);
    }

    @Test
    void anOlderImportOfThatUriIsNotTheOne() {
        service.take(RunImportsTests.request(0)).subscribe();
        service.forward(60);
        service.starting = request -> Mono.error(service.unknown(request));
        run(1, 1);
        service.forward(45);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN);
    }

    @Test
    void twoRequestsForOneUriCannotBeToldApart() {
        takenButUnknown();
        service.run(Flux.just(RunImportsTests.request(0), RunImportsTests.request(0)), RunImportsSpec.maxInProgress(2))
                .subscribe(runs::add);
        service.forward(45);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN, UNKNOWN);
    }

    @Test
    void theOneImportOfTwoUnknownStartsBelongsToNeither() {
        service.starting = request -> service.posts.size() == 1
                ? service.take(request).then(Mono.error(() -> service.unknown(request)))
                : Mono.error(service.unknown(request));
        service.run(Flux.just(RunImportsTests.request(0), RunImportsTests.request(0)), RunImportsSpec.maxInProgress(2))
                .subscribe(runs::add);
        service.forward(46);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN, UNKNOWN);
    }

    @Test
    void theImportOfARunInProgressIsNotAdopted() {
        service.starting =
                request -> service.posts.size() == 1 ? service.take(request) : Mono.error(service.unknown(request));
        service.run(Flux.just(RunImportsTests.request(0), RunImportsTests.request(0)), RunImportsSpec.maxInProgress(2))
                .subscribe(runs::add);
        service.forward(46);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN);
        assertThat(runs.get(0).failure()).isInstanceOf(ImportOutcomeUnknownException.class);
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(2);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN, COMPLETED);
    }

    @Test
    void theImportOfAStartThatWaitsForItsResponseIsNotAdopted() {
        service.starting = request -> service.posts.size() == 1
                ? Mono.error(service.unknown(request))
                : service.take(request).delayElement(Duration.ofSeconds(50), service.time);
        service.run(Flux.just(RunImportsTests.request(0), RunImportsTests.request(0)), RunImportsSpec.maxInProgress(2))
                .subscribe(runs::add);
        service.forward(55);
        assertThat(service.pages).isEqualTo(2);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN);
        assertThat(runs.get(0).failure()).isInstanceOf(ImportOutcomeUnknownException.class);
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(2);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(UNKNOWN, COMPLETED);
    }

    @Test
    void theImportOfAnEarlierRunIsNotAdopted() {
        service.run(Flux.just(RunImportsTests.request(0), RunImportsTests.request(0)), RunImportsSpec.maxInProgress(1))
                .subscribe(runs::add);
        service.starting = request -> Mono.error(service.unknown(request));
        service.forward(1);
        service.end("i0", ImportStatus.COMPLETED);
        service.forward(46);
        assertThat(runs).extracting(ImportRun::outcome).containsExactly(COMPLETED, UNKNOWN);
    }

    @Test
    void twentyUnknownStartsCostOneWalkThatEndsEarly() {
        takenButUnknown();
        run(20, 20);
        for (int i = 0; i < 10_000; i++) {
            String id = "old" + i;
            service.imports.put(id, service.at(id, "s3://old/" + i, ImportStatus.COMPLETED));
        }
        service.forward(45);
        assertThat(service.pages).isOne();
        List.copyOf(service.imports.keySet()).stream()
                .filter(id -> !id.startsWith("old"))
                .forEach(id -> service.end(id, ImportStatus.COMPLETED));
        service.forward(3);
        assertThat(runs).hasSize(20).allMatch(run -> run.outcome() == COMPLETED);
    }

    private void takenButUnknown() {
        service.starting = request -> service.take(request).then(Mono.error(() -> service.unknown(request)));
    }

    private void run(int requests, int maxInProgress) {
        service.run(Flux.range(0, requests).map(RunImportsTests::request), RunImportsSpec.maxInProgress(maxInProgress))
                .subscribe(runs::add);
    }
}
