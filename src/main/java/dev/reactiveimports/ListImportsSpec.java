package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * How to walk the listing. Immutable: every setter returns a changed copy, so that one spec can serve as a template.
 *
 * @since 0.1.0
 */
public final class ListImportsSpec {

    private static final int MAX_PAGE_SIZE = 100;
    private static final int MAX_READ_AHEAD = 100;
    static final int MAX_TOKEN_LENGTH = 8000;
    private static final ListImportsSpec DEFAULTS = new ListImportsSpec(MAX_PAGE_SIZE, null, 0);

    private final int pageSize;
    private final @Nullable String startAt;
    private final int readAhead;

    private ListImportsSpec(int pageSize, @Nullable String startAt, int readAhead) {
        this.pageSize = pageSize;
        this.startAt = startAt;
        this.readAhead = readAhead;
    }

    /**
     * The whole listing, 100 imports a page, nothing fetched ahead of demand.
     *
     * @return the defaults
     */
    public static ListImportsSpec create() {
        return DEFAULTS;
    }

    /**
     * How many imports one HTTP request asks for. Defaults to 100.
     *
     * @param limit 1 to 100, the service's bounds
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ListImportsSpec pageSize(int limit) {
        return new ListImportsSpec(Checks.requireRange(limit, "pageSize", 1, MAX_PAGE_SIZE), startAt, readAhead);
    }

    /**
     * Begins at the page a token names, as {@link ImportPage#nextToken()} or
     * {@link ImportsException#paginationToken()} gave it. Defaults to the first page.
     *
     * @param paginationToken an opaque token of the service
     * @return a changed copy
     * @throws IllegalArgumentException if empty, longer than 8000 characters, or with control characters
     */
    public ListImportsSpec startAt(String paginationToken) {
        Checks.requireText(paginationToken, "paginationToken", MAX_TOKEN_LENGTH);
        return new ListImportsSpec(pageSize, paginationToken, readAhead);
    }

    /**
     * How many pages to fetch ahead of demand once the first item was requested. Defaults to 0: a page is fetched when
     * an item of it is requested. Reading ahead hides the network only from a consumer that works on another thread
     * (behind {@code publishOn}, say); for one that works where the items arrive it changes nothing but the memory used.
     *
     * @param pages 0 to 100; each costs the memory of one page
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public ListImportsSpec readAhead(int pages) {
        return new ListImportsSpec(pageSize, startAt, Checks.requireRange(pages, "readAhead", 0, MAX_READ_AHEAD));
    }

    int pageSize() {
        return pageSize;
    }

    @Nullable
    String startAt() {
        return startAt;
    }

    int readAhead() {
        return readAhead;
    }

    @Override
    public String toString() {
        return "ListImportsSpec[pageSize=" + pageSize + ", startAt=" + startAt + ", readAhead=" + readAhead + "]";
    }
}
