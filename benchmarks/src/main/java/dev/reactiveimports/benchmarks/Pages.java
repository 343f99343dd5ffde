package dev.reactiveimports.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The service's answers, serialised before the first request: items by turns out of a few pages, tokens of their own. */
public final class Pages {

    /** As many as the service puts on one page. */
    public static final int ITEMS = 100;

    private static final int DIFFERENT = 16;
    private static final String[] STATUSES = {"Completed", "Completed", "InProgress", "Pending", "Failed", "Cancelled"};

    private static final int FIRST_ID = 100_000;

    private final boolean running;
    private final ByteBuffer[] items = new ByteBuffer[DIFFERENT];
    private final ByteBuffer[] tails;
    private final ByteBuffer[] heads = new ByteBuffer[DIFFERENT];
    private final ByteBuffer[] lastHeads = new ByteBuffer[DIFFERENT];
    private final ByteBuffer[] single = new ByteBuffer[DIFFERENT * ITEMS];
    private final ByteBuffer lastTail = direct("]}");

    /**
     * Makes all answers.
     *
     * @param running whether all imports are in progress, or some of each status
     */
    Pages(int most, boolean running) {
        this.running = running;
        tails = new ByteBuffer[most];
        for (int page = 0; page < most; page++) {
            tails[page] = direct(tail(page));
        }
        for (int i = 0; i < DIFFERENT; i++) {
            items[i] = direct(items(i, running));
            heads[i] = direct(head(items[i].remaining() + tails[0].remaining()));
            lastHeads[i] = direct(head(items[i].remaining() + lastTail.remaining()));
        }
        for (int n = 0; n < single.length; n++) {
            String item = item(n, running);
            single[n] = direct(head(item.length()) + item);
        }
    }

    /** A whole body, for what needs no server. */
    public static String body(int page) {
        return items(page % DIFFERENT, false) + tail(page);
    }

    /** The page that a request asks for. */
    static int asked(String request) {
        String parameter = "paginationToken=";
        int from = request.indexOf(parameter);
        if (from < 0) {
            return 0;
        }
        int to = from + parameter.length();
        while (request.charAt(to) != ' ' && request.charAt(to) != '&') {
            to++;
        }
        String token = request.substring(from + parameter.length(), to)
                .replace("%3D", "=")
                .replace("%3d", "=");
        String decoded = new String(Base64.getDecoder().decode(token), ISO_8859_1);
        return Integer.parseInt(decoded.substring(decoded.indexOf(' ') + 1));
    }

    ByteBuffer[] answer(int page, boolean last) {
        int i = page % DIFFERENT;
        return new ByteBuffer[] {
            (last ? lastHeads[i] : heads[i]).duplicate(),
            items[i].duplicate(),
            (last ? lastTail : tails[page]).duplicate()
        };
    }

    /** The ids of so many imports, from the first on. */
    static List<String> ids(int howMany) {
        return IntStream.range(0, howMany)
                .mapToObj(n -> Integer.toString(FIRST_ID + n))
                .toList();
    }

    /** One import, asked for by its id. */
    ByteBuffer[] answer(String id) {
        return new ByteBuffer[] {single[Integer.parseInt(id) - FIRST_ID].duplicate()};
    }

    private static String head(int length) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** All of one length; the token ends in what must be percent-encoded. */
    private static String tail(int page) {
        byte[] token = "page %08d".formatted(page + 1).getBytes(ISO_8859_1);
        return "],\"pagination\":{\"next\":\"" + Base64.getEncoder().encodeToString(token) + "\"}}";
    }

    private static String items(int page, boolean running) {
        return IntStream.range(0, ITEMS)
                .mapToObj(i -> item(page * ITEMS + i, running))
                .collect(Collectors.joining(",", "{\"data\":[", ""));
    }

    private static String item(int n, boolean running) {
        String status = running ? "InProgress" : STATUSES[n % STATUSES.length];
        return "{\"id\":\"%d\",\"uri\":\"s3://my-bucket-name/embeddings/2025-08/tenant-%05d/part-%04d/\","
                        .formatted(FIRST_ID + n, n * 7, n % ITEMS)
                + "\"status\":\"%s\",\"createdAt\":\"2025-08-21T%02d:%02d:47.886797+00:00\","
                        .formatted(status, n % 24, n % 60)
                + (running || n % 3 == 2
                        ? "\"finishedAt\":null,"
                        : "\"finishedAt\":\"2025-08-22T%02d:%02d:09.754Z\",".formatted(n % 24, n % 60))
                + String.format(
                        Locale.ROOT,
                        "\"percentComplete\":%s,\"recordsImported\":%d,\"error\":\"%s\"}",
                        n % 2 == 0 ? "100" : "42." + n % 10,
                        1_000_000L + n,
                        status.equals("Failed") ? "User error: the namespace already exists" : "");
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
    }
}
