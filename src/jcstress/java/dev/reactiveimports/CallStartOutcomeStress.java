package dev.reactiveimports;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.reactiveimports.ImportsListener.Operation;
import java.time.Instant;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** A start that is about to be written while somebody gives it up. */
public class CallStartOutcomeStress {

    abstract static class Start {

        final CallStartOutcome attempts = new CallStartOutcome(StartImportRequest.of("s3://bucket/dir"));
        final CallRecorder first = new CallRecorder(Operation.START, 1, ImportsListener.NONE, attempts);
        final ImportsTransportException closed = new ImportsTransportException("closed", null, false);

        Start() {
            attempts.begin(first);
        }

        final int write(CallRecorder attempt) {
            return attempts.claim(attempt, Instant.EPOCH) ? 1 : 0;
        }

        /** 1 when the caller receives that it may have been sent. */
        final int end() {
            return attempts.explain(closed) instanceof ImportOutcomeUnknownException ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "written, and reported as unknown")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "given up, and not a byte went out")
    @Outcome(expect = FORBIDDEN, desc = "what the caller receives is not what happened")
    @State
    public static class WriteAndGiveUp extends Start {

        @Actor
        public void write(II_Result r) {
            r.r1 = write(first);
        }

        @Actor
        public void giveUp(II_Result r) {
            r.r2 = end();
        }
    }

    @JCStressTest
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = ACCEPTABLE, desc = "one of them wrote")
    @Outcome(expect = FORBIDDEN, desc = "two POSTs, or one that is denied")
    @State
    public static class WriteAndRetry extends Start {

        private final CallRecorder second = new CallRecorder(Operation.START, 2, ImportsListener.NONE, attempts);

        @Actor
        public void writeLate(III_Result r) {
            r.r1 = write(first);
        }

        @Actor
        public void retry(III_Result r) {
            // the first attempt's timeout says that it failed before it was written
            if (attempts.surelyNotTaken(closed) && attempts.begin(second)) {
                r.r2 = write(second);
            }
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = end();
        }
    }
}
