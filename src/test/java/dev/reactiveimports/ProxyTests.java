package dev.reactiveimports;

import static dev.reactiveimports.RawServer.answer;
import static dev.reactiveimports.Transport.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.transport.ProxyProvider;

/** A proxy that does not let a call through is named, with its status and without credentials. */
@ParameterizedClass
@EnumSource(Transport.class)
class ProxyTests {

    private static final String PASSWORD = "proxy-password";

    private final Transport transport;

    ProxyTests(Transport transport) {
        this.transport = transport;
    }

    private ReactiveImportsApi client(String host, RawServer proxy) {
        return transport
                .builder(host)
                .configureHttpClient(http -> http.proxy(to -> to.type(ProxyProvider.Proxy.HTTP)
                                .socketAddress(new InetSocketAddress("127.0.0.1", proxy.port()))
                                .username("proxy-user")
                                .password(user -> PASSWORD))
                        // as it is by default: the proxy looks names up
                        .resolver(NoopAddressResolverGroup.INSTANCE))
                .allowPlaintext()
                .build();
    }

    @ParameterizedTest(name = "{0} through a proxy that says {1}")
    @CsvSource({
        "https://index.example, 407 Proxy Authentication Required, 1",
        "https://index.example, 403 Forbidden, 1",
        "https://index.example, 502 Bad Gateway, 4",
        "http://index.example, 407 Proxy Authentication Required, 1",
        "http://index.example, 502 Bad Gateway, 4",
    })
    void aProxyThatRejectsIsNamed(String host, String status, int attempts) {
        try (RawServer proxy = RawServer.always(answer("HTTP/1.1 " + status, ""));
                ReactiveImportsApi client = client(host, proxy)) {
            for (Mono<?> call : new Mono<?>[] {
                client.describeImport("7"), client.startImport(StartImportRequest.of("s3://bucket/dir"))
            }) {
                proxy.requests.clear();
                ImportsTransportException failure =
                        catchThrowableOfType(ImportsTransportException.class, () -> call.block(SOON));
                assertThat(failure)
                        .hasMessageContaining("the proxy 127.0.0.1:" + proxy.port())
                        .hasMessageContaining("HTTP " + status.substring(0, 3));
                assertThat(failure.attempts()).isEqualTo(attempts);
                assertThat(proxy.requests)
                        .hasSize(attempts)
                        .allSatisfy(request -> assertThat(request.line()).startsWith("CONNECT index.example:"));
                for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                    assertThat(cause.toString()).doesNotContain(PASSWORD).doesNotContain("proxy-user");
                }
            }
        }
    }
}
