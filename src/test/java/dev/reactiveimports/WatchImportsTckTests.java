package dev.reactiveimports;

import dev.reactiveimports.testing.ImportsSimulator;
import java.time.Duration;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** The Reactive Streams TCK on watchImports, over real HTTP. Each import has ended, and is one observation. */
@Test
public class WatchImportsTckTests extends PublisherVerification<ImportOperation> {

    private static final int IMPORTS = 1000;

    private ImportsSimulator simulator;
    private ReactiveImportsApi api;

    public WatchImportsTckTests() {
        super(new TestEnvironment(2000, 200, 200));
    }

    @BeforeClass
    public void open() {
        simulator = ImportsSimulator.builder().imports(IMPORTS).build();
        api = ReactiveImportsApi.create(simulator.indexHost(), simulator.apiKey());
    }

    @AfterClass
    public void close() {
        api.close();
        simulator.close();
    }

    @Override
    public long maxElementsFromPublisher() {
        return IMPORTS;
    }

    @Override
    public Publisher<ImportOperation> createPublisher(long elements) {
        return api.watchImports(
                Flux.fromStream(() -> IntStream.rangeClosed(1, (int) elements).mapToObj(Integer::toString)),
                PollSpec.fixedInterval(Duration.ofMillis(1)));
    }

    /** A lazy publisher cannot fail before demand. */
    @Override
    public Publisher<ImportOperation> createFailedPublisher() {
        return null;
    }
}
