package dev.reactiveimports;

import dev.reactiveimports.RawServer.Door;
import java.io.IOException;
import java.io.InputStream;

/** What happens to a connection before its first request. */
final class Doors {

    private Doors() {}

    /** RST for the first connections. */
    static Door resetFirst(int howMany) {
        return resetFirst(howMany, (n, accepted) -> accepted);
    }

    static Door resetFirst(int howMany, Door then) {
        return (n, accepted) -> {
            if (n <= howMany) {
                RawServer.reset(accepted);
                return null;
            }
            return then.open(n, accepted);
        };
    }

    /** Never a byte for the first connections, until the client closes. */
    static Door silentFirst(int howMany, Door then) {
        return (n, accepted) -> {
            if (n <= howMany) {
                drain(accepted.getInputStream());
                return null;
            }
            return then.open(n, accepted);
        };
    }

    private static void drain(InputStream in) throws IOException {
        while (in.read() >= 0) {
            Thread.onSpinWait();
        }
    }
}
