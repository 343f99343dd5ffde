package dev.reactiveimports.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Several measurements of one thing. */
record Spread(double median, double min, double max) {

    static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    static <T> Spread of(List<T> samples, ToDoubleFunction<T> value) {
        return of(samples.stream().mapToDouble(value).toArray());
    }

    /** With so many digits after the point. */
    String text(int digits) {
        String one = "%." + digits + "f";
        return String.format(Locale.ROOT, one + " (" + one + "–" + one + ")", median, min, max);
    }
}
