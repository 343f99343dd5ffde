package dev.reactiveimports.testing;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.testing.SimulatedIndex.Page;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The service's responses: the four operations, and its rejections in the order of its checks. */
final class SimulatorRoutes {

    private static final String IMPORTS = "/bulk/imports";
    private static final int MAX_URI = 1500;
    private static final int MAX_INTEGRATION_ID = 1000;
    private static final int MAX_LIMIT = 100;
    private static final String OLDEST_VERSION = "2024-10";
    private static final String FIRST_WITH_VALIDATION = "2026-07";
    private static final Set<String> VERSIONS =
            Set.of(OLDEST_VERSION, "2025-01", "2025-04", "2025-10", "2026-01", "2026-04", FIRST_WITH_VALIDATION);

    private final String apiKey;
    private final Duration importDuration;
    private final SimulatedIndex index;
    private final @Nullable RateWindow rate;

    SimulatorRoutes(String apiKey, Duration importDuration, SimulatedIndex index, @Nullable RateWindow rate) {
        this.apiKey = apiKey;
        this.importDuration = importDuration;
        this.index = index;
        this.rate = rate;
    }

    /**
     * Processes a request. The key is passed separately, since the record masks it; so is the reason why the request is
     * unreadable, which is reported only if the key is valid.
     */
    SimulatedResponse respond(RecordedRequest request, @Nullable String key, @Nullable String unreadable) {
        if (rate != null && !rate.tryTake(request.at())) {
            return SimulatedResponse.tooManyRequests(1);
        }
        if (!apiKey.equals(key)) {
            return SimulatedResponse.text(401, key == null ? "Api-Key header is missing" : "Invalid API Key")
                    .with("www-authenticate", "Api-Key");
        }
        if (unreadable != null) {
            return SimulatedResponse.error(400, unreadable);
        }
        String version = request.headers().getOrDefault("X-Pinecone-Api-Version", OLDEST_VERSION);
        if (!VERSIONS.contains(version)) {
            return SimulatedResponse.error(
                    400, "Unknown X-Pinecone-Api-Version. Supported are " + sorted(VERSIONS) + ".");
        }
        boolean withValidation = version.compareTo(FIRST_WITH_VALIDATION) >= 0;
        try {
            return route(request, withValidation);
        } catch (IllegalArgumentException invalid) {
            return SimulatedResponse.error(400, String.valueOf(invalid.getMessage()));
        }
    }

    private SimulatedResponse route(RecordedRequest request, boolean withValidation) {
        String path = request.path();
        if (path.equals(IMPORTS)) {
            return switch (request.method()) {
                case "GET" -> list(request, withValidation);
                case "POST" -> start(request);
                default -> unknownRoute();
            };
        }
        String segment = path.startsWith(IMPORTS + "/") ? path.substring(IMPORTS.length() + 1) : "";
        if (segment.isEmpty() || segment.indexOf('/') >= 0) {
            return unknownRoute();
        }
        String id = decoded(segment);
        return switch (request.method()) {
            case "GET" -> describe(id, request, withValidation);
            case "DELETE" -> cancel(id, request);
            default -> unknownRoute();
        };
    }

    private SimulatedResponse start(RecordedRequest request) {
        SimulatorJson.Start start = SimulatorJson.start(request.body());
        String uri = start.uri();
        if (uri == null || uri.isEmpty() || length(uri) > MAX_URI) {
            throw new IllegalArgumentException("Import URI parameter is required."
                    + " Import URI must contain between 1 and " + MAX_URI + " characters.");
        }
        String integrationId = start.integrationId();
        if (integrationId != null && (integrationId.isEmpty() || length(integrationId) > MAX_INTEGRATION_ID)) {
            throw new IllegalArgumentException(
                    "Integration ID must contain between 1 and " + MAX_INTEGRATION_ID + " characters.");
        }
        String onError = start.onError();
        if (onError != null && !onError.equals("abort") && !onError.equals("continue")) {
            throw new IllegalArgumentException("errorMode.onError must be one of abort, continue.");
        }
        return SimulatedResponse.json(200, SimulatorJson.started(index.start(uri, importDuration, request.at())));
    }

    private SimulatedResponse list(RecordedRequest request, boolean withValidation) {
        int limit = limit(parameter(request, "limit"));
        String token = parameter(request, "paginationToken");
        Page page = index.page(token == null ? null : position(token), limit, request.at());
        Long next = page.next();
        return SimulatedResponse.json(
                200, SimulatorJson.page(page.items(), next == null ? null : PageToken.of(next), withValidation));
    }

    private SimulatedResponse describe(String id, RecordedRequest request, boolean withValidation) {
        ImportOperation operation = index.describe(id, request.at());
        return operation == null
                ? unknownImport(id)
                : SimulatedResponse.json(200, SimulatorJson.operation(operation, withValidation));
    }

    private SimulatedResponse cancel(String id, RecordedRequest request) {
        return index.cancel(id, request.at()) ? SimulatedResponse.json(200, SimulatorJson.empty()) : unknownImport(id);
    }

    private long position(String token) {
        OptionalLong position = PageToken.parse(token);
        if (position.isEmpty() || !index.hasPosition(position.getAsLong())) {
            throw new IllegalArgumentException("Invalid pagination token.");
        }
        return position.getAsLong();
    }

    private static int limit(@Nullable String limit) {
        if (limit == null) {
            return MAX_LIMIT;
        }
        String objection = "Limit must be a number between 1 and " + MAX_LIMIT + ".";
        if (!limit.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(objection);
        }
        int number = Integer.parseInt(limit);
        if (number < 1 || number > MAX_LIMIT) {
            throw new IllegalArgumentException(objection);
        }
        return number;
    }

    /** The first value; as in the service's protocol an empty one means the same as none. */
    private static @Nullable String parameter(RecordedRequest request, String name) {
        List<String> values = request.query().getOrDefault(name, List.of());
        return values.isEmpty() || values.get(0).isEmpty() ? null : values.get(0);
    }

    /** A plus sign is itself in a path; only in a query does it stand for a space. */
    private static String decoded(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String sorted(Set<String> texts) {
        return String.join(", ", texts.stream().sorted().toList());
    }

    private static SimulatedResponse unknownImport(String id) {
        return SimulatedResponse.error(404, "Import " + id + " not found.");
    }

    /** The service's gateway responds like this even if the key is valid. */
    private static SimulatedResponse unknownRoute() {
        return SimulatedResponse.text(
                        401,
                        "Unknown route or method. Known are GET and POST " + IMPORTS + ", GET and DELETE " + IMPORTS
                                + "/{id}.")
                .with("x-pinecone-auth-rejected-reason", "unknown route or method");
    }
}
