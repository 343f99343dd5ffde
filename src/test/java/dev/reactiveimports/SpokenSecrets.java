package dev.reactiveimports;

import io.netty.handler.logging.LogLevel;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.logging.AdvancedByteBufFormat;

/** A program of its own, since loggers are bound once: makes every call against a server and logs all there is to log. */
final class SpokenSecrets {

    /** Printed before the part in which the caller taps the wire. */
    static final String WIRETAP = "=== wiretap";

    private SpokenSecrets() {}

    public static void main(String[] args) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Handler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        root.addHandler(console);
        root.setLevel(Level.ALL);
        LoopResources loops = LoopResources.create("spoken", 1, true);
        for (boolean preferNative : new boolean[] {false, LoopResources.hasNativeSupport()}) {
            speak(args, http -> http.runOn(loops, preferNative));
        }
        System.err.println(WIRETAP);
        speak(args, http -> http.runOn(loops, false).wiretap("wiretap", LogLevel.DEBUG, AdvancedByteBufFormat.TEXTUAL));
        loops.disposeLater().block(Duration.ofSeconds(5));
    }

    private static void speak(String[] args, UnaryOperator<HttpClient> customizer) {
        try (ReactiveImportsApi client = ReactiveImportsApi.builder(args[0], args[1])
                .configureHttpClient(customizer)
                .retry(ImportsRetry.ofDefaults()
                        .minBackoff(Duration.ofMillis(1))
                        .maxBackoff(Duration.ofMillis(5)))
                .attemptTimeout(Duration.ofSeconds(5))
                .build()) {
            for (Mono<?> call : List.of(
                    client.listImports().then(),
                    client.describeImport("7"),
                    client.startImport(StartImportRequest.of("s3://bucket/dir")),
                    client.cancelImport("7"))) {
                call.doOnError(Throwable::printStackTrace).onErrorComplete().block(Duration.ofSeconds(30));
            }
            client.watchIndex(PollSpec.fixedInterval(Duration.ofSeconds(1)))
                    .take(Duration.ofSeconds(2))
                    .onErrorComplete()
                    .blockLast(Duration.ofSeconds(30));
        }
    }
}
