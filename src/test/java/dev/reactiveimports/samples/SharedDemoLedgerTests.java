package dev.reactiveimports.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ImportStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo's verdict holds only if it would not hold for a watch that loses, reorders or starts twice. */
class SharedDemoLedgerTests {

    private static final String URI = "s3://bucket/1";
    private static final SharedDemoTruth TRUTH = truth(Map.of(URI, 1));

    private final SharedDemoLedger ledger = new SharedDemoLedger();

    @BeforeEach
    void aReplicaSeesTheImportFromItsBeginningToItsEnd() {
        ledger.started("a");
        accept("a", "seen 1-1 1 - PENDING", "seen 1-3 1 PENDING IN_PROGRESS", "seen 1-4 1 IN_PROGRESS COMPLETED");
        accept("a", "run s3://bucket/1 COMPLETED");
    }

    @Test
    void everyChangeInOrderIsNoFault() {
        accept("a", "consumed 1-1 1 - PENDING", "consumed 1-3 1 PENDING IN_PROGRESS");
        accept("b", "consumed 1-4 1 IN_PROGRESS COMPLETED");
        assertThat(ledger.faults(TRUTH)).isEmpty();
        assertThat(ledger.summary()).contains("a 1/1", "consumer (in b) 1/1");
    }

    @Test
    void aChangeIsConfirmedWithItsCursorWhenTheConsumerReceivesIt() {
        assertThat(ledger.accept("a", "consumed 1-1 1 - PENDING")).isEqualTo("1-1");
        assertThat(ledger.accept("a", "seen 1-9 2 - PENDING")).isNull();
    }

    @Test
    void aChangeThatIsReceivedAgainIsNoFault() {
        accept("a", "consumed 1-1 1 - PENDING", "consumed 1-3 1 PENDING IN_PROGRESS");
        accept("b", "consumed 1-3 1 PENDING IN_PROGRESS", "consumed 1-4 1 IN_PROGRESS COMPLETED");
        assertThat(ledger.faults(TRUTH)).isEmpty();
        assertThat(ledger.consumption()).contains("3 changes", "1 of them again");
    }

    @Test
    void aLostEndIsReported() {
        accept("a", "consumed 1-1 1 - PENDING", "consumed 1-3 1 PENDING IN_PROGRESS");
        assertThat(ledger.faults(TRUTH))
                .singleElement()
                .asString()
                .contains("consumer: lost: import 1 ended COMPLETED", "IN_PROGRESS");
    }

    @Test
    void aLostChangeBetweenOthersIsReported() {
        accept("a", "consumed 1-1 1 - PENDING", "consumed 1-4 1 IN_PROGRESS COMPLETED");
        assertThat(ledger.faults(TRUTH))
                .singleElement()
                .asString()
                .contains("consumer: lost: import 1 was PENDING", "from IN_PROGRESS");
    }

    @Test
    void aLostFirstChangeIsReported() {
        accept("a", "consumed 1-3 1 PENDING IN_PROGRESS", "consumed 1-4 1 IN_PROGRESS COMPLETED");
        assertThat(ledger.faults(TRUTH)).singleElement().asString().contains("import 1 was null");
    }

    @Test
    void aWrongOrderIsReported() {
        accept("a", "consumed 1-1 1 - PENDING", "consumed 1-3 1 PENDING IN_PROGRESS");
        accept("b", "consumed 1-4 1 IN_PROGRESS COMPLETED", "consumed 1-2 2 - PENDING");
        assertThat(ledger.faults(TRUTH))
                .singleElement()
                .asString()
                .contains("consumer: wrong order: 1-2 of import 2 came after 1-4");
    }

    @Test
    void anotherChangeInTheSamePlaceIsReported() {
        everyChangeInOrderIsNoFault();
        accept("b", "consumed 1-3 1 PENDING COMPLETED");
        assertThat(ledger.faults(TRUTH)).singleElement().asString().contains("and again as");
    }

    @Test
    void aReplicaThatWasStartedAgainHasToSeeTheEndAsWell() {
        everyChangeInOrderIsNoFault();
        ledger.started("a");
        assertThat(ledger.faults(TRUTH))
                .hasSize(2)
                .anyMatch(fault -> fault.startsWith("a: lost: import 1"))
                .anyMatch(fault -> fault.startsWith("a: lost: the run of " + URI));
        accept("a", "seen 1-4 1 - COMPLETED", "run s3://bucket/1 COMPLETED");
        assertThat(ledger.faults(TRUTH)).isEmpty();
    }

    @Test
    void anImportThatMovedWhileAReplicaReadTheStatesIsNoFault() {
        everyChangeInOrderIsNoFault();
        ledger.started("a");
        accept("a", "seen 1-4 1 IN_PROGRESS COMPLETED", "run s3://bucket/1 COMPLETED");
        assertThat(ledger.faults(TRUTH)).isEmpty();
    }

    @Test
    void aSecondStartIsReported() {
        everyChangeInOrderIsNoFault();
        assertThat(ledger.faults(truth(Map.of(URI, 2, "s3://bucket/2", 1)))).containsExactly("started 2 times: " + URI);
    }

    @Test
    void anotherOutcomeThanTheImportsIsReported() {
        everyChangeInOrderIsNoFault();
        accept("b", "seen 1-4 1 - COMPLETED", "run s3://bucket/1 UNKNOWN");
        assertThat(ledger.faults(TRUTH)).containsExactly("b: lost: the run of s3://bucket/1 is UNKNOWN, not COMPLETED");
    }

    @Test
    void anOutcomeThatIsDeliveredTwiceIsReported() {
        everyChangeInOrderIsNoFault();
        accept("a", "run s3://bucket/1 COMPLETED");
        assertThat(ledger.faults(TRUTH)).singleElement().asString().contains("delivered twice");
    }

    @Test
    void aRunThatWasNotSentMayBeUnknownAndNothingElse() {
        everyChangeInOrderIsNoFault();
        SharedDemoTruth unsent = new SharedDemoTruth(List.of(URI, "s3://bucket/2"), TRUTH.imports(), Map.of(URI, 1));
        assertThat(ledger.faults(unsent)).singleElement().asString().contains("is null, not UNKNOWN");
        accept("a", "run s3://bucket/2 UNKNOWN");
        assertThat(ledger.faults(unsent)).isEmpty();
    }

    @Test
    void aFailedImportIsAFailedRun() {
        accept("a", "consumed 1-1 1 - PENDING", "consumed 1-3 1 PENDING FAILED");
        ledger.started("a");
        accept("a", "seen 1-3 1 - FAILED", "run s3://bucket/1 FAILED");
        assertThat(ledger.faults(
                        new SharedDemoTruth(List.of(URI), List.of(operation(ImportStatus.FAILED)), Map.of(URI, 1))))
                .isEmpty();
    }

    @Test
    void aReplicaThatEndsByItselfIsReported() {
        everyChangeInOrderIsNoFault();
        ledger.fault("a ended by itself");
        assertThat(ledger.faults(TRUTH)).containsExactly("a ended by itself");
    }

    @Test
    void whatAKilledProcessDidNotFinishWritingIsNotTakenForAChange() {
        everyChangeInOrderIsNoFault();
        assertThatThrownBy(() -> ledger.accept("a", "seen 1-5 1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.accept("a", "seen 1-5 1 - PEND")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.accept("a", "")).isInstanceOf(IllegalArgumentException.class);
        assertThat(ledger.faults(TRUTH)).isEmpty();
    }

    private static SharedDemoTruth truth(Map<String, Integer> posts) {
        return new SharedDemoTruth(List.of(URI), List.of(operation(ImportStatus.COMPLETED)), posts);
    }

    private static ImportOperation operation(ImportStatus status) {
        return new ImportOperation("1", URI, status, status.wireName(), null, null, 100, 0, null, null);
    }

    private void accept(String replica, String... lines) {
        for (String line : lines) {
            ledger.accept(replica, line);
        }
    }
}
