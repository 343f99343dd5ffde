package dev.reactiveimports.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * As little as can be done: one socket, a parser written for this very server, no error handling. What no client of the
 * service can beat. Without the parser it drains the same bytes and makes nothing of them.
 */
final class LimitCandidate implements Candidate {

    private static final byte[] LENGTH = "Content-Length: ".getBytes(ISO_8859_1);
    private static final byte[] NEXT = "\"next\":\"".getBytes(ISO_8859_1);
    private static final int LONGEST_TAIL = 128;

    private final SocketChannel socket;
    private final HandParser parser;
    private final byte[] rest;
    private final ByteBuffer request = ByteBuffer.allocateDirect(1024);
    private final ByteBuffer received = ByteBuffer.allocateDirect(64 * 1024);
    private final byte[] answer = new byte[64 * 1024];
    private int bodyStart;
    private int end;

    LimitCandidate(int port, boolean parsing) throws IOException {
        socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        socket.socket().setTcpNoDelay(true);
        parser = parsing ? new HandParser(answer) : null;
        rest = (" HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nApi-Key: key\r\nX-Pinecone-Api-Version: 2025-10\r\n"
                        + "Accept: application/json\r\n\r\n")
                .getBytes(ISO_8859_1);
    }

    @Override
    public void drain(Digest digest) throws IOException {
        String token = null;
        do {
            page(token, digest);
            token = next();
        } while (token != null);
    }

    @Override
    public void first(Digest digest) throws IOException {
        page(null, digest);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void page(String token, Digest digest) throws IOException {
        String target =
                "GET /bulk/imports?limit=100" + (token == null ? "" : "&paginationToken=" + token.replace("=", "%3D"));
        request.clear();
        request.put(target.getBytes(ISO_8859_1)).put(rest).flip();
        while (request.hasRemaining()) {
            socket.write(request);
        }
        receive();
        if (parser != null) {
            for (Item item : parser.items(bodyStart)) {
                item.addTo(digest);
            }
        }
    }

    private void receive() throws IOException {
        end = 0;
        bodyStart = -1;
        int length = 0;
        do {
            received.clear();
            int read = socket.read(received);
            if (read < 0) {
                throw new EOFException();
            }
            received.flip().get(answer, end, read);
            end += read;
            if (bodyStart < 0) {
                length = contentLength();
            }
        } while (bodyStart < 0 || end - bodyStart < length);
    }

    private int contentLength() {
        for (int i = 0, length = 0; i + 3 < end; i++) {
            if (answer[i] == 'C' && startsWith(LENGTH, i)) {
                for (int at = i + LENGTH.length; answer[at] >= '0'; at++) {
                    length = length * 10 + answer[at] - '0';
                }
            } else if (answer[i] == '\r' && answer[i + 2] == '\r') {
                bodyStart = i + 4;
                return length;
            }
        }
        return 0;
    }

    private String next() {
        for (int i = end - NEXT.length; i > end - LONGEST_TAIL; i--) {
            if (answer[i] == '"' && startsWith(NEXT, i)) {
                int from = i + NEXT.length;
                int to = from;
                while (answer[to] != '"') {
                    to++;
                }
                return new String(answer, from, to - from, ISO_8859_1);
            }
        }
        return null;
    }

    private boolean startsWith(byte[] text, int at) {
        for (int i = 0; i < text.length; i++) {
            if (answer[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }
}
