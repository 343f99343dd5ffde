package dev.reactiveimports;

import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The Reactive Streams TCK on the list publisher, over real HTTP. The start token says how long the listing is. */
abstract class ListImportsTck extends PublisherVerification<ImportOperation> {

    private static final int PAGE_SIZE = 7;

    private final int readAhead;
    private RawServer server;
    private ReactiveImportsApi api;

    ListImportsTck(int readAhead) {
        super(new TestEnvironment(2000, 200, 200));
        this.readAhead = readAhead;
    }

    @BeforeClass
    public void open() {
        server = RawServer.always(connection -> {
            connection.send(page(connection.request.line()));
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
    public Publisher<ImportOperation> createPublisher(long elements) {
        return api.listImports(ListImportsSpec.create()
                .pageSize(PAGE_SIZE)
                .readAhead(readAhead)
                .startAt(elements + "-0"));
    }

    /** A lazy publisher cannot fail before demand. */
    @Override
    public Publisher<ImportOperation> createFailedPublisher() {
        return null;
    }

    private static byte[] page(String requestLine) {
        String token = requestLine.replaceAll(".*paginationToken=([0-9-]+).*", "$1");
        long length = Long.parseLong(token.split("-")[0]);
        long from = Long.parseLong(token.split("-")[1]);
        long to = Math.min(length, from + PAGE_SIZE);
        String items = LongStream.range(from, to)
                .mapToObj(i -> "{\"id\":\"" + i + "\",\"status\":\"Completed\"}")
                .collect(Collectors.joining(","));
        String next = to < length ? ",\"pagination\":{\"next\":\"" + length + "-" + to + "\"}" : "";
        String body = "{\"data\":[" + items + "]" + next + "}";
        return ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
