package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An answer means the same in whatever pieces it comes: HTTP chunks, and reads of the socket that know nothing of them. */
class BodySplitTests {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final int FEW = 12;

    private static volatile Random pieces = new Random();
    private static volatile byte[] answer = {};
    private static RawServer server;
    private static ReactiveImportsApi imports;

    @BeforeAll
    static void start() {
        server = RawServer.always(BodySplitTests::writeInPieces);
        imports = ReactiveImportsApi.builder(server.host(), "key")
                .retry(ImportsRetry.none())
                .build();
    }

    @AfterAll
    static void stop() {
        imports.close();
        server.close();
    }

    @Test
    void aPageInAnyPiecesIsTheSamePage() {
        Samples.check(200, samples -> assertIsTheSamePage(samples.anyLong()));
    }

    private static void assertIsTheSamePage(long seed) throws IOException {
        Random random = new Random(seed);
        ImportPage page = JsonCodecRoundTripTests.randomPage(random);
        byte[] body = JsonCodecRoundTripTests.write(page, random).getBytes(UTF_8);
        answer = random.nextBoolean() ? chunked(body, random) : whole(body);
        pieces = random;
        assertThat(imports.listImportPages(ListImportsSpec.create())
                        .take(1)
                        .single()
                        .block(Duration.ofSeconds(10)))
                .isEqualTo(page);
        assertThat(server.connections)
                .as("connections: every answer was read to its end")
                .hasValue(1);
    }

    private static byte[] whole(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write((HEAD + "Content-Length: " + body.length + "\r\n\r\n").getBytes(UTF_8));
        bytes.write(body);
        return bytes.toByteArray();
    }

    private static byte[] chunked(byte[] body, Random random) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write((HEAD + "Transfer-Encoding: chunked\r\n\r\n").getBytes(UTF_8));
        for (byte[] chunk : cut(body, random)) {
            bytes.write((Integer.toHexString(chunk.length) + "\r\n").getBytes(UTF_8));
            bytes.write(chunk);
            bytes.write("\r\n".getBytes(UTF_8));
        }
        bytes.write("0\r\n\r\n".getBytes(UTF_8));
        return bytes.toByteArray();
    }

    private static boolean writeInPieces(RawServer.Connection connection) throws IOException {
        for (byte[] piece : cut(answer, pieces)) {
            connection.send(piece);
            LockSupport.parkNanos(20_000); // so that the other side reads them one by one, mostly
        }
        return true;
    }

    /** Into one piece, a few, or, if that does not take too long, single bytes. */
    private static byte[][] cut(byte[] bytes, Random random) {
        TreeSet<Integer> cuts = new TreeSet<>();
        cuts.add(bytes.length);
        int howMany = random.nextInt(8) == 0 && bytes.length < 1000 ? 10 * bytes.length : random.nextInt(FEW);
        for (int i = 0; i < howMany; i++) {
            cuts.add(1 + random.nextInt(bytes.length));
        }
        byte[][] cut = new byte[cuts.size()][];
        int from = 0;
        int n = 0;
        for (int to : cuts) {
            cut[n++] = Arrays.copyOfRange(bytes, from, to);
            from = to;
        }
        return cut;
    }
}
