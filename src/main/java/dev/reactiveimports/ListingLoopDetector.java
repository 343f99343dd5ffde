package dev.reactiveimports;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Detects a listing whose pagination tokens repeat. The first {@value #MAX_REMEMBERED} tokens, a megabyte at most, are kept,
 * so that a repetition of any of them is detected at once; beyond them Brent's algorithm detects a cycle of any length
 * within three times its length, with a single token. Not thread-safe: one listing, one page at a time.
 */
final class ListingLoopDetector {

    private static final int MAX_REMEMBERED = 4096;
    private static final int MAX_CHARS_REMEMBERED = 1 << 19;
    private static final int MAX_EMPTY_PAGES = 1000;

    private final Set<String> remembered = new HashSet<>();
    private int charsToRemember = MAX_CHARS_REMEMBERED;
    private @Nullable String milestone;
    private long stepsSinceMilestone;
    private long stepsToNextMilestone = 1;
    private int emptyPages;

    ListingLoopDetector(@Nullable String startAt) {
        if (startAt != null) {
            isRepeated(startAt);
        }
    }

    /** Why the listing must not continue after this page; null if it may. */
    @Nullable
    ImportsProtocolException objectionTo(ImportPage page) {
        String token = page.nextToken();
        if (token == null) {
            return null;
        }
        emptyPages = page.items().isEmpty() ? emptyPages + 1 : 0;
        if (emptyPages >= MAX_EMPTY_PAGES) {
            return ImportsProtocolException.definite(
                    MAX_EMPTY_PAGES + " empty pages in a row were received, each with a token for a next page");
        }
        return isRepeated(token)
                ? ImportsProtocolException.definite("the listing does not end: its pagination tokens repeat")
                : null;
    }

    private boolean isRepeated(String token) {
        if (token.equals(milestone)) {
            return true;
        }
        if (++stepsSinceMilestone == stepsToNextMilestone) {
            milestone = token;
            stepsSinceMilestone = 0;
            stepsToNextMilestone *= 2;
        }
        if (remembered.size() < MAX_REMEMBERED && charsToRemember >= token.length()) {
            charsToRemember -= token.length();
            return !remembered.add(token);
        }
        return remembered.contains(token);
    }
}
