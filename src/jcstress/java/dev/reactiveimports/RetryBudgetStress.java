package dev.reactiveimports;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Tokens that are taken and given back at once. */
public class RetryBudgetStress {

    @JCStressTest
    @Outcome(id = {"1, 0, 2", "0, 1, 2"}, expect = ACCEPTABLE, desc = "the last five went to one of them")
    @Outcome(expect = FORBIDDEN, desc = "spent twice, or not at all")
    @State
    public static class TheLastTokens {

        private final RetryBudget budget = new RetryBudget(new StressTime());

        public TheLastTokens() {
            budget.take(RetryBudget.TOKENS - 7);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = budget.take(5) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = budget.take(5) ? 1 : 0;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = budget.tokens();
        }
    }

    @JCStressTest
    @Outcome(id = "495", expect = ACCEPTABLE, desc = "given back to a full one")
    @Outcome(id = "500", expect = ACCEPTABLE, desc = "taken first")
    @Outcome(expect = FORBIDDEN, desc = "more than there is room for, or lost")
    @State
    public static class RefundAtTheBrim {

        private final RetryBudget budget = new RetryBudget(new StressTime());

        @Actor
        public void take() {
            budget.take(5);
        }

        @Actor
        public void refund() {
            budget.giveBack(5);
        }

        @Arbiter
        public void end(I_Result r) {
            r.r1 = budget.tokens();
        }
    }

    @JCStressTest
    @Outcome(id = "101", expect = ACCEPTABLE, desc = "nothing lost")
    @Outcome(expect = FORBIDDEN, desc = "lost or doubled")
    @State
    public static class EarnRefundAndTake {

        private final RetryBudget budget = new RetryBudget(new StressTime());

        public EarnRefundAndTake() {
            budget.take(400);
        }

        @Actor
        public void earn() {
            budget.earn();
            budget.giveBack(10);
        }

        @Actor
        public void take() {
            budget.take(10);
        }

        @Arbiter
        public void end(I_Result r) {
            r.r1 = budget.tokens();
        }
    }
}
