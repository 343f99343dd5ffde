package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The origin of an index, and the URIs below it.
 *
 * <p>Accepts a host with or without port, {@code https://} and one trailing slash; {@code http://} only for loopback
 * addresses, or elsewhere if the caller allows it. Everything else is invalid, and no message repeats the value: it may be
 * an API key in the wrong place. For the same reason host names must be ASCII (write {@code xn--} for others) and must not
 * contain an underscore, which keys contain and host names do not (RFC 1123, section 2.1).
 */
final class HttpEndpoint {

    private static final String PATH = "/bulk/imports";
    private static final int MAX_HOST_LENGTH = 253;
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    // the last label begins with a letter (RFC 1123, section 2.1); some resolvers read others as an address in decimal,
    // octal or hexadecimal: "127.1", "2130706433", "0x7f.1"
    private static final String REST_OF_LABEL = "(?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern NAME = Pattern.compile("(?:[a-z0-9]" + REST_OF_LABEL + "\\.)*[a-z]" + REST_OF_LABEL);
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]*:[0-9a-f:.]*]");

    private final String origin;

    private HttpEndpoint(String origin) {
        this.origin = origin;
    }

    /**
     * Parses an index host.
     *
     * @throws IllegalArgumentException if it is not valid; the message names the reason without repeating the value
     */
    static HttpEndpoint parse(String indexHost, boolean allowPlaintext) {
        String rest = requireNonNull(indexHost, "indexHost");
        boolean secure = true;
        int scheme = rest.indexOf("://");
        if (scheme >= 0) {
            secure = rest.regionMatches(true, 0, "https", 0, scheme) && scheme == 5;
            require(
                    secure || (rest.regionMatches(true, 0, "http", 0, scheme) && scheme == 4),
                    "has a scheme other than https and http");
            rest = rest.substring(scheme + 3);
        }
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        requireAuthority(rest);
        int portAt = rest.indexOf(':', rest.lastIndexOf(']') + 1);
        int port = portAt < 0 ? -1 : port(rest.substring(portAt + 1));
        String host = (portAt < 0 ? rest : rest.substring(0, portAt)).toLowerCase(Locale.ROOT);
        boolean loopback = requireHost(host);
        require(
                secure || loopback || allowPlaintext,
                "is http:// but not a loopback address: use https://, or call allowPlaintext() if the network is trusted");
        String shownPort = port < 0 || port == (secure ? HTTPS_PORT : HTTP_PORT) ? "" : ":" + port;
        return new HttpEndpoint((secure ? "https://" : "http://") + host + shownPort);
    }

    boolean isSecure() {
        return origin.startsWith("https:");
    }

    /** The collection, where start sends its POST. */
    String importsUri() {
        return origin + PATH;
    }

    /** One page of the collection; a null token is the first page. */
    String importsUri(int limit, @Nullable String paginationToken) {
        String first = origin + PATH + "?limit=" + limit;
        return paginationToken == null
                ? first
                : first + "&paginationToken="
                        + encode(Checks.requireText(
                                paginationToken, "paginationToken", ListImportsSpec.MAX_TOKEN_LENGTH));
    }

    /** One import; the id is encoded as a single path segment, whatever it contains. */
    String importUri(String id) {
        return origin + PATH + '/' + encode(Checks.requireId(id));
    }

    /** The origin, such as {@code https://host:8443}. */
    @Override
    public String toString() {
        return origin;
    }

    private static void requireAuthority(String text) {
        require(!text.isEmpty(), "has no host");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            require(c > ' ' && c < 0x7F, "contains a space, a control character or a non-ASCII character");
        }
        require(text.indexOf('@') < 0, "must not contain user info");
        require(text.indexOf('?') < 0, "must not contain a query");
        require(text.indexOf('#') < 0, "must not contain a fragment");
        require(text.indexOf('/') < 0, "must not contain a path");
        require(text.startsWith("[") == text.contains("]"), "has brackets but is not an IPv6 address");
    }

    private static int port(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits ? Integer.parseInt(text) : 0;
        require(port >= 1 && port <= 65535, "has a port that is not between 1 and 65535");
        return port;
    }

    /** Checks a host; true if it is certainly loopback, without name resolution. */
    private static boolean requireHost(String host) {
        require(!host.isEmpty(), "has no host");
        if (host.startsWith("[")) {
            return requireIpv6(host).isLoopbackAddress();
        }
        if (IPV4.matcher(host).matches()) {
            return host.startsWith("127.");
        }
        require(
                host.length() <= MAX_HOST_LENGTH && NAME.matcher(host).matches(),
                "is neither an IPv4 address nor a valid host name: use labels of 1 to 63 letters, digits and hyphens, separated by dots, 253 characters in all,"
                        + " a letter first in the last label");
        return host.equals("localhost");
    }

    private static InetAddress requireIpv6(String host) {
        require(IPV6.matcher(host).matches(), "has brackets but is not an IPv6 address");
        try {
            return InetAddress.getByName(host); // a literal: nothing is resolved
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("The index host has brackets but is not an IPv6 address");
        }
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalArgumentException("The index host " + problem);
        }
    }

    /** Percent-encodes all but the unreserved characters of RFC 3986, section 2.3; the JDK's encoder is for HTML forms. */
    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
