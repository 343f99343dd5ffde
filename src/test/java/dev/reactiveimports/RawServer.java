package dev.reactiveimports;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A server of exact bytes on loopback. A script gives the answer to the n-th request (from 1), whatever connection it came on;
 * the server tells what it saw: requests, connections, and closes by the client.
 */
final class RawServer implements AutoCloseable {

    /** What is done with one request, on the connection's own thread. */
    interface Answer {
        /** Writes what it likes; returns whether the connection is to be read on. */
        boolean write(Connection connection) throws IOException, InterruptedException;
    }

    /** What is done with the n-th connection (from 1) before its first byte is read. */
    interface Door {
        /** Returns the socket to serve, or null when the connection has been dealt with. */
        Socket open(int n, Socket accepted) throws IOException;
    }

    /** One request and when it was read, by {@link System#nanoTime}. */
    record Request(String line, String head, String body, long nanos) {
        String header(String name) {
            return head.lines()
                    .filter(l -> l.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(l -> l.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    final class Connection {
        final Socket socket;
        private final Socket accepted;
        volatile Request request;
        final CountDownLatch gone = new CountDownLatch(1);

        Connection(Socket socket, Socket accepted) {
            this.socket = socket;
            this.accepted = accepted;
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        void send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        void fin() throws IOException {
            socket.shutdownOutput();
        }

        /** RST; below TLS, if there is any. */
        void reset() throws IOException {
            RawServer.reset(accepted);
        }

        /** Until the client closes, or the server does. */
        void awaitClose() throws IOException {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                Thread.onSpinWait();
            }
            clientCloses.incrementAndGet();
        }
    }

    final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger clientCloses = new AtomicInteger();

    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "raw-server");
        thread.setDaemon(true);
        return thread;
    });
    private final IntFunction<Answer> script;
    private final Door door;
    private final AtomicInteger numbered = new AtomicInteger();

    RawServer(IntFunction<Answer> script) {
        this(script, (n, accepted) -> accepted, 0);
    }

    /**
     * A server with something before its script.
     *
     * @param port 0 for any
     */
    RawServer(IntFunction<Answer> script, Door door, int port) {
        this.script = script;
        this.door = door;
        try {
            this.listening = new ServerSocket(port, 1000, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        threads.execute(this::accept);
    }

    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The same answer to every request. */
    static RawServer always(Answer answer) {
        return new RawServer(n -> answer);
    }

    /** These answers one after the other, the last one for ever. */
    static RawServer script(Answer... answers) {
        return new RawServer(n -> answers[Math.min(n, answers.length) - 1]);
    }

    static Answer json(String body) {
        return answer("HTTP/1.1 200 OK", body);
    }

    /** A whole answer, the connection kept. */
    static Answer answer(String statusAndHeaders, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return bytes(
                statusAndHeaders.replace("\n", "\r\n") + "\r\nContent-Length: " + bytes.length + "\r\n\r\n" + body);
    }

    static Answer bytes(String bytes) {
        return connection -> {
            connection.send(bytes);
            return true;
        };
    }

    /** These bytes, then the end of the stream. */
    static Answer bytesThenFin(String bytes) {
        return connection -> {
            connection.send(bytes);
            connection.fin();
            connection.awaitClose();
            return false;
        };
    }

    /** These bytes, then RST. */
    static Answer bytesThenReset(String bytes) {
        return connection -> {
            connection.send(bytes);
            connection.reset();
            return false;
        };
    }

    /** These bytes, then nothing until the client closes. */
    static Answer bytesThenStall(String bytes) {
        return connection -> {
            connection.send(bytes);
            connection.awaitClose();
            return false;
        };
    }

    String host() {
        return "http://127.0.0.1:" + port();
    }

    String secureHost() {
        return "https://127.0.0.1:" + port();
    }

    int port() {
        return listening.getLocalPort();
    }

    int openConnections() {
        return open.size();
    }

    /** Waits, ten seconds at most, until the client has so many connections open; returns how many it has then. */
    int awaitOpen(int howMany) {
        return Await.until(open::size, size -> size == howMany);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        for (Socket socket : open) {
            try {
                reset(socket);
            } catch (IOException e) {
                // the client was faster
            }
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                int n = connections.incrementAndGet();
                threads.execute(() -> serve(n, socket));
            } catch (IOException | RejectedExecutionException closed) {
                return;
            }
        }
    }

    private void serve(int n, Socket accepted) {
        Connection connection = null;
        try (accepted) {
            Socket socket = door.open(n, accepted);
            if (socket == null) {
                return;
            }
            connection = new Connection(socket, accepted);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Request request;
            while ((request = read(in)) != null) {
                requests.add(request);
                connection.request = request;
                if (!script.apply(numbered.incrementAndGet()).write(connection)) {
                    return;
                }
            }
            clientCloses.incrementAndGet();
        } catch (IOException | InterruptedException e) {
            clientCloses.incrementAndGet();
        } finally {
            open.remove(accepted);
            if (connection != null) {
                connection.gone.countDown();
            }
        }
    }

    private static Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last4 = 0;
        while (last4 != 0x0D0A0D0A) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            head.write(b);
            last4 = last4 << 8 | b;
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        Request bare = new Request(text.substring(0, text.indexOf('\r')), text, "", System.nanoTime());
        String length = bare.header("Content-Length");
        String body =
                length.isEmpty() ? "" : new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8);
        return new Request(bare.line(), text, body, bare.nanos());
    }
}
