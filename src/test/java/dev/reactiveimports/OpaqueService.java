package dev.reactiveimports;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The service in miniature: one listing of two pages, imports that are seen running once and completed from then on. What it
 * does is determined by the requests it gets, so that two runs can be compared.
 */
final class OpaqueService implements AutoCloseable {

    enum Trouble {
        NONE,
        ONE_503,
        ALWAYS_503,
        RESET_MID_BODY
    }

    private static final RawServer.Answer UNAVAILABLE = RawServer.answer(
            "HTTP/1.1 503 Service Unavailable\nContent-Type: application/json", "{\"code\":14,\"message\":\"down\"}");

    private final Trouble trouble;
    private final Map<String, Integer> looks = new HashMap<>();
    private final RawServer server = new RawServer(this::answer);

    OpaqueService(Trouble trouble) {
        this.trouble = trouble;
    }

    String host() {
        return server.host();
    }

    List<String> requestLines() {
        synchronized (server.requests) {
            return server.requests.stream().map(RawServer.Request::line).toList();
        }
    }

    private RawServer.Answer answer(int n) {
        return switch (trouble) {
            case ONE_503 -> n == 1 ? UNAVAILABLE : this::respond;
            case ALWAYS_503 -> UNAVAILABLE;
            case RESET_MID_BODY -> n == 1 ? OpaqueService::breakOff : this::respond;
            case NONE -> this::respond;
        };
    }

    private static boolean breakOff(RawServer.Connection connection) throws IOException {
        connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"data\":[{\"id\":");
        connection.reset();
        return false;
    }

    private boolean respond(RawServer.Connection connection) throws IOException, InterruptedException {
        String line = connection.request.line();
        String path = line.split(" ")[1];
        return RawServer.answer("HTTP/1.1 200 OK\nContent-Type: application/json", body(line, path))
                .write(connection);
    }

    private synchronized String body(String line, String path) {
        if (line.startsWith("POST")) {
            return "{\"id\":\"new\"}";
        }
        if (line.startsWith("DELETE")) {
            return "{}";
        }
        if (!path.startsWith("/bulk/imports/")) {
            return path.contains("paginationToken=two")
                    ? "{\"data\":[" + operation("c", "Completed") + "]}"
                    : "{\"data\":[" + operation("a", status("a")) + "," + operation("b", "Completed")
                            + "],\"pagination\":{\"next\":\"two\"}}";
        }
        String id = path.substring("/bulk/imports/".length());
        return operation(id, status(id));
    }

    private String status(String id) {
        return looks.merge(id, 1, Integer::sum) == 1 ? "InProgress" : "Completed";
    }

    private static String operation(String id, String status) {
        return "{\"id\":\"" + id + "\",\"uri\":\"s3://bucket/" + id + "\",\"status\":\"" + status
                + "\",\"createdAt\":\"2026-01-01T00:00:00Z\",\"percentComplete\":"
                + (status.equals("Completed") ? 100 : 40) + ",\"recordsImported\":7}";
    }

    @Override
    public void close() {
        server.close();
    }
}
