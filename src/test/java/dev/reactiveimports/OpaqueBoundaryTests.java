package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;
import reactor.util.context.Context;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

class OpaqueBoundaryTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final RawServer.Answer DOWN = RawServer.answer("HTTP/1.1 503 Down", "");

    private final List<Object> hooked = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void resetHooks() {
        Hooks.resetOnErrorDropped();
        Hooks.resetOnNextDropped();
    }

    @Test
    void keysOfUsersAreSeenInEveryAttempt() {
        List<ContextView> seen = Collections.synchronizedList(new ArrayList<>());
        Mono<String> key = Mono.deferContextual(context -> {
            seen.add(context);
            return Mono.just("key");
        });
        try (RawServer server =
                        RawServer.script(DOWN, DOWN, RawServer.json("{\"id\":\"a\",\"status\":\"Completed\"}"));
                ReactiveImportsApi api = ReactiveImportsApi.builder(server.host(), key)
                        .retry(OpaquePublishers.RETRY)
                        .build()) {
            StepVerifier.create(api.describeImport("a")
                            .onErrorContinue((failure, item) -> hooked.add(failure))
                            .doOnDiscard(Object.class, hooked::add)
                            .contextWrite(Context.of("tenant", "mine", 7, "number")))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(LIMIT);
        }
        assertThat(seen).hasSize(3).allSatisfy(context -> {
            assertThat(context.<String>get("tenant")).isEqualTo("mine");
            assertThat(context.<String>get(7)).isEqualTo("number");
            assertThat(context.hasKey("reactor.onDiscard.local")).isFalse();
        });
        assertThat(hooked).isEmpty();
    }

    @Test
    void everySteeringKeyIsGoneInside() {
        Context steering = Context.empty();
        for (String key : List.of("onDiscard", "onNextDropped", "onErrorDropped", "onRejectedExecution", "onNew")) {
            steering = steering.put("reactor." + key + ".local", "theirs");
        }
        Context subscribers = steering.put("reactor.core.publisher.MonoDelay.failOnBackpressure", true)
                .put("mine", "kept");
        Mono<Set<Object>> kept = Mono.deferContextual(context -> Mono.just(context.stream()
                .filter(entry -> entry.getValue() instanceof String || entry.getValue() instanceof Boolean)
                .map(entry -> entry.getKey())
                .collect(Collectors.toSet())));
        StepVerifier.create(OpaqueBoundary.around(kept).contextWrite(subscribers))
                .expectNext(Set.of("mine"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void idsThatFailEndTheWatchWhateverIsDownstream() {
        Flux<String> ids = Flux.just("a", "b").map(id -> {
            if (id.equals("b")) {
                throw new IllegalStateException("theirs");
            }
            return id;
        });
        try (OpaqueService service = new OpaqueService(OpaqueService.Trouble.NONE);
                ReactiveImportsApi api = OpaquePublishers.client(service.host()).build()) {
            StepVerifier.create(api.watchImports(ids).onErrorContinue((failure, item) -> hooked.add(failure)))
                    .thenConsumeWhile(seen -> true)
                    .expectErrorMessage("theirs")
                    .verify(LIMIT);
            StepVerifier.create(api.watchImports(ids.onErrorContinue((failure, item) -> {}))
                            .map(ImportOperation::id)
                            .distinct())
                    .expectNext("a")
                    .expectComplete()
                    .verify(LIMIT);
        }
        assertThat(hooked).isEmpty();
    }

    @Test
    void aRetryOfTheCallersOwnFailsWhateverIsDownstream() {
        Retry theirs = Retry.from(signals -> signals.map(signal -> {
            throw new IllegalStateException("theirs");
        }));
        try (RawServer server = RawServer.always(DOWN);
                ReactiveImportsApi api = ReactiveImportsApi.builder(server.host(), "key")
                        .retry(theirs)
                        .build()) {
            StepVerifier.create(api.cancelImport("a").onErrorContinue((failure, item) -> hooked.add(failure)))
                    .expectErrorMessage("theirs")
                    .verify(LIMIT);
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void operatorsDownstreamAreSteeredAsUsual() {
        try (OpaqueService service = new OpaqueService(OpaqueService.Trouble.NONE);
                ReactiveImportsApi api = OpaquePublishers.client(service.host()).build()) {
            StepVerifier.create(api.listImports()
                            .map(ImportOperation::id)
                            .map(id -> {
                                if (id.equals("b")) {
                                    throw new IllegalStateException(id);
                                }
                                return id;
                            })
                            .doOnDiscard(Object.class, hooked::add)
                            .filter(id -> !id.equals("c"))
                            .doOnDiscard(String.class, hooked::add)
                            .onErrorContinue((failure, item) -> hooked.add(failure.getMessage())))
                    .expectNext("a")
                    .expectComplete()
                    .verify(LIMIT);
        }
        assertThat(hooked).containsExactly("b", "c");
    }

    @Test
    void droppedErrorsReachTheGlobalHookAndNothingElseDoes() {
        Hooks.onErrorDropped(failure -> {
            hooked.add(failure);
            throw new IllegalStateException("hook");
        });
        Hooks.onNextDropped(hooked::add);
        RuntimeException dropped = new RuntimeException("late");
        StepVerifier.create(OpaqueBoundary.around(Mono.deferContextual(context -> {
                    Operators.onErrorDropped(dropped, Context.of(context));
                    Operators.onNextDropped("internal", Context.of(context));
                    return Mono.just("fine");
                })))
                .expectNext("fine")
                .expectComplete()
                .verify(LIMIT);
        assertThat(hooked).containsExactly(dropped);
    }

    @Test
    void theNameIsSeenFromOutside() {
        try (ReactiveImportsApi api = ReactiveImportsApi.create("https://host", "key")) {
            assertThat(Scannable.from(api.describeImport("a").map(one -> one)).name())
                    .isEqualTo("reactive.imports.describe");
            assertThat(Scannable.from(api.watchIndex()).tags())
                    .anyMatch(tag ->
                            tag.getT1().equals("operation") && tag.getT2().equals("watch.index"));
        }
    }
}
