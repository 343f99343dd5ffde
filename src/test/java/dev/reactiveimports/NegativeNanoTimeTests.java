package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The origin of the monotonic clock is arbitrary: it may lie in the future. */
class NegativeNanoTimeTests {

    private final WatchClock time = new WatchClock();
    private final PollSpec every5s =
            PollSpec.fixedInterval(Duration.ofSeconds(5)).scheduler(new BelowZero());
    private final Watcher watcher = new Watcher();

    @Test
    void oneImportIsPolledAtOnce() {
        every5s.poll(Mono.just(ImportOperation.of("i", ImportStatus.COMPLETED))).subscribe(watcher);
        watcher.request(1);
        assertThat(watcher.endedIds()).containsExactly("i");
    }

    @Test
    void manyImportsAreLookedAtAtOnce() {
        WatchedService service = new WatchedService();
        service.end("i");
        service.watch(every5s).watchImports(Flux.just("i")).subscribe(watcher);
        watcher.request(1);
        assertThat(watcher.endedIds()).containsExactly("i");
    }

    private final class BelowZero implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return time.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return time.schedule(task, delay, unit);
        }

        @Override
        public long now(TimeUnit unit) {
            boolean monotonic = unit.compareTo(TimeUnit.MILLISECONDS) < 0;
            return time.now(unit) - (monotonic ? unit.convert(10_000, TimeUnit.DAYS) : 0);
        }

        @Override
        public Worker createWorker() {
            return time.createWorker();
        }
    }
}
