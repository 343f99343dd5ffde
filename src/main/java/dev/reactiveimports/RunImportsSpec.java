package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * How {@link ReactiveImportsApi#runImports} runs many imports. Immutable: every setter returns a changed copy.
 *
 * @since 0.1.0
 */
public final class RunImportsSpec {

    private static final int MOST = 10_000;

    private final int maxInProgress;
    private final @Nullable PollSpec pollSpec;
    private final @Nullable Function<StartImportRequest, ? extends Publisher<?>> beforeStart;
    private final @Nullable Consumer<ImportOperation> onObservation;
    private final boolean cancelOnCancel;

    private RunImportsSpec(
            int maxInProgress,
            @Nullable PollSpec pollSpec,
            @Nullable Function<StartImportRequest, ? extends Publisher<?>> beforeStart,
            @Nullable Consumer<ImportOperation> onObservation,
            boolean cancelOnCancel) {
        this.maxInProgress = maxInProgress;
        this.pollSpec = pollSpec;
        this.beforeStart = beforeStart;
        this.onObservation = onObservation;
        this.cancelOnCancel = cancelOnCancel;
    }

    /**
     * A spec with every default.
     *
     * @param n how many imports may be in progress at once, 1 to 10,000
     * @return a spec
     * @throws IllegalArgumentException if out of range
     */
    public static RunImportsSpec maxInProgress(int n) {
        return new RunImportsSpec(Checks.requireRange(n, "maxInProgress", 1, MOST), null, null, null, false);
    }

    /**
     * How the imports in progress are polled. Defaults to the client's spec.
     *
     * @param spec how often to poll, and how many failures in a row to bear
     * @return a changed copy
     */
    public RunImportsSpec pollSpec(PollSpec spec) {
        return new RunImportsSpec(
                maxInProgress, requireNonNull(spec, "spec"), beforeStart, onObservation, cancelOnCancel);
    }

    /**
     * A check of the caller's own before a request is sent: once for each request, in its slot. The publisher's items are ignored;
     * with its completion the request is sent, its error makes the run {@link ImportRun.Outcome#REFUSED}. Defaults to none.
     *
     * @param check must not block
     * @return a changed copy
     */
    public RunImportsSpec beforeStart(Function<StartImportRequest, ? extends Publisher<?>> check) {
        return new RunImportsSpec(
                maxInProgress, pollSpec, requireNonNull(check, "check"), onObservation, cancelOnCancel);
    }

    /**
     * Receives each visible change of each import in progress: for progress bars and logs. Called one at a time; what it throws is
     * logged once for each subscription and changes nothing. Defaults to none.
     *
     * @param progress must not block
     * @return a changed copy
     */
    public RunImportsSpec onObservation(Consumer<ImportOperation> progress) {
        return new RunImportsSpec(
                maxInProgress, pollSpec, beforeStart, requireNonNull(progress, "progress"), cancelOnCancel);
    }

    /**
     * What a cancelled subscription does to imports in progress. Cancelling them goes on after the subscription has ended, for a
     * minute at most and 16 at a time; errors are logged. Defaults to false: they are left alone.
     *
     * @param cancelImports whether to cancel them
     * @return a changed copy
     */
    public RunImportsSpec cancelOnCancel(boolean cancelImports) {
        return new RunImportsSpec(maxInProgress, pollSpec, beforeStart, onObservation, cancelImports);
    }

    /**
     * How many runs are in progress at the same time, at most.
     *
     * @return 1 to 10,000
     */
    public int maxInProgress() {
        return maxInProgress;
    }

    PollSpec pollSpecOr(PollSpec defaults) {
        return pollSpec == null ? defaults : pollSpec;
    }

    /**
     * The check that comes before each start.
     *
     * @return null if there is none
     */
    public @Nullable Function<StartImportRequest, ? extends Publisher<?>> beforeStart() {
        return beforeStart;
    }

    /**
     * What is called with what is observed of the imports.
     *
     * @return null if there is nothing
     */
    public @Nullable Consumer<ImportOperation> onObservation() {
        return onObservation;
    }

    /**
     * Whether imports in progress are cancelled when the subscription is.
     *
     * @return false by default
     */
    public boolean cancelsOnCancel() {
        return cancelOnCancel;
    }

    @Override
    public String toString() {
        return "RunImportsSpec[maxInProgress=" + maxInProgress + ", pollSpec="
                + (pollSpec == null ? "default" : pollSpec) + ", beforeStart=" + (beforeStart != null)
                + ", onObservation=" + (onObservation != null) + ", cancelOnCancel=" + cancelOnCancel + "]";
    }
}
