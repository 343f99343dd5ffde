package dev.reactiveimports.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/**
 * The service, reduced to what it takes to keep a client busy: a process of its own, one thread, answers ready to be written.
 * How many pages there are, what each is delayed by, and whether all imports are running is told by its standard input, and may change; it ends with it.
 */
final class PageServer {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private static final int MOST_PAGES = 10_000;
    private static final String ONE = "GET /bulk/imports/";

    private final Pages mixed = new Pages(MOST_PAGES, false);
    private final Pages running = new Pages(MOST_PAGES, true);
    private final Selector selector = Selector.open();
    private final ArrayDeque<Reply> due = new ArrayDeque<>();
    private volatile int count = 1;
    private volatile long delay;
    private volatile Pages pages = mixed;

    private PageServer() throws IOException {}

    public static void main(String[] arguments) throws IOException {
        PageServer server = new PageServer();
        ServerSocketChannel listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listening.configureBlocking(false).register(server.selector, SelectionKey.OP_ACCEPT);
        Thread settings = new Thread(server::takeSettings);
        settings.setDaemon(true);
        settings.start();
        System.out.println(listening.socket().getLocalPort());
        server.run();
    }

    private void takeSettings() {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextInt()) {
            count = lines.nextInt();
            delay = lines.nextInt() * MILLI;
            pages = lines.nextInt() == 0 ? mixed : running;
            System.out.println("ok");
        }
        System.exit(0);
    }

    private void run() throws IOException {
        while (true) {
            await();
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isAcceptable()) {
                    accept((ServerSocketChannel) key.channel());
                } else {
                    ((Connection) key.attachment()).ready();
                }
            }
            selector.selectedKeys().clear();
            while (!due.isEmpty() && System.nanoTime() - due.peek().at() >= 0) {
                due.poll().write();
            }
        }
    }

    /** A selector waits whole milliseconds: the last one is spent spinning. */
    private void await() throws IOException {
        long left = due.isEmpty() ? 0 : due.peek().at() - System.nanoTime();
        if (due.isEmpty()) {
            selector.select();
        } else if (left > MILLI) {
            selector.select(left / MILLI);
        } else {
            selector.selectNow();
        }
    }

    private void accept(ServerSocketChannel listening) throws IOException {
        SocketChannel channel = listening.accept();
        channel.configureBlocking(false);
        channel.socket().setTcpNoDelay(true);
        channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
    }

    private record Reply(long at, Connection connection, int page) {

        void write() {
            connection.answer(page);
        }
    }

    private final class Connection {

        private final SocketChannel channel;
        private final ByteBuffer request = ByteBuffer.allocate(16 * 1024);

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void ready() {
            try {
                if (channel.read(request) < 0) {
                    channel.close();
                    return;
                }
                String text = new String(request.array(), 0, request.position(), ISO_8859_1);
                if (!text.endsWith("\r\n\r\n")) {
                    return;
                }
                request.clear();
                if (!text.startsWith("GET ")) {
                    channel.close(); // the SDK's other half wants to speak gRPC
                } else if (text.startsWith(ONE)) {
                    write(pages.answer(text.substring(ONE.length(), text.indexOf(' ', ONE.length()))));
                } else if (delay == 0) {
                    answer(Pages.asked(text));
                } else {
                    due.add(new Reply(System.nanoTime() + delay, this, Pages.asked(text)));
                }
            } catch (IOException e) {
                close();
            }
        }

        void answer(int page) {
            write(pages.answer(page, page + 1 >= count));
        }

        private void write(ByteBuffer[] buffers) {
            try {
                while (buffers[buffers.length - 1].hasRemaining()) {
                    channel.write(buffers);
                }
            } catch (IOException e) {
                close();
            }
        }

        private void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
