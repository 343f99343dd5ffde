package dev.reactiveimports.testing;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each JUnit 5 test a fresh {@link ImportsSimulator}, closed after it. When a test fails, the requests to its
 * simulator are published as a report entry.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ImportsSimulatorExtension simulators = new ImportsSimulatorExtension(b -> b.imports(250));
 *
 * @Test
 * void listsAll(ImportsSimulator simulator) { .. }
 * }</pre>
 *
 * <p>{@code @ExtendWith(ImportsSimulatorExtension.class)} does as well, with the defaults. JUnit's API is an optional
 * dependency of this library: users of this class have to add it.
 *
 * @since 0.1.0
 */
public final class ImportsSimulatorExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(ImportsSimulatorExtension.class);
    private static final String REPORT_KEY = "imports-simulator.requests";
    private static final int REPORTED = 100;

    private final UnaryOperator<ImportsSimulator.Builder> customizer;
    private final Set<ImportsSimulator> running = ConcurrentHashMap.newKeySet();

    /** Simulators with the defaults. */
    public ImportsSimulatorExtension() {
        this(UnaryOperator.identity());
    }

    /**
     * Simulators with other settings.
     *
     * @param customizer gets a fresh builder before each test, and returns the one to build
     */
    public ImportsSimulatorExtension(UnaryOperator<ImportsSimulator.Builder> customizer) {
        this.customizer = requireNonNull(customizer, "customizer");
    }

    /**
     * The simulator of the running test.
     *
     * @return as a parameter of type {@link ImportsSimulator} would be
     * @throws IllegalStateException if no test runs, or several at once: take the parameter then
     */
    public ImportsSimulator simulator() {
        List<ImportsSimulator> now = List.copyOf(running);
        if (now.size() != 1) {
            throw new IllegalStateException(
                    now.isEmpty()
                            ? "no test is running"
                            : "several tests are running: take the simulator as a parameter of the test");
        }
        return now.get(0);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        ImportsSimulator simulator =
                customizer.apply(ImportsSimulator.builder()).build();
        running.add(simulator);
        context.getStore(NAMESPACE).put(this, simulator);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ImportsSimulator simulator = context.getStore(NAMESPACE).remove(this, ImportsSimulator.class);
        if (simulator == null) {
            return;
        }
        if (context.getExecutionException().isPresent()) {
            context.publishReportEntry(REPORT_KEY, report(simulator));
        }
        running.remove(simulator);
        simulator.close();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ImportsSimulator.class
                && context.getStore(NAMESPACE).get(this) != null;
    }

    @Override
    public ImportsSimulator resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return requireNonNull(context.getStore(NAMESPACE).get(this, ImportsSimulator.class));
    }

    private static String report(ImportsSimulator simulator) {
        List<RecordedRequest> requests = simulator.requests();
        List<RecordedRequest> newest = requests.subList(Math.max(0, requests.size() - REPORTED), requests.size());
        return newest.stream()
                .map(request ->
                        request.at() + " " + request.line() + (request.body().isEmpty() ? "" : " " + request.body()))
                .collect(Collectors.joining(
                        System.lineSeparator(), simulator.requestCount() + " requests" + System.lineSeparator(), ""));
    }
}
