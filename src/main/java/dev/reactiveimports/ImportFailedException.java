package dev.reactiveimports;

/**
 * An awaited import ended {@link ImportStatus#FAILED} or {@link ImportStatus#CANCELLED}.
 *
 * @serial exclude
 *
 * @since 0.1.0
 */
public final class ImportFailedException extends ImportsException {

    private static final long serialVersionUID = 1L;

    private final ImportOperation operation;

    /**
     * Creates the failure of an awaited import.
     *
     * @param operation the import as last seen
     */
    public ImportFailedException(ImportOperation operation) {
        super(
                "import " + operation.id() + " ended with status " + operation.statusText()
                        + (operation.error() == null ? "" : ": " + operation.error()),
                null);
        this.operation = operation;
        during("await", operation.id());
    }

    /** The reason alone, since it names the import. */
    @Override
    public String getMessage() {
        return reason();
    }

    /**
     * The import as last seen.
     *
     * @return its status is terminal, and not {@link ImportStatus#COMPLETED}
     */
    public ImportOperation operation() {
        return operation;
    }
}
