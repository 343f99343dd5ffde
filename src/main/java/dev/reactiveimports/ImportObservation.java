package dev.reactiveimports;

import static java.util.Objects.requireNonNull;

/**
 * What {@link ReactiveImportsApi#observeImports} emits: an observation of an import, or why an id is observed no more.
 *
 * <pre>{@code
 * switch (observation) {
 *     case ImportObservation.Seen seen -> show(seen.operation());
 *     case ImportObservation.Failed failed -> report(failed.id(), failed.failure());
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public sealed interface ImportObservation {

    /**
     * The import.
     *
     * @return its id, as the caller gave it
     */
    String id();

    /**
     * An import as the service showed it; the last one of an id if it is terminal.
     *
     * @param operation its state
     */
    record Seen(ImportOperation operation) implements ImportObservation {

        /**
         * Checks that there is an operation.
         *
         * @param operation see the record
         */
        public Seen {
            requireNonNull(operation, "operation");
        }

        @Override
        public String id() {
            return operation.id();
        }
    }

    /**
     * The end of an id that cannot be observed: it is invalid, the service does not know it (404), its response alone cannot be
     * read, or describing it failed too often in a row. Nothing follows for this id.
     *
     * @param id as the caller gave it
     * @param failure why
     */
    record Failed(String id, Throwable failure) implements ImportObservation {

        /**
         * Checks that both are there.
         *
         * @param id see the record
         * @param failure see the record
         */
        public Failed {
            requireNonNull(id, "id");
            requireNonNull(failure, "failure");
        }
    }
}
