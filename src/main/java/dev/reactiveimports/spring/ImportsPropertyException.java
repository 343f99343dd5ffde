package dev.reactiveimports.spring;

/** A property that no client can be made with. Names it, and never repeats the key. */
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
