package dev.reactiveimports;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Masks the API key in a response before it is quoted: some gateways' error pages show the request's headers. */
final class HttpKeyMask {

    private static final String MASK = "***";

    /** A shorter key is hardly a secret, and may be an ordinary word of the message. */
    private static final int SHORTEST = 4;

    private HttpKeyMask() {}

    static String mask(String key, String text) {
        return key.length() < SHORTEST ? text : text.replace(key, MASK);
    }

    /** Overwrites every occurrence of the key; true if there was one. */
    static boolean mask(String key, byte[] bytes, int offset, int length) {
        if (key.length() < SHORTEST) {
            return false;
        }
        byte[] secret = key.getBytes(StandardCharsets.US_ASCII);
        boolean found = false;
        for (int i = offset; i <= offset + length - secret.length; i++) {
            if (bytes[i] == secret[0] && Arrays.equals(bytes, i, i + secret.length, secret, 0, secret.length)) {
                Arrays.fill(bytes, i, i + secret.length, (byte) '*');
                found = true;
            }
        }
        return found;
    }
}
