package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/** What the wire tells of the exchanges of one subscriber. Names are {@code GET/i1}, {@code GET?limit=100&..}. */
interface SimulationCalls {

    String name();

    /**
     * Before anything else.
     *
     * @param call the same for all attempts of one call
     */
    void begins(String exchange, Object call);

    void sends(String exchange, Object call, String body);

    void succeeds(String exchange, @Nullable Object value);

    void fails(String exchange, Object call, Exception failure);

    /** By the client, for whatever reason: a timeout too. */
    void cancelled(String exchange, Object call);
}
