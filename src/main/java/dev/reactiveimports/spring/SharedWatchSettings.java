package dev.reactiveimports.spring;

import dev.reactiveimports.PollSpec;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.shared.ImportsStore;
import dev.reactiveimports.shared.SharedImports;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/** Creates a builder of a shared watch from the properties. An invalid value is reported with the name of its property. */
final class SharedWatchSettings {

    private static final String PREFIX = "shared.";
    private static final String ENABLED = "reactive-imports.shared.enabled";
    private static final String CONNECTION_FACTORY = "io.r2dbc.spi.ConnectionFactory";

    private final SharedImportsProperties properties;
    private final ReactiveImportsProperties client;

    SharedWatchSettings(SharedImportsProperties properties, ReactiveImportsProperties client) {
        this.properties = properties;
        this.client = client;
    }

    SharedImports.Builder toBuilder(ReactiveImportsApi imports, ImportsStore store) {
        SharedImports.Builder builder = SharedImports.builder(imports, store);
        builder = ClientSettings.with(builder, PREFIX + "name", properties.name(), SharedImports.Builder::name);
        builder = ClientSettings.with(builder, PREFIX + "lease", properties.lease(), SharedImports.Builder::lease);
        builder = ClientSettings.with(
                builder, PREFIX + "retention", properties.retention(), SharedImports.Builder::retention);
        if (properties.wholeIndex()) {
            builder.wholeIndex();
        }
        return builder.pollSpec(pollSpec());
    }

    /** A store on the application's database, if that is one of those that it knows. */
    static <T> T ofDatabase(Supplier<T> store) {
        try {
            return store.get();
        } catch (IllegalArgumentException e) {
            throw new ImportsPropertyException(
                    ENABLED,
                    "is true, but there is no store for the ConnectionFactory bean: " + e.getMessage(),
                    "Define a bean of type ImportsStore");
        }
    }

    /** Why there is no store, and how to get one. */
    static ImportsPropertyException withoutStore(ApplicationContext context) {
        if (!ClassUtils.isPresent(CONNECTION_FACTORY, context.getClassLoader())) {
            return new ImportsPropertyException(
                    ENABLED,
                    "is true, but R2DBC is not on the class path",
                    "Add an R2DBC driver, of PostgreSQL or H2, and Spring Boot's support of R2DBC, or define a bean"
                            + " of type ImportsStore");
        }
        Class<?> type = ClassUtils.resolveClassName(CONNECTION_FACTORY, context.getClassLoader());
        String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(context, type);
        return names.length == 0
                ? new ImportsPropertyException(
                        ENABLED,
                        "is true, but there is no bean of type ConnectionFactory",
                        "Set 'spring.r2dbc.url' with Spring Boot's support of R2DBC, or define a bean of type"
                                + " ConnectionFactory or ImportsStore")
                : new ImportsPropertyException(
                        ENABLED,
                        "is true, but there are several beans of type ConnectionFactory, none of them primary: "
                                + String.join(", ", names),
                        "Make one of them primary, or define a bean of type ImportsStore on one of them");
    }

    /** What is not set is as for the client. */
    private PollSpec pollSpec() {
        return ClientSettings.pollSpec(PREFIX + "poll.", properties.poll().orElse(client.poll()));
    }
}
