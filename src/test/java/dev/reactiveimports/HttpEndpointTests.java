package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.net.URI;
import java.net.URLDecoder;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEndpointTests {

    private static final HttpEndpoint HOST = HttpEndpoint.parse("h.io", false);

    @ParameterizedTest
    @CsvSource({
        "my-index-abc1234.svc.us-east1-gcp.pinecone.io, https://my-index-abc1234.svc.us-east1-gcp.pinecone.io",
        "https://h.io, https://h.io",
        "https://h.io/, https://h.io",
        "h.io/, https://h.io",
        "HTTPS://H.IO, https://h.io",
        "h.io:8443, https://h.io:8443",
        "https://h.io:443/, https://h.io",
        "https://h.io:80, https://h.io:80",
        "h, https://h",
        "1a.b2, https://1a.b2",
        "xn--bcher-kva.example, https://xn--bcher-kva.example",
        "10.0.0.1, https://10.0.0.1",
        "[2001:db8::1]:8443, https://[2001:db8::1]:8443",
        "[::ffff:10.0.0.1], https://[::ffff:10.0.0.1]",
        "localhost, https://localhost",
        "http://localhost:5080, http://localhost:5080",
        "HTTP://LOCALHOST:5080/, http://localhost:5080",
        "http://localhost:80, http://localhost",
        "http://localhost:443, http://localhost:443",
        "http://127.0.0.1:1, http://127.0.0.1:1",
        "http://127.255.255.254:65535, http://127.255.255.254:65535",
        "http://[::1]:5080, http://[::1]:5080",
        "http://[0:0:0:0:0:0:0:1], http://[0:0:0:0:0:0:0:1]"
    })
    void readsWhatTheServiceHandsOut(String text, String origin) {
        assertThat(HttpEndpoint.parse(text, false)).hasToString(origin);
        assertThat(HttpEndpoint.parse(text, false).importsUri()).isEqualTo(origin + "/bulk/imports");
        assertThat(URI.create(origin + "/bulk/imports").getHost()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h.io", "http://127.0.0.1.nip.io", "http://localhost.h.io", "http://10.0.0.1",
                        "http://128.0.0.1",
                "http://0.0.0.0", "http://[::]", "http://[2001:db8::1]:80", "http://[::2]", "http://my.localhost"
            })
    void plaintextOffLoopbackIsForThoseWhoAsk(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpEndpoint.parse(text, false))
                .withMessageContaining("allowPlaintext()");
        assertThat(HttpEndpoint.parse(text, true).toString()).startsWith("http://");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|no host",
                "/|no host",
                "https://|no host",
                "https:///|no host",
                ":443|no host",
                "https://user:SECRET@h.io|user info",
                "SECRET@h.io|user info",
                "h.io/SECRET|path",
                "h.io//|path",
                "//h.io|path",
                "https://h.io/bulk/imports|path",
                "h.io?SECRET=1|query",
                "https://h.io/?|query",
                "h.io#SECRET|fragment",
                "ftp://h.io|scheme",
                "ws://h.io|scheme",
                "httpss://h.io|scheme",
                "https+x://h.io|scheme",
                "://h.io|scheme",
                "http//h.io|path",
                "https:h.io|port",
                "javascript:SECRET|port",
                "h.io:|port",
                "h.io:0|port",
                "h.io:65536|port",
                "h.io:-1|port",
                "h.io:+1|port",
                "h.io:080808|port",
                "h.io:80:80|port",
                "h.io:٨٠|non-ASCII",
                "[::1]:x|port",
                "[::1]x|IPv6",
                "[::1|IPv6",
                "[]|IPv6",
                "[h.io]|IPv6",
                "[1.2.3.4]|IPv6",
                "[::1%eth0]|IPv6",
                "[1:2]|IPv6",
                "[::g]|IPv6",
                "::1|port",
                " h.io|space",
                "h.io |space",
                "h .io|space",
                "'h.io\r\nX: SECRET'|control",
                "'h.io\t'|control",
                "bücher.example|non-ASCII",
                "h。io|non-ASCII",
                "h..io|host name",
                ".h.io|host name",
                "h.io.|host name",
                "-h.io|host name",
                "h-.io|host name",
                "h_x.io|host name",
                "pcsk_SECRET_SECRET|host name",
                "h%2e.io|host name",
                "h.io\\x|host name",
                "h*.io|host name",
                "127.1|host name",
                "2130706433|host name",
                "0x7f000001|host name",
                "0177.0.0.1|host name",
                "127.0.0.256|host name",
                "127.0.0.01|host name",
                "1.2.3.4.5|host name",
                "h.5|host name",
                "12345678-1234-1234-1234-123456789abc|host name"
            })
    void rejectsTheRestAndNeverRepeatsIt(String text, String why) {
        for (boolean plaintext : new boolean[] {true, false}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HttpEndpoint.parse(text, plaintext))
                    .withMessageContaining(why)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("SECRET"))
                    .withNoCause();
        }
    }

    @Test
    void holdsTheBoundsOfHostNames() {
        String label = "a".repeat(63);
        String longest = (label + '.').repeat(3) + "a".repeat(61);
        assertThat(HttpEndpoint.parse(longest, false)).hasToString("https://" + longest);
        assertThatIllegalArgumentException().isThrownBy(() -> HttpEndpoint.parse(longest + "a", false));
        assertThatIllegalArgumentException().isThrownBy(() -> HttpEndpoint.parse(label + "a", false));
        assertThatIllegalArgumentException().isThrownBy(() -> HttpEndpoint.parse("a".repeat(100_000) + "!", false));
        assertThatIllegalArgumentException().isThrownBy(() -> HttpEndpoint.parse("a.".repeat(100_000), false));
        assertThatNullPointerException().isThrownBy(() -> HttpEndpoint.parse(null, false));
    }

    @ParameterizedTest
    @CsvSource({
        "101, 101",
        "a/b, a%2Fb",
        "a b, a%20b",
        "ü, %C3%BC",
        "😀, %F0%9F%98%80",
        "%2F, %252F",
        "a?b#c, a%3Fb%23c",
        "a+b&c=d;e, a%2Bb%26c%3Dd%3Be",
        "../x, ..%2Fx",
        "..., ...",
        "-._~, -._~"
    })
    void anIdIsOneSegment(String id, String segment) {
        assertThat(HOST.importUri(id)).isEqualTo("https://h.io/bulk/imports/" + segment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a\r\nb", "\u0000", "\ud800"})
    void anIdThatIsNoneIsRejected(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> HOST.importUri(id));
    }

    @Test
    void anIdHasAThousandCharactersAtMost() {
        assertThat(HOST.importUri("x".repeat(1_000))).endsWith("/" + "x".repeat(1_000));
        assertThatIllegalArgumentException().isThrownBy(() -> HOST.importUri("x".repeat(1_001)));
        assertThat(HOST.importUri("\uD83D\uDE80".repeat(1_000))).endsWith("%F0%9F%9A%80".repeat(1_000));
        assertThatIllegalArgumentException().isThrownBy(() -> HOST.importUri("\uD83D\uDE80".repeat(1_001)));
    }

    @ParameterizedTest
    @CsvSource({
        "Tm90aGluZyB0byBzZWUgaGVyZQo=, Tm90aGluZyB0byBzZWUgaGVyZQo%3D",
        "= + / & # %, %3D%20%2B%20%2F%20%26%20%23%20%25",
        "ü, %C3%BC"
    })
    void aTokenIsOneParameter(String token, String parameter) {
        assertThat(HOST.importsUri(7, token))
                .isEqualTo("https://h.io/bulk/imports?limit=7&paginationToken=" + parameter);
    }

    @Test
    void theFirstPageHasNoToken() {
        assertThat(HOST.importsUri(100, null)).isEqualTo("https://h.io/bulk/imports?limit=100");
    }

    @Test
    void halfASurrogatePairIsNotSentAsAQuestionMark() {
        assertThatIllegalArgumentException().isThrownBy(() -> HOST.importsUri(1, "a\ud83d"));
        assertThatIllegalArgumentException().isThrownBy(() -> HOST.importsUri(1, "\ude00a"));
    }

    @Test
    void anyTokenArrivesUnchanged() {
        AtomicInteger arrived = new AtomicInteger();
        Samples.check(samples -> arrived.addAndGet(tokenArrives(samples.text(1, 50)) ? 1 : 0));
        assertThat(arrived).as("the others are rejected").hasValueGreaterThan(250);
    }

    private static boolean tokenArrives(String token) {
        String uri;
        try {
            uri = HOST.importsUri(1, token);
        } catch (IllegalArgumentException e) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> ListImportsSpec.create().startAt(token));
            return false;
        }
        assertThat(uri)
                .matches("https://h\\.io/bulk/imports\\?limit=1&paginationToken=(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*");
        String parameter = uri.substring(uri.lastIndexOf('=') + 1);
        assertThat(URLDecoder.decode(parameter, UTF_8)).isEqualTo(token);
        assertThat(URI.create(uri).getQuery()).isEqualTo("limit=1&paginationToken=" + token);
        return true;
    }

    @Test
    void anyIdArrivesUnchanged() {
        AtomicInteger arrived = new AtomicInteger();
        Samples.check(samples -> arrived.addAndGet(idArrives(samples.text(1, 50)) ? 1 : 0));
        assertThat(arrived).as("the others are rejected").hasValueGreaterThan(250);
    }

    private static boolean idArrives(String id) {
        String uri;
        try {
            uri = HOST.importUri(id);
        } catch (IllegalArgumentException e) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Checks.requireId(id));
            return false;
        }
        assertThat(URI.create(uri).getPath()).isEqualTo("/bulk/imports/" + id);
        assertThat(URI.create(uri).normalize().getRawPath().chars().filter(c -> c == '/'))
                .hasSize(3);
        return true;
    }

    @Test
    void whateverIsTakenIsAUriWithThatOriginAlone() {
        assertThat(isTakenAsThatOrigin("", 0)).isTrue();
        assertThat(isTakenAsThatOrigin("x".repeat(12), 12)).isTrue();
        Samples.check(samples -> isTakenAsThatOrigin(samples.text(0, 12), samples.between(0, 12)));
    }

    /** False when it is rejected. */
    private static boolean isTakenAsThatOrigin(String noise, int where) {
        StringBuilder text = new StringBuilder("https://h.io:1/");
        text.insert(where, noise);
        HttpEndpoint host;
        try {
            host = HttpEndpoint.parse(text.toString(), true);
        } catch (IllegalArgumentException e) {
            return false;
        }
        URI uri = URI.create(host.importsUri());
        assertThat(uri.getRawPath()).isEqualTo("/bulk/imports");
        assertThat(uri.getRawUserInfo()).isNull();
        assertThat(uri.getHost()).isNotNull();
        assertThat(uri.getScheme()).matches("https?");
        return true;
    }
}
