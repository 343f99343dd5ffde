package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The Reactive Streams TCK on the pipeline of runs, in real time, over a network in memory. */
@Test
public class RunManyTckTests extends PublisherVerification<ImportRun> {

    private final AtomicInteger started = new AtomicInteger();

    /** Gives the TCK half a second for what should happen. */
    public RunManyTckTests() {
        super(new TestEnvironment(500, 50));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1000;
    }

    @Override
    public Publisher<ImportRun> createPublisher(long elements) {
        RunService calls = new RunService();
        calls.starting = request -> Mono.delay(Duration.ofMillis(1)).map(zero -> "i" + started.incrementAndGet());
        calls.describing = id -> Mono.just(ImportOperation.of(id, ImportStatus.COMPLETED));
        calls.time.forward(Duration.ZERO);
        RunImportsSpec spec = RunImportsSpec.maxInProgress(3)
                .pollSpec(PollSpec.fixedInterval(Duration.ofMillis(1))
                        .scheduler(reactor.core.scheduler.Schedulers.parallel()));
        Flux<StartImportRequest> requests =
                Flux.range(0, (int) Math.min(elements, 1000)).map(RunImportsTests::request);
        return calls.run(requests, spec);
    }

    @Override
    public Publisher<ImportRun> createFailedPublisher() {
        return null; // nothing can fail before demand
    }
}
