package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.OpaqueService.Trouble;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Every public publisher behaves the same whatever surrounds it: items, requests at the server and the end are those of the
 * same call without decoration, for a service that is well, ill once, ill for ever, or breaks off.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpaqueMatrixTests {

    private final List<Object> strangers = Collections.synchronizedList(new ArrayList<>());
    private Map<String, Result> undecorated;

    @BeforeAll
    void runUndecorated() {
        undecorated = run(() -> {}, call -> call);
    }

    @AfterEach
    void resetHooks() {
        Hooks.resetOnEachOperator();
        Hooks.resetOnLastOperator();
        Hooks.resetOnOperatorDebug();
        Hooks.resetOnOperatorError();
        Hooks.resetOnNextError();
        Hooks.resetOnNextDropped();
        Hooks.resetOnErrorDropped();
        Hooks.disableAutomaticContextPropagation();
        Schedulers.resetFactory();
    }

    @Test
    void theMatrixHasEveryPublisherOfTheClient() {
        assertThat(OpaquePublishers.ALL.keySet()).containsAll(OpaquePublishers.ofTheClient());
    }

    @Test
    void theUndecoratedCallsShowEveryKindOfEnd() {
        assertThat(undecorated.values())
                .allSatisfy(result -> assertThat(result.end()).isNotEqualTo("did not end"));
        assertThat(undecorated.get("cancelImport(String) ALWAYS_503").end()).isEqualTo("ImportsApiException 503");
        assertThat(undecorated.get("cancelImport(String) ALWAYS_503").requests())
                .hasSize(3);
        assertThat(undecorated
                        .get("startImport(StartImportRequest) RESET_MID_BODY")
                        .end())
                .isEqualTo("ImportOutcomeUnknownException");
        assertThat(undecorated.get("listImports() ONE_503").items()).hasSize(3);
        assertThat(undecorated.get("ImportsRetry ALWAYS_503").requests()).hasSize(9);
    }

    @Test
    void onErrorContinue() {
        isTheSame(call -> call.onErrorContinue((failure, item) -> strangers.add(failure)));
    }

    @Test
    void onErrorContinueThatThrows() {
        isTheSame(call -> call.onErrorContinue((failure, item) -> {
            throw new IllegalStateException("handler");
        }));
    }

    @Test
    void onErrorStop() {
        isTheSame(Flux::onErrorStop);
    }

    @Test
    void onErrorResume() {
        isTheSame(call -> call.onErrorResume(Flux::error));
    }

    @Test
    void discardHookThatReleases() {
        isTheSame(call -> call.doOnDiscard(ReferenceCounted.class, ReferenceCountUtil::release)
                .doOnDiscard(Object.class, strangers::add));
    }

    @Test
    void localHooksThatThrow() {
        isTheSame(call -> call.contextWrite(Context.of(
                "reactor.onNextDropped.local", (java.util.function.Consumer<Object>) strangers::add,
                "reactor.onOperatorError.local",
                        (java.util.function.BiFunction<Throwable, Object, Throwable>)
                                (failure, item) -> new IllegalStateException("local", failure))));
    }

    @Test
    void globalHookThatContinues() {
        isTheSame(() -> Hooks.onNextError((failure, item) -> null), call -> call);
    }

    @Test
    void globalHooksThatThrowOrReplace() {
        isTheSame(
                () -> {
                    Hooks.onNextDropped(strangers::add);
                    Hooks.onErrorDropped(failure -> {
                        throw new IllegalStateException("hook", failure);
                    });
                    Hooks.onOperatorError((failure, item) -> new IllegalStateException("hook", failure));
                },
                call -> call);
    }

    @Test
    void operatorDebug() {
        isTheSame(Hooks::onOperatorDebug, call -> call);
    }

    @Test
    void liftOfEveryOperator() {
        isTheSame(
                () -> Hooks.onEachOperator(Operators.lift((scannable, actual) -> new PassingOn<>(actual))),
                call -> call);
    }

    @Test
    void automaticContextPropagation() {
        isTheSame(Hooks::enableAutomaticContextPropagation, call -> call);
    }

    @Test
    void schedulersReplacedAfterBuilding() {
        isTheSame(
                () -> {},
                call -> Flux.defer(() -> {
                    Schedulers.setFactory(new Schedulers.Factory() {});
                    return call;
                }));
    }

    @Test
    void schedulersShutDownAfterBuilding() {
        isTheSame(
                () -> {},
                call -> Flux.defer(() -> {
                    Schedulers.shutdownNow();
                    return call;
                }));
    }

    private void isTheSame(Function<Flux<?>, Flux<?>> decoration) {
        isTheSame(() -> {}, decoration);
    }

    private void isTheSame(Runnable hooks, Function<Flux<?>, Flux<?>> decoration) {
        strangers.clear();
        Map<String, Result> decorated = run(hooks, decoration);
        assertThat(decorated).containsExactlyInAnyOrderEntriesOf(undecorated);
        assertThat(strangers)
                .as("objects that a hook of the subscriber received")
                .isEmpty();
    }

    private Map<String, Result> run(Runnable hooks, Function<Flux<?>, Flux<?>> decoration) {
        Map<String, Result> results = new TreeMap<>();
        hooks.run();
        try {
            for (Trouble trouble : Trouble.values()) {
                OpaquePublishers.ALL.forEach(
                        (name, publisher) -> results.put(name + " " + trouble, run(publisher, trouble, decoration)));
            }
        } finally {
            resetHooks();
        }
        return results;
    }

    private static Result run(
            Function<ReactiveImportsApi, Publisher<?>> publisher,
            Trouble trouble,
            Function<Flux<?>, Flux<?>> decoration) {
        try (OpaqueService service = new OpaqueService(trouble);
                ReactiveImportsApi api = OpaquePublishers.client(service.host()).build()) {
            List<String> items = Collections.synchronizedList(new ArrayList<>());
            List<String> end = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch ended = new CountDownLatch(1);
            decoration
                    .apply(Flux.from(publisher.apply(api)))
                    .subscribe(
                            item -> items.add(item.toString()),
                            failure -> {
                                end.add(describe(failure));
                                ended.countDown();
                            },
                            () -> {
                                end.add("complete");
                                ended.countDown();
                            });
            boolean inTime = ended.await(20, TimeUnit.SECONDS);
            return new Result(List.copyOf(items), service.requestLines(), inTime ? end.get(0) : "did not end");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String describe(Throwable failure) {
        String status = failure instanceof ImportsApiException e ? " " + e.statusCode() : "";
        return failure.getClass().getSimpleName() + status;
    }

    private record Result(List<String> items, List<String> requests, String end) {}

    /** What a lift puts before any subscriber. */
    private record PassingOn<T>(CoreSubscriber<? super T> actual) implements CoreSubscriber<T> {

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            actual.onSubscribe(subscription);
        }

        @Override
        public void onNext(T item) {
            actual.onNext(item);
        }

        @Override
        public void onError(Throwable failure) {
            actual.onError(failure);
        }

        @Override
        public void onComplete() {
            actual.onComplete();
        }
    }
}
