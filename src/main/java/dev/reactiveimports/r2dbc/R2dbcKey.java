package dev.reactiveimports.r2dbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A key of fixed length in place of an id: one of 1,000 characters has up to 4,000 bytes, too many for a B-tree of PostgreSQL. */
final class R2dbcKey {

    private R2dbcKey() {}

    static String of(String id) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
