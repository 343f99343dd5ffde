package dev.reactiveimports.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ReactiveImportsApi;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Environment variables and placeholders, with none of the machine's own variables in sight. */
class ReactiveImportsAutoConfigurationEnvironmentTests {

    private static final String HOST = "an-index.example.com";
    private static final String KEY = "kept-secret";

    private final ApplicationContextRunner runner = variables(Map.of());

    @ParameterizedTest
    @CsvSource({
        "REACTIVE_IMPORTS_INDEX_HOST, REACTIVE_IMPORTS_API_KEY",
        "REACTIVEIMPORTS_INDEXHOST, REACTIVEIMPORTS_APIKEY",
        "REACTIVE_IMPORTS_INDEX_HOST, REACTIVEIMPORTS_APIKEY"
    })
    void bothFormsOfVariablesMakeTheBean(String host, String key) {
        variables(Map.of(host, HOST, key, KEY)).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(ReactiveImportsApi.class);
            assertThat(context.getBean(ReactiveImportsProperties.class).indexHost())
                    .isEqualTo(HOST);
            assertThat(context.getBean(ReactiveImportsProperties.class).apiKey())
                    .isEqualTo(KEY);
        });
    }

    @Test
    void theOtherPropertiesMayBeVariablesToo() {
        variables(Map.of(
                        "REACTIVE_IMPORTS_INDEX_HOST",
                        HOST,
                        "REACTIVE_IMPORTS_API_KEY",
                        KEY,
                        "REACTIVE_IMPORTS_SOURCE_TAG",
                        "nightly",
                        "REACTIVE_IMPORTS_RETRY_MAX_RETRIES",
                        "7"))
                .run(context -> {
                    ReactiveImportsProperties bound = context.getBean(ReactiveImportsProperties.class);
                    assertThat(bound.sourceTag()).isEqualTo("nightly");
                    assertThat(bound.retry().maxRetries()).isEqualTo(7);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "REACTIVE_IMPORTS_INDEX_HOST, an-index.example.com, api-key",
        "REACTIVE_IMPORTS_API_KEY, kept-secret, index-host"
    })
    void oneVariableAloneIsEnoughToMissTheOther(String variable, String value, String missing) {
        variables(Map.of(variable, value))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("'reactive-imports." + missing + "' cannot be used: is not set"));
    }

    @Test
    void aVariableSwitchesTheBeanOff() {
        variables(Map.of(
                        "REACTIVE_IMPORTS_INDEX_HOST", HOST,
                        "REACTIVE_IMPORTS_API_KEY", KEY,
                        "REACTIVE_IMPORTS_ENABLED", "false"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReactiveImportsApi.class));
    }

    @ParameterizedTest
    @CsvSource({"index-host", "api-key"})
    void aPlaceholderWithoutEndDoesNotKeepADisabledClientFromStarting(String property) {
        runner.withPropertyValues(
                        "reactive-imports.enabled=false",
                        "reactive-imports." + property + "=${reactive-imports." + property + "}")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReactiveImportsApi.class));
    }

    @ParameterizedTest
    @CsvSource({
        "index-host, ${NOT_SET}",
        "index-host, https://${NOT_SET}.example.com",
        "index-host, ${NOT_SET:${NOR_THIS}}",
        "api-key, ${NOT_SET}",
        "api-key, ${kept-secret}",
        "api-key, kept-secret${NOT_SET}",
        "api-key, ${NOT_SET:${NOR_THIS}}",
        "api-key, ${kept-secret"
    })
    void aPlaceholderThatWasNotResolvedIsRejectedAndNeverShown(String property, String value) {
        runner.withPropertyValues("reactive-imports.index-host=" + HOST, "reactive-imports.api-key=another")
                .withPropertyValues("reactive-imports." + property + "=" + value)
                .run(context -> {
                    assertThat(context).hasFailed();
                    FailureAnalysis analysis = new ImportsFailureAnalyzer().analyze(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .contains("'reactive-imports." + property + "' holds a placeholder that was not resolved");
                    assertThat(analysis.getAction()).contains("'reactive-imports." + property + "'");
                    StringWriter trace = new StringWriter();
                    context.getStartupFailure().printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString() + analysis.getDescription() + analysis.getAction())
                            .doesNotContain(KEY);
                });
    }

    @Test
    void aPlaceholderInAVariableIsRejectedToo() {
        variables(Map.of("REACTIVE_IMPORTS_INDEX_HOST", HOST, "REACTIVE_IMPORTS_API_KEY", "${NOT_SET}"))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("'reactive-imports.api-key' cannot be used: holds a placeholder"));
    }

    @ParameterizedTest
    @CsvSource({"${PINECONE_API_KEY}", "${NOT_SET:kept-secret}", "${NOT_SET:${PINECONE_API_KEY}}"})
    void aPlaceholderThatIsResolvedIsTheKey(String value) {
        variables(Map.of("PINECONE_API_KEY", KEY))
                .withPropertyValues("reactive-imports.index-host=" + HOST, "reactive-imports.api-key=" + value)
                .run(context -> assertThat(
                                context.getBean(ReactiveImportsProperties.class).apiKey())
                        .isEqualTo(KEY));
    }

    private static ApplicationContextRunner variables(Map<String, Object> variables) {
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        return new ApplicationContextRunner()
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(name, new SystemEnvironmentPropertySource(name, variables)))
                .withConfiguration(AutoConfigurations.of(ReactiveImportsAutoConfiguration.class));
    }
}
