package dev.reactiveimports;

import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Every public publisher, as one call each that ends. */
final class OpaquePublishers {

    private static final PollSpec QUICK =
            PollSpec.fixedInterval(Duration.ofMillis(1)).maxConsecutiveFailures(2);

    /** Walks the listing, and nothing else within the time of a test: what comes first of two clocks is not to be compared. */
    private static final PollSpec ONCE =
            PollSpec.fixedInterval(Duration.ofMinutes(1)).maxConsecutiveFailures(1);

    static final ImportsRetry RETRY = ImportsRetry.ofDefaults()
            .maxRetries(2)
            .minBackoff(Duration.ofMillis(1))
            .maxBackoff(Duration.ofMillis(1));

    /** By method and types of parameters; what belongs to other classes than the client by their name. */
    static final Map<String, Function<ReactiveImportsApi, Publisher<?>>> ALL = new TreeMap<>();

    static {
        ALL.put("listImports()", ReactiveImportsApi::listImports);
        ALL.put(
                "listImports(ListImportsSpec)",
                api -> api.listImports(ListImportsSpec.create().pageSize(2).readAhead(1)));
        ALL.put("listImportPages(ListImportsSpec)", api -> api.listImportPages(ListImportsSpec.create()));
        ALL.put("describeImport(String)", api -> api.describeImport("a"));
        ALL.put("startImport(StartImportRequest)", api -> api.startImport(StartImportRequest.of("s3://bucket/x")));
        ALL.put("cancelImport(String)", api -> api.cancelImport("a"));
        ALL.put("findStarted(String,Instant)", api -> api.findStarted("s3://bucket/c", Instant.EPOCH));
        ALL.put(
                "findStarted(Collection,Instant)",
                api -> api.findStarted(List.of("s3://bucket/a", "s3://b"), Instant.EPOCH));
        ALL.put("watchImport(String)", api -> api.watchImport("a"));
        ALL.put("watchImport(String,PollSpec)", api -> api.watchImport("a", QUICK));
        ALL.put("watchImports(Publisher)", api -> api.watchImports(Flux.just("a")));
        ALL.put("watchImports(Publisher,PollSpec)", api -> api.watchImports(Flux.just("a"), QUICK));
        ALL.put(
                "observeImports(Publisher)",
                api -> api.observeImports(Flux.just("a")).map(Object::toString));
        ALL.put(
                "observeImports(Publisher,PollSpec)",
                api -> api.observeImports(Flux.just("missing"), QUICK).map(Object::toString));
        ALL.put("watchIndex()", api -> api.watchIndex().take(2));
        ALL.put("watchIndex(PollSpec)", api -> api.watchIndex(ONCE).take(3));
        ALL.put("awaitImport(String)", api -> api.awaitImport("a"));
        ALL.put("awaitImport(String,PollSpec)", api -> api.awaitImport("a", QUICK));
        ALL.put("runImports(Publisher,int)", api -> runs(api, RunImportsSpec.maxInProgress(1)));
        ALL.put(
                "runImports(Publisher,RunImportsSpec)",
                api -> runs(api, RunImportsSpec.maxInProgress(2).pollSpec(QUICK)));
        ALL.put("warmup()", ReactiveImportsApi::warmup);
        ALL.put("disposeLater()", ReactiveImportsApi::disposeLater);
        ALL.put("PollSpec.poll", api -> QUICK.poll(api.describeImport("a")));
        ALL.put("ImportsRetry", api -> api.describeImport("a").retryWhen(RETRY));
        ALL.put("ImportStatusChange.detect", api -> api.watchImport("a").transform(ImportStatusChange::detect));
        ALL.put(
                "ImportStatusChange.since",
                api -> api.listImports().transform(ImportStatusChange.since(Map.of("b", ImportStatus.COMPLETED))));
    }

    /** Outcome by outcome, without what differs from one try to the next. */
    private static Publisher<?> runs(ReactiveImportsApi api, RunImportsSpec spec) {
        return api.runImports(Flux.just(StartImportRequest.of("s3://bucket/x")), spec)
                .map(run -> run.request() + " " + run.outcome());
    }

    private OpaquePublishers() {}

    static ReactiveImportsApi.Builder client(String host) {
        return ((DefaultBuilder)
                        ReactiveImportsApi.builder(host, "key").retry(RETRY).pollSpec(QUICK))
                .patience(new RunPatience(Duration.ofMillis(1), Duration.ofMillis(4)));
    }

    /** The client's methods that return a publisher. */
    static Set<String> ofTheClient() {
        return Arrays.stream(ReactiveImportsApi.class.getMethods())
                .filter(method -> Publisher.class.isAssignableFrom(method.getReturnType()))
                .map(OpaquePublishers::signature)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String signature(Method method) {
        return method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(",", "(", ")"));
    }
}
