package dev.reactiveimports.benchmarks;

/**
 * The first items of a JVM's life, each timed by itself; nothing else is loaded or compiled before them. Prints nanoseconds
 * until the first item, until the second call's, and what the warm-up took if there was one.
 */
final class ColdStart {

    private ColdStart() {}

    /** The client's name, the server's port, and {@code warmup} or nothing. */
    public static void main(String[] arguments) throws Exception {
        Digest digest = new Digest(false);
        long start = System.nanoTime();
        Candidate candidate = Candidate.of(arguments[0], Integer.parseInt(arguments[1]));
        long warmup = 0;
        if (arguments.length > 2) {
            candidate.warmup();
            warmup = System.nanoTime() - start;
            start = System.nanoTime();
        }
        candidate.first(digest);
        long first = System.nanoTime() - start;
        start = System.nanoTime();
        candidate.first(digest);
        System.out.println(first + " " + (System.nanoTime() - start) + " " + warmup);
        System.exit(0);
    }
}
