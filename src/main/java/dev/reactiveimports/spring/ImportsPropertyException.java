package dev.reactiveimports.spring;

/** A property is missing or invalid. The message names it, and never contains the API key. */
final class ImportsPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;
    private final String reason;
    private final String remedy;

    ImportsPropertyException(String property, String reason) {
        this(property, reason, "Set '" + property + "' in the application's configuration");
    }

    ImportsPropertyException(String property, String reason, String remedy) {
        super("The property '" + property + "' cannot be used: " + reason);
        this.property = property;
        this.reason = reason;
        this.remedy = remedy;
    }

    String property() {
        return property;
    }

    String reason() {
        return reason;
    }

    /** What to do, as the begin of a sentence. */
    String remedy() {
        return remedy;
    }
}
