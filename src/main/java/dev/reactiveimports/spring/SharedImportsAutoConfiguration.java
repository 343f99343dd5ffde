package dev.reactiveimports.spring;

import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.micrometer.MicrometerSharedImportsListener;
import dev.reactiveimports.r2dbc.R2dbcImportsStore;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.SharedImports;
import dev.reactiveimports.shared.SharedImportsListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.r2dbc.spi.ConnectionFactory;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Creates a {@link SharedImports} bean when {@code reactive-imports.shared.enabled} is true and there is a client, unless the
 * application has one of its own. Its store is on the {@link ConnectionFactory} of the application, or a bean of type
 * {@link ImportsStore}; without either the start-up fails. Nothing is connected until it is used. It is closed with the
 * application, before the connections are, so that another replica may have its leases at once.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = ReactiveImportsAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.autoconfigure.r2dbc.R2dbcAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration"
        })
@ConditionalOnProperty(name = "reactive-imports.shared.enabled", havingValue = "true")
@EnableConfigurationProperties({ReactiveImportsProperties.class, SharedImportsProperties.class})
public final class SharedImportsAutoConfiguration {

    /** For Spring to call. */
    public SharedImportsAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnBean(ReactiveImportsApi.class)
    @ConditionalOnMissingBean
    SharedImports sharedImports(
            ReactiveImportsApi imports,
            ImportsStore store,
            SharedImportsProperties properties,
            ReactiveImportsProperties client,
            ObjectProvider<SharedImportsListener> listeners,
            ObjectProvider<SharedImportsCustomizer> customizers) {
        SharedImports.Builder builder = new SharedWatchSettings(properties, client).toBuilder(imports, store);
        List<SharedImportsListener> beans = listeners.orderedStream().toList();
        if (!beans.isEmpty()) {
            builder.listener(SharedImportsListener.all(beans));
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    /** Evaluated after {@link Database}: fails where it is asked for, rather than to keep in memory what should be shared. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    @SuppressWarnings("DoNotCallSuggester")
    ImportsStore missingImportsStore(ApplicationContext context) {
        throw SharedWatchSettings.withoutStore(context);
    }

    /** Separate, so that its classes are only loaded if R2DBC is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConnectionFactory.class)
    static class Database {

        @Bean
        @Lazy
        @ConditionalOnSingleCandidate(ConnectionFactory.class)
        @ConditionalOnMissingBean(ImportsStore.class)
        R2dbcImportsStore r2dbcImportsStore(ConnectionFactory factory, SharedImportsProperties properties) {
            Boolean set = properties.createSchema();
            boolean creates = set == null ? factory.getMetadata().getName().equals("H2") : set;
            return SharedWatchSettings.ofDatabase(
                    () -> R2dbcImportsStore.create(creates ? new SchemaFirst(factory) : factory));
        }
    }

    /** Separate, so that its classes are only loaded if Micrometer is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Metrics {

        @Bean
        @ConditionalOnSingleCandidate(MeterRegistry.class)
        @ConditionalOnMissingBean
        MicrometerSharedImportsListener micrometerSharedImportsListener(MeterRegistry registry) {
            return new MicrometerSharedImportsListener(registry);
        }
    }
}
