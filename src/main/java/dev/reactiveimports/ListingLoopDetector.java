package dev.reactiveimports;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the tokens of one listing, to end one that runs in a circle. The first {@value #EXACT} tokens are kept as 64-bit
 * hashes, so that a return to any of them is seen at once; beyond them Brent's algorithm finds a circle of any length, within
 * three times its length, with one token. Not thread-safe: one listing, one page at a time.
 */
final class ListingLoopDetector {

    private static final int EXACT = 4096;
    private static final int MAX_EMPTY_PAGES = 1000;

    private long[] hashes = new long[16];
    private int seen;
    private @Nullable String milestone;
    private long stepsSinceMilestone;
    private long stepsToNextMilestone = 1;
    private int emptyPages;

    ListingLoopDetector(@Nullable String startAt) {
        if (startAt != null) {
            isRepeated(startAt);
        }
    }

    /** Why the listing must not go on after this page; null if it may. */
    @Nullable
    ImportsProtocolException objectionTo(ImportPage page) {
        String token = page.nextToken();
        if (token == null) {
            return null;
        }
        emptyPages = page.items().isEmpty() ? emptyPages + 1 : 0;
        if (emptyPages >= MAX_EMPTY_PAGES) {
            return ImportsProtocolException.definite(
                    MAX_EMPTY_PAGES + " empty pages in a row, each with a token to go on");
        }
        return isRepeated(token)
                ? ImportsProtocolException.definite("the listing runs in a circle: a pagination token came back")
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
        return !remember(hash(token));
    }

    private boolean remember(long hash) {
        if (contains(hash)) {
            return false;
        }
        if (seen == EXACT) {
            return true;
        }
        if (seen * 2 == hashes.length) {
            grow();
        }
        hashes[slotOf(hash)] = hash;
        seen++;
        return true;
    }

    private boolean contains(long hash) {
        return hashes[slotOf(hash)] == hash;
    }

    private int slotOf(long hash) {
        int slot = (int) hash & hashes.length - 1;
        while (hashes[slot] != 0 && hashes[slot] != hash) {
            slot = slot + 1 & hashes.length - 1;
        }
        return slot;
    }

    private void grow() {
        long[] old = hashes;
        hashes = new long[old.length * 2];
        Arrays.stream(old).filter(h -> h != 0).forEach(h -> hashes[slotOf(h)] = h);
    }

    /** FNV-1a, then the finaliser of SplitMix64; never 0, which marks a free slot. */
    private static long hash(String token) {
        long h = 0xcbf29ce484222325L;
        for (int i = 0; i < token.length(); i++) {
            h = (h ^ token.charAt(i)) * 0x100000001b3L;
        }
        h = (h ^ h >>> 30) * 0xbf58476d1ce4e5b9L;
        h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
        h ^= h >>> 31;
        return h == 0 ? 1 : h;
    }
}
