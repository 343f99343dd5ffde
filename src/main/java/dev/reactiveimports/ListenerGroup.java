package dev.reactiveimports;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import reactor.util.context.ContextView;

/** Passes everything on to several listeners, each guarded against what the others throw. */
final class ListenerGroup implements ImportsListener {

    private final List<ImportsListener> members;

    ListenerGroup(Collection<? extends ImportsListener> members) {
        this.members = members.stream()
                .flatMap(member -> Stream.ofNullable(ListenerGuard.of(member)))
                .toList();
    }

    @Override
    public ImportsListener inContext(ContextView context) {
        List<ImportsListener> bound =
                members.stream().map(member -> member.inContext(context)).toList();
        return bound.equals(members) ? this : new ListenerGroup(bound);
    }

    @Override
    public void onExchange(Exchange exchange) {
        each(member -> member.onExchange(exchange));
    }

    @Override
    public void onRetry(Retrying retry) {
        each(member -> member.onRetry(retry));
    }

    @Override
    public void onThrottle(Duration wait) {
        each(member -> member.onThrottle(wait));
    }

    @Override
    public void onPoll(Poll poll) {
        each(member -> member.onPoll(poll));
    }

    @Override
    public void onStatusChange(ImportStatusChange change) {
        each(member -> member.onStatusChange(change));
    }

    private void each(Consumer<ImportsListener> event) {
        members.forEach(event);
    }
}
