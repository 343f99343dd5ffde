package dev.reactiveimports.samples;

// snippet: first
import dev.reactiveimports.ReactiveImportsApi;

public class FirstProgram {
    public static void main(String[] arguments) {
        try (ReactiveImportsApi imports = ReactiveImportsApi.fromEnvironment()) {
            imports.listImports()
                    .take(10)
                    .doOnNext(i -> System.out.printf("%s %s %.1f %%%n", i.id(), i.statusText(), i.percentComplete()))
                    .blockLast();
        }
    }
}
// end
