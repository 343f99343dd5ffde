package dev.reactiveimports.samples;

import java.io.Console;

/** Whether somebody is looking. */
final class Terminal {

    private Terminal() {}

    /** From JDK 22 on there is a console even where there is no terminal, and a method that tells. */
    static boolean isThere() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }
}
