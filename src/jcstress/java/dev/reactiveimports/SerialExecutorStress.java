package dev.reactiveimports;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Tasks from several threads that touch plain fields. */
public class SerialExecutorStress {

    @JCStressTest
    @Outcome(id = "3, 3, 0", expect = ACCEPTABLE, desc = "each ran once, alone, and the last step saw them all")
    @Outcome(expect = FORBIDDEN, desc = "lost, or two at once")
    @State
    public static class ThreeTasks {

        private final SerialExecutor serial = new SerialExecutor(this::look, thrown -> {}, () -> {});
        private int ran;
        private int seen;
        private int overlaps;
        private boolean running;

        private void task() {
            overlaps += running ? 1 : 0;
            running = true;
            ran++;
            running = false;
        }

        private void look() {
            overlaps += running ? 1 : 0;
            seen = ran;
        }

        @Actor
        public void one() {
            serial.execute(this::task);
        }

        @Actor
        public void others() {
            serial.execute(this::task);
            serial.execute(this::task);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r1 = ran;
            r.r2 = seen;
            r.r3 = overlaps;
        }
    }
}
