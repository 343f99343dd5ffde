package dev.reactiveimports.spring;

/** A property is missing or invalid. The message names it, and never contains the API key. */
final class ImportsPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;
    private final String reason;

    ImportsPropertyException(String property, String reason) {
        super("The property '" + property + "' cannot be used: " + reason);
        this.property = property;
        this.reason = reason;
    }

    String property() {
        return property;
    }

    String reason() {
        return reason;
    }
}
