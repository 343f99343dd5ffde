package dev.reactiveimports;

import java.time.Duration;
import reactor.core.publisher.Mono;

/** Run in a JVM of its own: asks for each hostile body that is named, and says what came of it. */
final class HostileBodiesAtSmallHeap {

    private HostileBodiesAtSmallHeap() {}

    public static void main(String[] arguments) {
        try (ReactiveImportsApi imports = ReactiveImportsApi.builder(arguments[0], "key")
                .configureHttpClient(client -> client.compress(true))
                .retry(ImportsRetry.none())
                .attemptTimeout(Duration.ofSeconds(40))
                .build()) {
            for (int i = 1; i < arguments.length; i++) {
                String name = arguments[i];
                Mono<?> call = name.startsWith("page")
                        ? imports.listImports(ListImportsSpec.create().startAt(name))
                                .count()
                        : name.startsWith("start")
                                ? imports.startImport(StartImportRequest.of("s3://" + name))
                                : imports.describeImport(name);
                System.out.println(name + ": "
                        + call.map(answer -> "answered " + answer)
                                .onErrorResume(failure -> Mono.just(failure.toString()))
                                .block());
            }
            System.out.println("alive");
        }
    }
}
