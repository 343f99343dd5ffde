package dev.reactiveimports.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class ImportsSimulatorExtensionTests {

    private static final List<ImportsSimulator> SEEN = new CopyOnWriteArrayList<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @Test
    void eachTestHasASimulatorOfItsOwnClosedAfterwards() {
        EngineExecutionResults results = run(Fresh.class);
        results.testEvents().assertStatistics(stats -> stats.started(3).succeeded(3));
        assertThat(SEEN).hasSize(3).doesNotHaveDuplicates();
        assertThat(SEEN)
                .allSatisfy(
                        simulator -> assertThat(simulator.activeConnections()).isZero());
        assertThat(reports(results)).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(Fresh.SIMULATORS::simulator)
                .withMessage("no test is running");
    }

    @Test
    void aFailedTestPublishesWhatWasAsked() {
        EngineExecutionResults results = run(Failing.class);
        results.testEvents().assertStatistics(stats -> stats.started(1).failed(1));
        assertThat(reports(results))
                .singleElement()
                .satisfies(entries -> assertThat(entries.get("imports-simulator.requests"))
                        .startsWith("2 requests")
                        .contains("GET /bulk/imports?limit=7", "POST /bulk/imports {\"uri\":\"s3://b/a\"}")
                        .doesNotContain("simulator-key"));
    }

    @Test
    void worksByExtendWithToo() {
        EngineExecutionResults results = run(ByAnnotation.class);
        results.testEvents().assertStatistics(stats -> stats.started(1).succeeded(1));
    }

    @Test
    void thereIsNoSimulatorBeforeTheFirstTest() {
        EngineExecutionResults results = run(TooEarly.class);
        results.containerEvents().assertStatistics(stats -> stats.failed(1));
    }

    private static EngineExecutionResults run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute();
    }

    private static List<Map<String, String>> reports(EngineExecutionResults results) {
        return results.allEvents()
                .reportingEntryPublished()
                .map(Event::getPayload)
                .map(payload -> ((ReportEntry) payload.orElseThrow()).getKeyValuePairs())
                .toList();
    }

    static class Fresh {

        @RegisterExtension
        static final ImportsSimulatorExtension SIMULATORS =
                new ImportsSimulatorExtension(builder -> builder.imports(3).apiKey("mine"));

        @BeforeEach
        void sameInBeforeEach(ImportsSimulator simulator) {
            assertThat(simulator.requestCount()).isZero();
            simulator.add(1);
        }

        @Test
        void parameter(ImportsSimulator simulator) {
            check(simulator);
        }

        @Test
        void accessor() {
            check(SIMULATORS.simulator());
        }

        @Nested
        class Inner {

            @Test
            void nested(ImportsSimulator simulator) {
                check(simulator);
            }
        }

        private static void check(ImportsSimulator simulator) {
            SEEN.add(simulator);
            assertThat(simulator).isSameAs(SIMULATORS.simulator());
            HttpResponse<String> response = new SimulatorProbe(simulator).get("/bulk/imports");
            assertThat(SimulatorProbe.ids(response)).hasSize(4);
        }
    }

    static class Failing {

        @RegisterExtension
        final ImportsSimulatorExtension simulators = new ImportsSimulatorExtension();

        @Test
        void fails(ImportsSimulator simulator) {
            SimulatorProbe probe = new SimulatorProbe(simulator);
            probe.get("/bulk/imports?limit=7");
            probe.started("s3://b/a");
            throw new AssertionError("on purpose");
        }
    }

    @ExtendWith(ImportsSimulatorExtension.class)
    static class ByAnnotation {

        @Test
        void takesTheDefaults(ImportsSimulator simulator) {
            assertThat(simulator.apiKey()).isEqualTo("simulator-key");
        }
    }

    @ExtendWith(ImportsSimulatorExtension.class)
    static class TooEarly {

        @BeforeAll
        static void tooEarly(ImportsSimulator simulator) {
            SEEN.add(simulator);
        }

        @Test
        void neverRuns() {}
    }
}
