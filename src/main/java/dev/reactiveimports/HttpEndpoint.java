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
 * Where an index answers, and the URIs below it.
 *
 * <p>Taken as the service hands it out: a host with or without port, {@code https://} and one trailing slash; {@code http://}
 * to loopback, elsewhere on request only. Everything else is refused, and no message repeats what was given: it may be a
 * key in the wrong place. Therefore also host names are ASCII alone (write {@code xn--} for others) and without the
 * underscore, which keys have and names of hosts have not (RFC 1123, section 2.1).
 */
final class HttpEndpoint {

    private static final String PATH = "/bulk/imports";
    private static final int MAX_HOST_LENGTH = 253;
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    // the last label begins with a letter (RFC 1123, section 2.1); what does not is an address in decimal, octal or
    // hexadecimal to some resolvers: "127.1", "2130706433", "0x7f.1"
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
     * Reads an index host.
     *
     * @throws IllegalArgumentException if it is none, saying why without repeating it
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
                "is http:// and not loopback: use https://, or allowPlaintext() where the network is trusted");
        String shownPort = port < 0 || port == (secure ? HTTPS_PORT : HTTP_PORT) ? "" : ":" + port;
        return new HttpEndpoint((secure ? "https://" : "http://") + host + shownPort);
    }

    boolean isSecure() {
        return origin.startsWith("https:");
    }

    /** The collection, as start takes it. */
    String importsUri() {
        return origin + PATH;
    }

    /** One page of the collection; null is the first. */
    String importsUri(int limit, @Nullable String paginationToken) {
        String first = origin + PATH + "?limit=" + limit;
        return paginationToken == null
                ? first
                : first + "&paginationToken="
                        + encode(Checks.requireText(
                                paginationToken, "paginationToken", ListImportsSpec.MAX_TOKEN_LENGTH));
    }

    /** One import; the id is one segment, whatever it has in it. */
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
            require(c > ' ' && c < 0x7F, "has a space, a control or a non-ASCII character");
        }
        require(text.indexOf('@') < 0, "must not hold user info");
        require(text.indexOf('?') < 0, "must not have a query");
        require(text.indexOf('#') < 0, "must not have a fragment");
        require(text.indexOf('/') < 0, "must not have a path");
        require(text.startsWith("[") == text.contains("]"), "has brackets and is no IPv6 address");
    }

    private static int port(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits ? Integer.parseInt(text) : 0;
        require(port >= 1 && port <= 65535, "has a port that is not 1..65535");
        return port;
    }

    /** Checks a host; true if it is loopback beyond doubt, without asking a resolver. */
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
                "is neither IPv4 nor a host name: letters, digits and hyphens between dots, 63 to a label, 253 in all,"
                        + " a letter first in the last label");
        return host.equals("localhost");
    }

    private static InetAddress requireIpv6(String host) {
        require(IPV6.matcher(host).matches(), "has brackets and is no IPv6 address");
        try {
            return InetAddress.getByName(host); // a literal: nothing is resolved
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("The index host has brackets and is no IPv6 address");
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException("The index host " + otherwise);
        }
    }

    /** Percent-encodes all but the unreserved characters of RFC 3986, section 2.3: the JDK encodes for forms. */
    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
