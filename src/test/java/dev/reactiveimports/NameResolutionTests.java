package dev.reactiveimports;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A host without an address is asked for again, for a start too, since nothing was sent. */
class NameResolutionTests {

    private final AtomicInteger lookUps = new AtomicInteger();
    private final AddressResolverGroup<InetSocketAddress> nobodyIsThere = new AddressResolverGroup<>() {
        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new FailingResolver(executor).asAddressResolver();
        }
    };
    private final ReactiveImportsApi imports = ReactiveImportsApi.builder("index.example.com", "key")
            .configureHttpClient(client -> client.resolver(nobodyIsThere))
            .retry(Transport.FAST)
            .build();

    @AfterEach
    void close() {
        imports.close();
        nobodyIsThere.close();
    }

    @Test
    void aHostWithoutAnAddressIsLookedUpFourTimes() {
        assertFails(imports.describeImport("7"));
    }

    @Test
    void aStartToAHostWithoutAnAddressWasSurelyNotTaken() {
        assertFails(imports.startImport(StartImportRequest.of("s3://bucket/dir")));
    }

    private void assertFails(Mono<?> call) {
        StepVerifier.create(call)
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(ImportsTransportException.class, broken -> {
                            assertThat(broken)
                                    .hasMessageEndingWith(
                                            " failed: the index host could not be resolved to an address");
                            assertThat(broken.attempts()).isEqualTo(4);
                        }));
        assertThat(lookUps).hasValue(4);
    }

    private final class FailingResolver extends InetNameResolver {

        FailingResolver(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
            lookUps.incrementAndGet();
            promise.setFailure(new UnknownHostException(host));
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
            lookUps.incrementAndGet();
            promise.setFailure(new UnknownHostException(host));
        }
    }
}
