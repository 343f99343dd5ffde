package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a service of imports shows at a time, without the network's faults. */
final class SimulationService {

    private static final String PATH = "/bulk/imports";

    /** How a listing is ordered; the imports of one that is hashed are inserted anywhere. */
    enum Order {
        NEWEST_FIRST,
        OLDEST_FIRST,
        HASHED,
        SHUFFLED_EACH_WALK
    }

    /** A response; a retry-after is a header's text. */
    record Response(int status, String body, @Nullable String retryAfter) {

        static Response ok(String body) {
            return new Response(200, body, null);
        }

        static Response error(int status) {
            return new Response(status, "{\"code\":" + status % 20 + ",\"message\":\"status " + status + "\"}", null);
        }
    }

    final Map<String, SimulationImport> imports = new LinkedHashMap<>();
    /** Accepted starts by their URI. */
    final Map<String, Integer> accepted = new LinkedHashMap<>();

    final SimulationDice dice;
    Order order = Order.NEWEST_FIRST;
    boolean tokensAreOffsets = true;
    long tokensLast = SimulationImport.NEVER;
    long listsEndedFor = SimulationImport.NEVER;
    int largestPage = 100;
    /** Whether the listing shows every import at any time; then long ones cost little. */
    boolean showsAll;

    private List<SimulationImport> whole = List.of();
    private final long salt;
    int tokensServed;
    int tokensExpired;

    SimulationService(SimulationDice dice) {
        this.dice = dice;
        this.salt = dice.nextLong();
    }

    SimulationImport add(String id, String uri, long createdAt) {
        SimulationImport added = new SimulationImport(imports.size(), id, uri, createdAt);
        imports.put(id, added);
        return added;
    }

    /** Handles a request; a start's import lives as chance has it. */
    Response handle(String method, String uri, String body, long time) {
        String rest = uri.substring(uri.indexOf(PATH) + PATH.length());
        if (method.equals("POST")) {
            return start(body, time);
        }
        if (!rest.startsWith("/")) {
            return list(rest, time);
        }
        SimulationImport found = imports.get(URLDecoder.decode(rest.substring(1), UTF_8));
        if (found == null || !found.isFound(time)) {
            return Response.error(404);
        }
        if (method.equals("DELETE")) {
            found.cancel(time);
            return Response.ok("{}");
        }
        return Response.ok(found.json(time));
    }

    private Response start(String body, long time) {
        int from = body.indexOf("\"uri\":\"") + 7;
        String uri = body.substring(from, body.indexOf('"', from));
        accepted.merge(uri, 1, Integer::sum);
        SimulationImport started = add("started-" + imports.size(), uri, time);
        started.startsAt = time + dice.between(100L, 10_000L);
        started.endsAt = started.startsAt + dice.between(1_000L, 120_000L);
        started.end = dice.chance(0.8) ? ImportStatus.COMPLETED : ImportStatus.FAILED;
        started.unknown = new SimulationImport.Span(time, time + dice.between(0L, 8_000L));
        started.unlisted.add(started.unknown);
        return Response.ok("{\"id\":\"" + started.id + "\"}");
    }

    private Response list(String query, long time) {
        int limit = Math.min(largestPage, Integer.parseInt(query.substring(7, end(query, 7))));
        int at = query.indexOf("paginationToken=");
        String token = at < 0 ? null : query.substring(at + 16);
        String[] parts = token == null ? new String[0] : token.split("_");
        if (token != null && time - Long.parseLong(parts[2]) >= tokensLast) {
            tokensExpired++;
            return Response.error(400);
        }
        long walk = token == null ? dice.nextLong() >>> 1 : Long.parseLong(parts[1]);
        long after = token == null ? 0 : Long.parseLong(parts[0]);
        List<SimulationImport> view = view(walk, time);
        int from = token == null
                ? 0
                : tokensAreOffsets ? (int) Math.min(after, view.size()) : firstAfter(view, after, walk);
        int to = Math.min(view.size(), from + limit);
        StringBuilder json = new StringBuilder(256 + 200 * (to - from)).append("{\"data\":[");
        for (SimulationImport shown : view.subList(from, to)) {
            json.append(json.charAt(json.length() - 1) == '[' ? "" : ",").append(shown.json(time));
        }
        json.append(']');
        if (to < view.size()) {
            long next = tokensAreOffsets ? to : key(view.get(to - 1), walk);
            json.append(",\"pagination\":{\"next\":\"")
                    .append(next)
                    .append('_')
                    .append(walk)
                    .append('_');
            json.append(time).append('_').append(tokensServed++).append("\"}");
        }
        return Response.ok(json.append('}').toString());
    }

    private static int end(String query, int from) {
        int end = query.indexOf('&', from);
        return end < 0 ? query.length() : end;
    }

    private List<SimulationImport> view(long walk, long time) {
        if (showsAll && whole.size() == imports.size()) {
            return whole;
        }
        List<SimulationImport> view = new ArrayList<>();
        for (SimulationImport one : imports.values()) {
            if (one.isListed(time) && time < one.endsAt + listsEndedFor) {
                view.add(one);
            }
        }
        if (order != Order.OLDEST_FIRST) {
            view.sort(Comparator.comparingLong(one -> key(one, walk)));
        }
        whole = showsAll && order != Order.SHUFFLED_EACH_WALK ? view : List.of();
        return view;
    }

    private int firstAfter(List<SimulationImport> view, long key, long walk) {
        int first = 0;
        while (first < view.size() && key(view.get(first), walk) <= key) {
            first++;
        }
        return first;
    }

    private long key(SimulationImport one, long walk) {
        return switch (order) {
            case NEWEST_FIRST -> -one.number;
            case OLDEST_FIRST -> one.number;
            case HASHED -> mix(one.number ^ salt);
            case SHUFFLED_EACH_WALK -> mix(one.number ^ walk);
        };
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** How many imports a listing shows at most now. */
    int listed(long time) {
        return view(0, time).size();
    }
}
