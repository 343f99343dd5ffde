package dev.reactiveimports;

/** What is watched, and what becomes of an import that cannot be. */
enum WatchKind {
    /** Ids of the caller's; errors of single ones follow when the others have ended. */
    IMPORTS,

    /** Ids of the caller's; errors of single ones are data. */
    OBSERVATIONS,

    /** Ids that come once each, in number without end: as observations, and forgotten when they have ended. */
    RUNS,

    /** Whatever the listing shows; an import is watched until the service knows it no more. */
    INDEX
}
