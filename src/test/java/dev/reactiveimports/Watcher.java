package dev.reactiveimports;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** Requests nothing by itself and keeps what it gets. */
final class Watcher extends BaseSubscriber<ImportOperation> {

    final List<ImportOperation> seen = Collections.synchronizedList(new ArrayList<>());
    volatile Throwable failure;
    volatile boolean completed;

    List<String> seenIds() {
        return seen.stream().map(ImportOperation::id).toList();
    }

    List<String> endedIds() {
        return seen.stream()
                .filter(ImportOperation::isTerminal)
                .map(ImportOperation::id)
                .toList();
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(ImportOperation value) {
        seen.add(value);
    }

    @Override
    protected void hookOnComplete() {
        completed = true;
    }

    @Override
    protected void hookOnError(Throwable throwable) {
        failure = throwable;
    }
}
