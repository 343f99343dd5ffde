package dev.reactiveimports.benchmarks;

import java.util.List;

/** One way to list imports. */
interface Candidate extends AutoCloseable {

    /** Lists everything. */
    void drain(Digest digest) throws Exception;

    /** Lists until there is one import. */
    void first(Digest digest) throws Exception;

    /** Looks at all of them so many times; how many requests that took. */
    default long watch(List<String> ids, int ticks) throws Exception {
        throw new UnsupportedOperationException();
    }

    /** What a service may do before its first call. */
    default void warmup() throws Exception {}

    /** What a client of that name does, aimed at a server on this machine. */
    static Candidate of(String name, int port) throws Exception {
        return switch (name) {
            case "library" -> new LibraryCandidate(port);
            case "sdk" -> new SdkCandidate(port);
            case "jdk" -> new JdkCandidate(port);
            case "naive" -> new NaiveCandidate(port);
            case "limit" -> new LimitCandidate(port, true);
            case "drain" -> new LimitCandidate(port, false);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Override
    default void close() {}
}
