package dev.reactiveimports;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of the listing, for callers that keep the token themselves.
 *
 * @param items the imports of this page, copied and unmodifiable; may be empty though a token follows
 * @param nextToken what {@link ListImportsSpec#startAt} takes to go on; null at the end of the listing, and an
 *     empty one becomes null
 * @since 0.1.0
 */
public record ImportPage(
        List<ImportOperation> items, @Nullable String nextToken) {

    /**
     * Copies the items, and takes an empty token for none.
     *
     * @param items see the record
     * @param nextToken see the record
     */
    public ImportPage {
        items = List.copyOf(items);
        nextToken = nextToken == null || nextToken.isEmpty() ? null : nextToken;
    }

    /**
     * Whether the listing goes on.
     *
     * @return true if there is a token
     */
    public boolean hasNext() {
        return nextToken != null;
    }
}
