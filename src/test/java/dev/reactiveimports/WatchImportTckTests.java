package dev.reactiveimports;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** The Reactive Streams TCK on watchImport, over real HTTP. The id says after how many polls the import has ended. */
@Test
public class WatchImportTckTests extends PublisherVerification<ImportOperation> {

    private final AtomicInteger watches = new AtomicInteger();
    private final Map<String, AtomicInteger> polls = new ConcurrentHashMap<>();
    private RawServer server;
    private ReactiveImportsApi api;

    public WatchImportTckTests() {
        super(new TestEnvironment(2000, 200, 200));
    }

    @BeforeClass
    public void open() {
        server = RawServer.always(connection -> {
            String id = connection.request.line().replaceAll("GET /bulk/imports/([0-9-]+) .*", "$1");
            int poll = polls.computeIfAbsent(id, i -> new AtomicInteger()).incrementAndGet();
            boolean ended = poll >= Integer.parseInt(id.split("-")[0]);
            String body = "{\"id\":\"" + id + "\",\"status\":\"" + (ended ? "Completed" : "InProgress")
                    + "\",\"recordsImported\":" + poll + "}";
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            return true;
        });
        api = ReactiveImportsApi.create(server.host(), "key");
    }

    @AfterClass
    public void close() {
        api.close();
        server.close();
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1000;
    }

    /** A watch tells of one import at least, so an empty one is not for it to make. */
    @Override
    public Publisher<ImportOperation> createPublisher(long elements) {
        return elements == 0
                ? Flux.empty()
                : api.watchImport(
                        elements + "-" + watches.incrementAndGet(), PollSpec.fixedInterval(Duration.ofMillis(1)));
    }

    /** A lazy publisher cannot fail before demand. */
    @Override
    public Publisher<ImportOperation> createFailedPublisher() {
        return null;
    }
}
