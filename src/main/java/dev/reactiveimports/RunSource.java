package dev.reactiveimports;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Takes start requests from the caller's publisher, as many as were requested, whatever that publisher does. */
final class RunSource extends Operators.DeferredSubscription implements CoreSubscriber<StartImportRequest> {

    private final Context context;
    private final Consumer<StartImportRequest> onRequest;
    private final Consumer<@Nullable Throwable> onEnd;

    /**
     * To be subscribed.
     *
     * @param onEnd receives null for completion
     */
    RunSource(Context context, Consumer<StartImportRequest> onRequest, Consumer<@Nullable Throwable> onEnd) {
        this.context = context;
        this.onRequest = onRequest;
        this.onEnd = onEnd;
    }

    @Override
    public void onSubscribe(Subscription s) {
        set(s);
    }

    @Override
    @SuppressWarnings("ConstantValue")
    public void onNext(@Nullable StartImportRequest request) {
        if (request == null) {
            cancel();
            onEnd.accept(new NullPointerException("the source of requests emitted null"));
        } else {
            onRequest.accept(request);
        }
    }

    @Override
    public void onError(Throwable failure) {
        onEnd.accept(failure);
    }

    @Override
    public void onComplete() {
        onEnd.accept(null);
    }

    @Override
    public Context currentContext() {
        return context;
    }
}
