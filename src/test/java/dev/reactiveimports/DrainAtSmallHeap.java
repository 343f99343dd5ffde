package dev.reactiveimports;

/** Run in a JVM of its own: lists everything, and says how many imports there were. */
final class DrainAtSmallHeap {

    private DrainAtSmallHeap() {}

    public static void main(String[] arguments) {
        try (ReactiveImportsApi imports = ReactiveImportsApi.create(arguments[0], "key")) {
            System.out.println("listed " + imports.listImports().count().block());
        }
    }
}
