package dev.reactiveimports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider;

/** Self-signed certificates, made by the JDK's own tool once for each JVM. */
enum Certificates {
    LOOPBACK("ip:127.0.0.1,dns:localhost"),
    ELSEWHERE("dns:elsewhere.example");

    private final X509Certificate certificate;
    private final SSLContext server;

    Certificates(String names) {
        try {
            Path store = Files.createTempFile("certificate", ".p12");
            Files.delete(store);
            try {
                make(store, names);
                KeyStore keys = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(store)) {
                    keys.load(in, "changeit".toCharArray());
                }
                KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                managers.init(keys, "changeit".toCharArray());
                this.certificate = (X509Certificate) keys.getCertificate("server");
                this.server = SSLContext.getInstance("TLS");
                server.init(managers.getKeyManagers(), null, null);
            } finally {
                Files.deleteIfExists(store);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void make(Path store, String names) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=reactive-imports-tests",
                        "-ext",
                        "san=" + names,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keytool.waitFor(50, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            keytool.destroyForcibly();
            throw new IllegalStateException("keytool failed");
        }
    }

    /** Speaks TLS with this certificate. */
    RawServer.Door door() {
        return (n, accepted) -> {
            SSLSocket socket =
                    (SSLSocket) server.getSocketFactory().createSocket(accepted, null, accepted.getPort(), true);
            socket.setUseClientMode(false);
            socket.startHandshake();
            return socket;
        };
    }

    /** Trusts this certificate and nothing else; still checks the host's name. */
    HttpClient trustedBy(HttpClient client) {
        return client.secure(tls -> tls.sslContext((SslProvider.GenericSslContextSpec<?>)
                Http11SslContextSpec.forClient().configure(context -> context.trustManager(certificate))));
    }
}
