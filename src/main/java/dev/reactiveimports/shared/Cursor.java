package dev.reactiveimports.shared;

import static java.util.Objects.requireNonNull;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the log of changes: that of the change it names. A store that lost commits, and gave their sequences to other
 * changes later, did so under another epoch: a cursor never points to a change other than its own.
 *
 * @param epoch the epoch of the lease under which the change was appended
 * @param sequence the change's number in its watch
 * @since 0.1.0
 */
public record Cursor(long epoch, long sequence) implements Comparable<Cursor> {

    /** Before the first change. */
    public static final Cursor START = new Cursor(0, 0);

    private static final Pattern ENCODED = Pattern.compile("([0-9]{1,19})-([0-9]{1,19})");

    /**
     * Checks the range.
     *
     * @param epoch see the record
     * @param sequence see the record
     * @throws IllegalArgumentException if one is negative, or only one is 0
     */
    public Cursor {
        if (epoch < 0 || sequence < 0 || (epoch == 0) != (sequence == 0)) {
            throw new IllegalArgumentException(
                    "epoch and sequence must be positive, or both 0, but are " + epoch + " and " + sequence);
        }
    }

    /**
     * This cursor as text, to be kept.
     *
     * @return 3 to 39 characters: digits and a hyphen
     */
    public String encode() {
        return epoch + "-" + sequence;
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param s the text
     * @return the cursor
     * @throws IllegalArgumentException if it is not the text of a cursor
     */
    public static Cursor decode(String s) {
        Matcher parts = ENCODED.matcher(requireNonNull(s, "s"));
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "A cursor must be two numbers with a hyphen between, as encode() returns");
        }
        try {
            return new Cursor(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("A cursor must be two numbers of at most 64 bits", e);
        }
    }

    /** By sequence, then by epoch. */
    @Override
    public int compareTo(Cursor other) {
        int bySequence = Long.compare(sequence, other.sequence);
        return bySequence != 0 ? bySequence : Long.compare(epoch, other.epoch);
    }

    @Override
    public String toString() {
        return encode();
    }
}
