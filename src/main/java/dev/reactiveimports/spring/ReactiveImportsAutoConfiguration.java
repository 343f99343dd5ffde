package dev.reactiveimports.spring;

import dev.reactiveimports.ImportsListener;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.micrometer.MicrometerImportsListener;
import dev.reactiveimports.micrometer.ObservationImportsListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Creates the client's bean when any {@code reactive-imports.*} property is set and the application has no
 * {@link ReactiveImportsApi} of its own. An invalid property fails the start-up with its name. Nothing is
 * connected until the client is used; the bean is closed with the application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@Conditional(OnImportsConfigured.class)
@EnableConfigurationProperties(ReactiveImportsProperties.class)
public final class ReactiveImportsAutoConfiguration {

    /** For Spring to call. */
    public ReactiveImportsAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    ReactiveImportsApi reactiveImportsApi(
            ReactiveImportsProperties properties,
            ObjectProvider<ImportsListener> listeners,
            ObjectProvider<ReactiveImportsApiCustomizer> customizers) {
        ReactiveImportsApi.Builder builder = new ClientSettings(properties).toBuilder();
        List<ImportsListener> beans = listeners.orderedStream().toList();
        if (!beans.isEmpty()) {
            builder.listener(ImportsListener.all(beans));
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return ClientSettings.build(builder);
    }

    /** Separate, so that its classes are only loaded if Micrometer is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Metrics {

        @Bean
        @ConditionalOnSingleCandidate(MeterRegistry.class)
        @ConditionalOnMissingBean
        MicrometerImportsListener micrometerImportsListener(MeterRegistry registry) {
            return new MicrometerImportsListener(registry);
        }

        @Bean
        @ConditionalOnBean(ObservationRegistry.class)
        @ConditionalOnMissingBean
        ObservationImportsListener observationImportsListener() {
            return new ObservationImportsListener();
        }
    }
}
