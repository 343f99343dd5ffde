package dev.reactiveimports;

import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The Reactive Streams TCK on the watch of many imports, in real time with the shortest waits. */
@Test
public class WatchManyTckTests extends PublisherVerification<ImportOperation> {

    /** Gives the TCK half a second for what should happen. */
    public WatchManyTckTests() {
        super(new TestEnvironment(500, 50));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1000;
    }

    @Override
    public Publisher<ImportOperation> createPublisher(long elements) {
        WatchMany watch = new WatchMany(
                id -> Mono.delay(Duration.ofMillis(1)).map(zero -> ImportOperation.of(id, ImportStatus.FAILED)),
                token -> Mono.just(new ImportPage(List.of(), null)),
                PollSpec.fixedInterval(Duration.ofMillis(1)).scheduler(Schedulers.parallel()),
                (id, failure) -> false,
                ImportsListener.NONE);
        return watch.watchImports(Flux.range(0, (int) Math.min(elements, 1000)).map(i -> "i" + i));
    }

    @Override
    public Publisher<ImportOperation> createFailedPublisher() {
        return null; // nothing can fail before demand
    }
}
