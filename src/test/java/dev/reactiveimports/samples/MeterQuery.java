package dev.reactiveimports.samples;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * As much of Prometheus' query language as the dashboard uses: sums and maxima of a metric or of its rate, by one label, and
 * the quotient of two.
 */
record MeterQuery(Term term, @Nullable Term divisor) {

    private static final Pattern TERM =
            Pattern.compile("(sum|max)(?: by \\((\\w+)\\))? \\((?:(rate|increase)\\()?(\\w+)(?:\\{(\\w+)!=\"(\\w+)\"})?"
                    + "(?:\\[\\$__rate_interval]\\))?\\)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** One line of a scrape. */
    record Sample(String metric, Map<String, String> labels, double value) {}

    record Term(
            String aggregation,
            @Nullable String by,
            @Nullable String function,
            String metric,
            @Nullable String without,
            @Nullable String value) {

        List<String> labels() {
            return Stream.of(by == null ? "" : by, without == null ? "" : without)
                    .filter(label -> !label.isEmpty())
                    .toList();
        }

        Map<String, Double> evaluate(List<Sample> before, List<Sample> now, double seconds) {
            Map<String, Double> result = new TreeMap<>();
            for (Sample sample : now) {
                if (sample.metric.equals(metric)
                        && !sample.labels.getOrDefault(without, "").equals(value)) {
                    result.merge(
                            by == null ? "" : sample.labels.get(by),
                            function == null
                                    ? sample.value
                                    : grown(sample, before) / ("rate".equals(function) ? seconds : 1),
                            "max".equals(aggregation) ? Math::max : Double::sum);
                }
            }
            return result;
        }

        private static double grown(Sample sample, List<Sample> before) {
            return sample.value
                    - before.stream()
                            .filter(s -> s.metric.equals(sample.metric) && s.labels.equals(sample.labels))
                            .mapToDouble(Sample::value)
                            .sum();
        }
    }

    static MeterQuery parse(String expression) {
        String[] terms = expression.split(" / ", 2);
        return new MeterQuery(term(terms[0]), terms.length == 1 ? null : term(terms[1]));
    }

    private static Term term(String text) {
        Matcher found = TERM.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException("not understood: " + text);
        }
        return new Term(found.group(1), found.group(2), found.group(3), found.group(4), found.group(5), found.group(6));
    }

    Stream<Term> terms() {
        return Stream.of(term, divisor).filter(some -> some != null);
    }

    /** The value for each value of the label that it is told by, between two scrapes. */
    Map<String, Double> evaluate(List<Sample> before, List<Sample> now, double seconds) {
        Map<String, Double> dividends = term.evaluate(before, now, seconds);
        if (divisor != null) {
            Map<String, Double> divisors = divisor.evaluate(before, now, seconds);
            dividends.replaceAll((label, dividend) -> dividend / divisors.getOrDefault(label, 0.0));
        }
        dividends.values().removeIf(value -> !Double.isFinite(value));
        return dividends;
    }

    /** What a registry has to tell. */
    static List<Sample> samples(String scrape) {
        return scrape.lines()
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Sample(line.group(1), labels(line.group(2)), Double.parseDouble(line.group(3))))
                .toList();
    }

    private static Map<String, String> labels(@Nullable String text) {
        return LABEL.matcher(text == null ? "" : text)
                .results()
                .collect(Collectors.toMap(label -> label.group(1), label -> label.group(2)));
    }
}
