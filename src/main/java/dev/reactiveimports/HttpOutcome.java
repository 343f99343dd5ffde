package dev.reactiveimports;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.SynchronousSink;

/** The outcome of an exchange, carried as data until its connection is released. */
record HttpOutcome<T>(@Nullable T value, @Nullable ImportsException failure) {

    void into(SynchronousSink<T> sink) {
        if (failure != null) {
            sink.error(failure);
        } else if (value != null) {
            sink.next(value);
        }
    }
}
