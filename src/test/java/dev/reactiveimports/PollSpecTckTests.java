package dev.reactiveimports;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The Reactive Streams TCK on the polling operator, in real time with the shortest waits. */
@Test
public class PollSpecTckTests extends PublisherVerification<ImportOperation> {

    /** Gives the TCK half a second for what should happen. */
    public PollSpecTckTests() {
        super(new TestEnvironment(500, 50));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 100;
    }

    @Override
    public Publisher<ImportOperation> createPublisher(long elements) {
        return Flux.defer(() -> {
            AtomicInteger polls = new AtomicInteger();
            Mono<ImportOperation> describe = Mono.fromSupplier(() -> polls.incrementAndGet() < elements
                    ? WatchedService.running("1", polls.get())
                    : ImportOperation.of("1", ImportStatus.COMPLETED));
            return PollSpec.fixedInterval(Duration.ofMillis(1)).poll(describe);
        });
    }

    @Override
    public Publisher<ImportOperation> createFailedPublisher() {
        return null; // nothing can fail before demand
    }
}
