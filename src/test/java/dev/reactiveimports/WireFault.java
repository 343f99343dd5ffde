package dev.reactiveimports;

import static dev.reactiveimports.RawServer.bytesThenFin;
import static dev.reactiveimports.RawServer.bytesThenReset;
import static dev.reactiveimports.RawServer.bytesThenStall;

import dev.reactiveimports.RawServer.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** How an answer can break after its request was read: each time the service may have acted on the request. */
enum WireFault {
    RESET(json -> bytesThenReset("")),
    FIN(json -> bytesThenFin("")),
    RESET_IN_STATUS_LINE(json -> bytesThenReset("HTTP/1.1 2")),
    FIN_IN_STATUS_LINE(json -> bytesThenFin("HTTP/1.1 2")),
    RESET_IN_HEADERS(json -> bytesThenReset("HTTP/1.1 200 OK\r\nContent-Type: appl")),
    FIN_IN_HEADERS(json -> bytesThenFin("HTTP/1.1 200 OK\r\nContent-Type: appl")),
    RESET_IN_BODY(json -> bytesThenReset(sized(json, json.length()) + half(json))),
    FIN_IN_BODY(json -> bytesThenFin(sized(json, json.length()) + half(json))),
    WHOLE_JSON_BUT_SHORTER_THAN_SAID(json -> bytesThenFin(sized(json, json.length() + 1) + json)),
    FIN_BETWEEN_CHUNKS(json -> bytesThenFin(chunked(half(json)))),
    RESET_BETWEEN_CHUNKS(json -> bytesThenReset(chunked(half(json)))),
    WHOLE_JSON_BUT_NO_LAST_CHUNK(json -> bytesThenFin(chunked(json))),
    NO_CHUNK_SIZE(json -> bytesThenStall(chunked(half(json)) + "zz\r\n")),
    CLOSE_DELIMITED_CUT_SHORT(json -> bytesThenFin("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + half(json))),
    HTTP_1_0_CUT_SHORT(json -> bytesThenFin("HTTP/1.0 200 OK\r\n\r\n" + half(json))),
    OTHER_PROTOCOL(json -> bytesThenStall("SSH-2.0-server_1.0\r\n\r\n")),
    TWO_LENGTHS(json -> bytesThenStall("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 50\r\n\r\n" + json)),
    LENGTH_IS_NO_NUMBER(json -> bytesThenStall("HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n" + json)),
    NO_END_OF_HEADERS(json -> bytesThenStall("HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(30_000))),
    NO_ANSWER(json -> bytesThenStall("")),
    STALL_IN_BODY(json -> bytesThenStall(sized(json, json.length()) + half(json))),
    DRIPPING_HEADERS(json -> dripping("HTTP/1.1 200 OK\r\nX-Slow: " + "x".repeat(1_000))),
    DRIPPING_BODY(json -> dripping(sized(json, 1_000) + json + " ".repeat(1_000)));

    private final Function<String, Answer> breaking;

    WireFault(Function<String, Answer> breaking) {
        this.breaking = breaking;
    }

    /** An answer that would have had this body. */
    Answer of(String json) {
        return breaking.apply(json);
    }

    private static String sized(String json, int length) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String chunked(String chunk) {
        return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(chunk.length()) + "\r\n"
                + chunk + "\r\n";
    }

    private static String half(String json) {
        return json.substring(0, json.length() * 2 / 3);
    }

    /** Never silent for long, never done. */
    private static Answer dripping(String text) {
        return connection -> {
            for (byte one : text.getBytes(StandardCharsets.ISO_8859_1)) {
                connection.send(new byte[] {one});
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                if (Thread.interrupted()) {
                    throw new IOException("the server was closed");
                }
            }
            connection.awaitClose();
            return false;
        };
    }
}
