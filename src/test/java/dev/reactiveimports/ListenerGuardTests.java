package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reactiveimports.ImportsListener.Exchange;
import dev.reactiveimports.ImportsListener.Operation;
import dev.reactiveimports.ImportsListener.Poll;
import dev.reactiveimports.ImportsListener.Retrying;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

class ListenerGuardTests {

    private static final ImportOperation OPERATION =
            new ImportOperation("1", null, ImportStatus.PENDING, "Pending", null, null, 0, 0, null, null);

    @Test
    void tellsEverythingAndSwallowsWhatIsThrown() {
        RecordingListener recorder = RecordingListener.throwing(() -> new IllegalStateException("mine"));
        ImportsListener safe = ListenerGuard.of(recorder);
        Object[] events = {
            new Exchange(Operation.LIST, 1, 200, null, Duration.ZERO, 0),
            new Retrying(Operation.LIST, 1, Duration.ZERO, new IllegalStateException()),
            Duration.ofSeconds(3),
            new Poll(1, 1),
            new ImportStatusChange("1", null, ImportStatus.PENDING, OPERATION)
        };
        assertThatCode(() -> {
                    safe.onExchange((Exchange) events[0]);
                    safe.onRetry((Retrying) events[1]);
                    safe.onThrottle((Duration) events[2]);
                    safe.onPoll((Poll) events[3]);
                    safe.onStatusChange((ImportStatusChange) events[4]);
                })
                .doesNotThrowAnyException();
        assertThat(recorder.events).containsExactly(events);
    }

    @Test
    void isBoundToASubscriberWhereTheListenerIs() {
        List<Object> told = new ArrayList<>();
        ImportsListener safe = ListenerGuard.of(new ImportsListener() {
            @Override
            public ImportsListener inContext(ContextView context) {
                RecordingListener bound = RecordingListener.throwing(() -> new IllegalStateException("mine"));
                told.add(context.get("tenant"));
                return context.isEmpty() ? this : bound;
            }
        });
        ImportsListener bound = safe.inContext(Context.of("tenant", "acme"));
        assertThat(told).containsExactly("acme");
        assertThatCode(() -> bound.onThrottle(Duration.ofSeconds(1))).doesNotThrowAnyException();
        assertThat(bound).isNotSameAs(safe);
    }

    @Test
    void isTheSameForAllWhereTheListenerIsOrFails() {
        ImportsListener same = ListenerGuard.of(new ImportsListener() {});
        ImportsListener none = ListenerGuard.of(new ImportsListener() {
            @Override
            public ImportsListener inContext(ContextView context) {
                return null;
            }
        });
        ImportsListener throwing = ListenerGuard.of(new ImportsListener() {
            @Override
            public ImportsListener inContext(ContextView context) {
                throw new IllegalStateException("mine");
            }
        });
        ImportsListener all = ImportsListener.all(List.of(same, none, throwing));
        for (ImportsListener safe : List.of(same, none, throwing, all)) {
            assertThat(safe.inContext(Context.empty())).isSameAs(safe);
        }
        assertThat(ImportsListener.NONE.inContext(Context.empty())).isSameAs(ImportsListener.NONE);
    }

    @Test
    void letsTheJvmDie() {
        ImportsListener safe = ListenerGuard.of(RecordingListener.dying(new OutOfMemoryError("test")));
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> safe.onThrottle(Duration.ZERO));
        ImportsListener binding = ListenerGuard.of(new ImportsListener() {
            @Override
            public ImportsListener inContext(ContextView context) {
                throw new OutOfMemoryError("test");
            }
        });
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> binding.inContext(Context.empty()));
    }

    @Test
    void isNothingWithoutAListenerAndNeverStacked() {
        assertThat(ListenerGuard.of(ImportsListener.NONE)).isSameAs(ImportsListener.NONE);
        assertThat(ImportsListener.all(List.of())).isSameAs(ImportsListener.NONE);
        assertThat(ImportsListener.all(List.of(ImportsListener.NONE, ImportsListener.NONE)))
                .isSameAs(ImportsListener.NONE);
        ImportsListener safe = ListenerGuard.of(RecordingListener.throwing(() -> new IllegalStateException()));
        assertThat(ListenerGuard.of(safe)).isSameAs(safe);
    }
}
