package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One server, and one JVM for each client, which stay warm from one measurement to the next. */
final class Fleet implements AutoCloseable {

    private final Jvm server;
    private final int port;
    private final Map<String, Jvm> workers = new LinkedHashMap<>();

    Fleet(List<String> clients) throws IOException {
        server = Jvm.server();
        port = server.port();
        for (String client : clients) {
            workers.put(client, Jvm.worker(client, port));
        }
    }

    int port() {
        return port;
    }

    void serve(int pages, int delayMillis) throws IOException {
        server.serve(pages, delayMillis, false);
    }

    /** So many pages of imports that are all in progress. */
    void serveRunning(int pages) throws IOException {
        server.serve(pages, 0, true);
    }

    Sample run(String client, String job) throws IOException {
        return workers.get(client).run(job);
    }

    /** Each client in turn, each round beginning with another one. */
    Map<String, List<Sample>> rounds(int rounds, String job, List<String> clients) throws IOException {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        clients.forEach(client -> samples.put(client, new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < clients.size(); i++) {
                String client = clients.get((round + i) % clients.size());
                samples.get(client).add(run(client, job));
            }
        }
        return samples;
    }

    @Override
    public void close() {
        workers.values().forEach(Jvm::close);
        server.close();
    }
}
