package dev.reactiveimports;

import static dev.reactiveimports.WatchedService.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

/** A subscriber that throws what nobody catches, an error of linkage say, leaves nothing behind. */
class WatchFatalErrorTests {

    private final WatchClock time = new WatchClock();
    private final WatchedService service = new WatchedService();

    @Test
    void callsTimersAndIdsAreLetGo() {
        AtomicInteger cancelled = new AtomicInteger();
        TestPublisher<String> ids = TestPublisher.create();
        service.with(ids(0, 3));
        service.describing = id -> id.equals("i0")
                ? Mono.<ImportOperation>never().doOnCancel(cancelled::incrementAndGet)
                : service.find(id);
        BaseSubscriber<ImportOperation> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            protected void hookOnNext(ImportOperation seen) {
                throw new NoClassDefFoundError("planted");
            }
        };
        service.watch(PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time))
                .watchImports(ids.flux())
                .subscribe(subscriber);
        ids.next("i0");
        assertThat(service.concurrent).hasValue(1);
        assertThatThrownBy(() -> {
                    ids.next("i1");
                    time.forward(Duration.ofSeconds(5));
                })
                .isInstanceOf(NoClassDefFoundError.class);
        assertThat(cancelled).hasValue(1);
        assertThat(time.timers()).isZero();
        ids.assertCancelled();
        subscriber.dispose();
        int requests = service.requests();
        time.forward(Duration.ofMinutes(5));
        assertThat(service.requests()).isEqualTo(requests);
    }

    @Test
    void whatOnCompleteThrowsIsDroppedAndNotSwallowed() {
        List<Throwable> dropped = new ArrayList<>();
        Consumer<Throwable> hook = dropped::add;
        RuntimeException planted = new IllegalStateException("planted");
        service.with(ids(0, 1));
        service.end("i0");
        service.watch(PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(time))
                .observeImports(Flux.just("i0"))
                .subscribe(new CoreSubscriber<>() {
                    @Override
                    public Context currentContext() {
                        return Context.of("reactor.onErrorDropped.local", hook);
                    }

                    @Override
                    public void onSubscribe(Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                    }

                    @Override
                    public void onNext(ImportObservation observation) {}

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onComplete() {
                        throw planted;
                    }
                });
        assertThat(dropped).containsExactly(planted);
    }
}
