package dev.reactiveimports;

import java.util.regex.Pattern;

/** What an exception says that a call was about. */
final class CallTarget {

    private static final int MAX_LENGTH = 200;
    private static final Pattern USER = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@");
    private static final Pattern SECRETS = Pattern.compile("[?#].*$", Pattern.DOTALL);

    private CallTarget() {}

    static String ofId(String id) {
        return SafeText.of(id, MAX_LENGTH);
    }

    /** Without user, query and fragment: a signed URI has its signature there. */
    static String ofUri(String uri) {
        String plain = SECRETS.matcher(uri).replaceFirst("");
        return SafeText.of(USER.matcher(plain).replaceFirst("$1"), MAX_LENGTH);
    }
}
