package dev.reactiveimports.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;

/** A socket to a simulator, for what an HTTP client cannot see. */
final class RawConnection implements AutoCloseable {

    private final Socket socket;
    private final String key;
    private final StringBuilder received = new StringBuilder();

    RawConnection(ImportsSimulator simulator) throws IOException {
        this.socket = new Socket("127.0.0.1", URI.create(simulator.indexHost()).getPort());
        this.key = simulator.apiKey();
        socket.setSoTimeout(5_000);
    }

    RawConnection get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: x\r\nApi-Key: " + key + "\r\n\r\n");
    }

    RawConnection post(String path, String body) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\nHost: x\r\nApi-Key: " + key + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
    }

    RawConnection send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        return this;
    }

    RawConnection timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
        return this;
    }

    /** Reads to the end of the connection; throws what ends it otherwise. What came is in {@link #received}. */
    String readToEnd() throws IOException {
        while (readOne()) {}
        return received();
    }

    /** Reads until what came ends so. */
    String readUntil(String end) throws IOException {
        while (received.indexOf(end, Math.max(0, received.length() - end.length())) < 0) {
            if (!readOne()) {
                throw new IOException("ended before " + end + ": " + received);
            }
        }
        return received();
    }

    /** One response with a Content-Length; forgets what came before. */
    String readResponse() throws IOException {
        received.setLength(0);
        String head = readUntil("\r\n\r\n");
        int length = contentLength(head);
        for (int i = 0; i < length; i++) {
            readOne();
        }
        return received();
    }

    String received() {
        return received.toString();
    }

    static int contentLength(String response) {
        String name = "content-length: ";
        int at = response.toLowerCase(java.util.Locale.ROOT).indexOf(name);
        return at < 0
                ? 0
                : Integer.parseInt(response.substring(at + name.length(), response.indexOf("\r\n", at))
                        .trim());
    }

    static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    private boolean readOne() throws IOException {
        InputStream in = socket.getInputStream();
        int b = in.read();
        if (b >= 0) {
            received.append((char) b);
        }
        return b >= 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
