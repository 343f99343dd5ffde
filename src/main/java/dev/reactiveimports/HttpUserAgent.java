package dev.reactiveimports;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The header {@code User-Agent}. */
final class HttpUserAgent {

    private static final String RESOURCE = "version.properties";

    private HttpUserAgent() {}

    /**
     * The header's value.
     *
     * @param sourceTag the normalised tag; empty for none
     */
    static String of(String sourceTag) {
        return "lang=java; reactive-imports=" + Version.VALUE
                + (sourceTag.isEmpty() ? "" : "; source_tag=" + sourceTag);
    }

    private static String readVersion() {
        try (InputStream in = HttpUserAgent.class.getResourceAsStream(RESOURCE)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Version {

        private static final String VALUE = readVersion();
    }
}
