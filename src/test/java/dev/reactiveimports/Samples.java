package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Random input for what must hold whatever the input. All of it comes from one seed, the same in every run unless
 * {@code -Dsamples.seed=N} says another, and a failure names the seed and what was drawn.
 */
public final class Samples {

    private static final int USUAL = 1_000;
    private static final String SEED_PROPERTY = "samples.seed";

    private final SplittableRandom random;
    private final List<Object> drawn = new ArrayList<>();

    private Samples(SplittableRandom random) {
        this.random = random;
    }

    /** What must hold for whatever is drawn. */
    @FunctionalInterface
    public interface Property {
        void holdsFor(Samples samples) throws Exception;
    }

    public static void check(Property property) {
        check(USUAL, property);
    }

    public static void check(int times, Property property) {
        check(Long.parseLong(System.getProperty(SEED_PROPERTY, "1")), times, property);
    }

    static void check(long seed, int times, Property property) {
        SplittableRandom all = new SplittableRandom(seed);
        for (int i = 1; i <= times; i++) {
            Samples samples = new Samples(all.split());
            try {
                property.holdsFor(samples);
            } catch (Exception | AssertionError | StackOverflowError e) {
                throw new AssertionError("-D%s=%d, sample %d: %s%n%s".formatted(SEED_PROPERTY, seed, i, samples, e), e);
            }
        }
    }

    /** Any of the numbers below this one, each as often. */
    int below(int bound) {
        return draw(() -> random.nextInt(bound));
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return draw(() -> choices[random.nextInt(choices.length)]);
    }

    int anyInt() {
        return between(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    long anyLong() {
        return between(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** Bounds included. */
    public int between(int least, int most) {
        return draw(() -> Math.toIntExact(number(least, most)));
    }

    /** Bounds included. */
    public long between(long least, long most) {
        return draw(() -> number(least, most));
    }

    /** Of up to 255 chars. */
    public String text() {
        return text(0, 255);
    }

    /** Bounds included, in chars: now of one alphabet, now of another, so that not each has something forbidden. */
    String text(int least, int most) {
        return draw(() -> characters(least, most));
    }

    /** Any bytes, ASCII, or text as UTF-8. */
    byte[] bytes(int most) {
        return draw(() -> {
            byte[] bytes = new byte[length(0, most)];
            switch (random.nextInt(4)) {
                case 0 -> {
                    // a char has one byte at least; the last character may be cut
                    byte[] text = characters(bytes.length, bytes.length).getBytes(UTF_8);
                    return Arrays.copyOf(text, bytes.length);
                }
                case 1 -> {
                    random.nextBytes(bytes);
                    for (int i = 0; i < bytes.length; i++) {
                        bytes[i] &= 0x7F;
                    }
                }
                default -> random.nextBytes(bytes);
            }
            return bytes;
        });
    }

    <T> List<T> list(int most, Function<Samples, T> element) {
        return draw(() -> {
            List<T> list = new ArrayList<>();
            for (int left = length(0, most); left > 0; left--) {
                list.add(element.apply(this));
            }
            return list;
        });
    }

    /** What was drawn so far. */
    @Override
    public String toString() {
        return drawn.stream().map(Samples::shown).toList().toString();
    }

    /** Of what is drawn to draw something else, only that is remembered. */
    private <T> T draw(Supplier<T> source) {
        int before = drawn.size();
        T one = source.get();
        drawn.subList(before, drawn.size()).clear();
        drawn.add(one);
        return one;
    }

    private static String shown(Object one) {
        if (one instanceof byte[] bytes) {
            return "0x" + HexFormat.of().formatHex(bytes);
        }
        if (!(one instanceof String text)) {
            return String.valueOf(one);
        }
        StringBuilder shown = new StringBuilder("\"");
        text.chars()
                .forEach(c -> shown.append(
                        c >= ' ' && c <= '~' && c != '\\' && c != '"'
                                ? String.valueOf((char) c)
                                : "\\u%04x".formatted(c)));
        return shown.append('"').toString();
    }

    /** An edge, one of any magnitude, or any. */
    private long number(long least, long most) {
        int kind = random.nextInt(8);
        if (kind == 0) {
            long[] edges = LongStream.of(
                            least, least + 1, most - 1, most, -1, 0, 1, Integer.MIN_VALUE, Integer.MAX_VALUE)
                    .filter(edge -> edge >= least && edge <= most)
                    .toArray();
            return edges[random.nextInt(edges.length)];
        }
        if (kind < 5) {
            // counted from the one nearest to zero; its bit length first, so that few digits are as likely as many
            long nearest = least > 0 ? least : Math.min(most, 0);
            boolean up = most > nearest && (least == nearest || random.nextBoolean());
            long room = up ? most - nearest : nearest - least;
            int bits = random.nextInt(Long.SIZE + 1 - Long.numberOfLeadingZeros(room));
            long distance = bits == 0 ? 0 : random.nextLong() >>> (Long.SIZE - bits);
            if (Long.compareUnsigned(distance, room) <= 0) {
                return up ? nearest + distance : nearest - distance;
            }
        }
        if (most < Long.MAX_VALUE) {
            return random.nextLong(least, most + 1);
        }
        return least > Long.MIN_VALUE ? random.nextLong(least - 1, most) + 1 : random.nextLong();
    }

    private int length(int least, int most) {
        return switch (random.nextInt(16)) {
            case 0 -> least;
            case 1 -> most;
            case 2, 3, 4, 5, 6, 7 -> random.nextInt(least, Math.min(most, least + 12) + 1);
            default -> random.nextInt(least, most + 1);
        };
    }

    private String characters(int least, int most) {
        int length = length(least, most);
        int alphabet = random.nextInt(4);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int left = length - text.length();
            switch (alphabet) {
                case 0 -> text.append((char) random.nextInt(' ', 0x7F));
                case 1 -> text.append((char) random.nextInt(0x80));
                case 2 -> text.appendCodePoint(printable(left));
                default -> text.appendCodePoint(any(left));
            }
        }
        return text.toString();
    }

    /** No control character, and no half of a surrogate pair. */
    private int printable(int left) {
        return switch (random.nextInt(left > 1 ? 5 : 4)) {
            case 0 -> random.nextInt(' ', 0x7F);
            case 1 -> random.nextInt(0xA0, 0x800);
            case 2 -> random.nextInt(0x800, 0xD800);
            case 3 -> random.nextInt(0xE000, 0x1_0000);
            default -> random.nextInt(0x1_0000, 0x11_0000);
        };
    }

    private int any(int left) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(' ');
            case 1 -> random.nextInt(0x7F, 0xA0);
            case 2 -> random.nextInt(0xD800, 0xE000);
            case 3 -> random.nextInt(0x1_0000);
            default -> printable(left);
        };
    }
}
