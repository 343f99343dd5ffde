package dev.reactiveimports.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link PageServer} writes and nothing else: no escapes, no spaces, fields told apart by a letter. */
final class HandParser {

    private static final int NANO_DIGITS = 9;

    private final byte[] json;
    private int at;

    HandParser(byte[] json) {
        this.json = json;
    }

    List<Item> items(int from) {
        List<Item> items = new ArrayList<>(100);
        at = from + "{\"data\":[".length();
        while (json[at] == '{') {
            items.add(item());
            at += json[at] == ',' ? 1 : 0;
        }
        return items;
    }

    private Item item() {
        String id = null;
        String uri = null;
        String status = null;
        Instant createdAt = null;
        Instant finishedAt = null;
        double percent = 0;
        long records = 0;
        String error = null;
        while (json[at++] != '}') {
            int name = at + 1;
            at = indexOf('"', name) + 2;
            switch (json[name]) {
                case 'i' -> id = text();
                case 'u' -> uri = text();
                case 's' -> status = status();
                case 'c' -> createdAt = time();
                case 'f' -> finishedAt = time();
                case 'p' -> percent = decimal();
                case 'r' -> records = digits();
                default -> error = text();
            }
        }
        return new Item(id, uri, status, createdAt, finishedAt, percent, records, error);
    }

    private String text() {
        int from = at + 1;
        int to = indexOf('"', from);
        at = to + 1;
        return to == from ? "" : new String(json, from, to - from, ISO_8859_1);
    }

    private String status() {
        byte first = json[at + 1];
        byte second = json[at + 2];
        at = indexOf('"', at + 1) + 1;
        return switch (first) {
            case 'P' -> "Pending";
            case 'I' -> "InProgress";
            case 'F' -> "Failed";
            default -> second == 'o' ? "Completed" : "Cancelled";
        };
    }

    /** Always in UTC. */
    private Instant time() {
        if (json[at] == 'n') {
            at += "null".length();
            return null;
        }
        int from = at + 1;
        at = from + 20;
        int nanos = 0;
        if (json[from + 19] == '.') {
            int first = at;
            nanos = (int) digits();
            for (int i = at - first; i < NANO_DIGITS; i++) {
                nanos *= 10;
            }
        }
        at = indexOf('"', at) + 1;
        long second = two(from + 11) * 3600L + two(from + 14) * 60L + two(from + 17);
        return Instant.ofEpochSecond(epochDay(from) * 86_400 + second, nanos);
    }

    private long epochDay(int from) {
        int year = two(from) * 100 + two(from + 2);
        int month = two(from + 5);
        int day = two(from + 8);
        // years begin in March, so that a leap day is a year's last
        int shifted = month <= 2 ? year - 1 : year;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return shifted * 365L + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468;
    }

    private double decimal() {
        long value = digits();
        if (json[at] != '.') {
            return value;
        }
        int point = at++;
        long fraction = digits();
        long scale = 1;
        for (int i = point + 1; i < at; i++) {
            scale *= 10;
        }
        return (double) (value * scale + fraction) / scale;
    }

    private long digits() {
        long value = 0;
        while (json[at] >= '0' && json[at] <= '9') {
            value = value * 10 + json[at++] - '0';
        }
        return value;
    }

    private int two(int from) {
        return (json[from] - '0') * 10 + json[from + 1] - '0';
    }

    private int indexOf(char c, int from) {
        int i = from;
        while (json[i] != c) {
            i++;
        }
        return i;
    }
}
