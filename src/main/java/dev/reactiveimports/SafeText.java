package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;

/**
 * Sanitises text of a server for messages and log lines: control and format characters (line breaks, escape sequences,
 * bidirectional overrides) become one space, the ends are trimmed, the length is bounded.
 */
final class SafeText {

    /** How many characters of a response a message quotes at most. */
    static final int EXCERPT_LENGTH = 200;

    private static final int TARGET_LENGTH = 200;
    private static final Pattern USER = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@");
    private static final Pattern SECRETS = Pattern.compile("[?#].*$", Pattern.DOTALL);

    private SafeText() {}

    /** An import's id for exceptions and log lines. */
    static String ofId(String id) {
        return of(id, TARGET_LENGTH);
    }

    /** A URI for exceptions and log lines, without user info, query and fragment: a signed URI has its signature there. */
    static String ofUri(String uri) {
        String plain = SECRETS.matcher(uri).replaceFirst("");
        return of(USER.matcher(plain).replaceFirst("$1"), TARGET_LENGTH);
    }

    /** At most {@code maxLength} characters, without unpaired surrogates. */
    static String of(CharSequence text, int maxLength) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), maxLength));
        for (int i = 0; i < text.length(); ) {
            int c = Character.codePointAt(text, i);
            i += Character.charCount(c);
            if (isUnsafe(c)) {
                c = ' ';
            }
            // leading space goes, and what was replaced leaves no rows of spaces
            if (c == ' ' && (safe.length() == 0 || safe.charAt(safe.length() - 1) == ' ')) {
                continue;
            }
            if (safe.length() + Character.charCount(c) > maxLength) {
                break;
            }
            safe.appendCodePoint(c);
        }
        int end = safe.length();
        return safe.substring(0, end > 0 && safe.charAt(end - 1) == ' ' ? end - 1 : end);
    }

    /** The same of bytes; what is no UTF-8 becomes U+FFFD. Reads no more bytes than it may need. */
    static String of(byte[] bytes, int offset, int length, int maxLength) {
        int skipped = 0;
        while (skipped < length && bytes[offset + skipped] >= 0 && bytes[offset + skipped] <= ' ') {
            skipped++;
        }
        int read = Math.min(length - skipped, 8 * maxLength);
        return of(new String(bytes, offset + skipped, read, UTF_8), maxLength);
    }

    /** The excerpt of an invalid response for a message: from its beginning, or around the invalid byte. */
    static String excerpt(byte[] bytes, int offset, int length, long invalidAt) {
        int from = 0;
        if (invalidAt > EXCERPT_LENGTH / 2 && invalidAt <= length && length > EXCERPT_LENGTH) {
            from = Math.min((int) invalidAt - EXCERPT_LENGTH / 2, length - EXCERPT_LENGTH);
            while (from > 0 && (bytes[offset + from] & 0xC0) == 0x80) {
                from--;
            }
        }
        return of(bytes, offset + from, length - from, EXCERPT_LENGTH);
    }

    private static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
