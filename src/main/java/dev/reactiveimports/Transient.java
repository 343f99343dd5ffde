package dev.reactiveimports;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Which failures pass by themselves: a request that met one may succeed when it is made again. */
final class Transient {

    private Transient() {}

    static boolean isTransient(Throwable failure) {
        if (failure instanceof ImportsApiException answer) {
            return switch (answer.statusCode()) {
                case 408, 429, 500, 502, 503, 504 -> true;
                default -> false;
            };
        }
        return failure instanceof ImportsTransportException
                || failure instanceof IOException
                || failure instanceof TimeoutException;
    }
}
