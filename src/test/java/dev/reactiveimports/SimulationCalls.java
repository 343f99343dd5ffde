package dev.reactiveimports;

/** What the wire tells of the exchanges of one subscriber. Names are {@code GET/i1}, {@code GET?limit=100&..}. */
interface SimulationCalls {

    String name();

    void begins(String exchange);

    void sends(String exchange, String body);

    void succeeds(String exchange);

    void fails(String exchange, Exception failure);

    /** By the client, for whatever reason: a timeout too. */
    void cancelled(String exchange);
}
