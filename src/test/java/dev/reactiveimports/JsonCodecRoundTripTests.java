package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reactiveimports.ImportOperation.ValidationResult;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random pages, written by a writer of the test's own, from seeds so that a failure is a number. */
class JsonCodecRoundTripTests {

    private static final DateTimeFormatter MICROS_AND_OFFSET =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);
    private static final String[] UNKNOWN = {
        "\"region\":\"eu\"",
        "\"x\":null",
        "\"ID\":[1,{\"id\":\"2\"},[]]",
        "\"createdat\":{\"id\":5,\"data\":[null]}",
        "\"n\":-1.5e-7",
        "\"\":true",
        "\"ключ\":\"\\u0000\\ud83d\\ude00\""
    };

    @Test
    void whatWasWrittenIsRead() {
        Samples.check(400, samples -> assertPageIsRead(samples.anyLong()));
    }

    private static void assertPageIsRead(long seed) {
        Random random = new Random(seed);
        ImportPage page = randomPage(random);
        byte[] json = write(page, random).getBytes(UTF_8);
        assertThat(JsonCodec.decodePage(json, 0, json.length)).isEqualTo(page);
    }

    @Test
    void aDescribedImportIsReadAlike() {
        Samples.check(400, samples -> assertImportIsRead(samples.anyLong()));
    }

    private static void assertImportIsRead(long seed) {
        Random random = new Random(seed);
        ImportOperation operation = randomOperation(random);
        byte[] json = write(operation, random).getBytes(UTF_8);
        assertThat(JsonCodec.decodeOperation(json, 0, json.length)).isEqualTo(operation);
    }

    @Test
    void aPageWithSomeBytesChangedIsAPageOrRejected() {
        Samples.check(samples -> assertChangedDecodesOrIsRejected(samples.anyLong()));
    }

    private static void assertChangedDecodesOrIsRejected(long seed) {
        Random random = new Random(seed);
        byte[] json = write(randomPage(random), random).getBytes(UTF_8);
        for (int i = random.nextInt(3); i >= 0; i--) {
            // mostly what has a meaning in JSON
            json[random.nextInt(json.length)] = random.nextBoolean()
                    ? (byte) random.nextInt()
                    : (byte) "{}[]\",:0-+.eEnulltf\\ \u0000".charAt(random.nextInt(22));
        }
        int from = random.nextInt(4) == 0 ? random.nextInt(json.length) : 0;
        assertDecodesOrIsRejected(json, from, json.length - from);
    }

    @Test
    void anyBytesAreRejectedOrDecoded() {
        assertDecodesOrIsRejected(new byte[0], 0, 0);
        assertDecodesOrIsRejected(new byte[200], 0, 200);
        Samples.check(samples -> {
            byte[] bytes = samples.bytes(200);
            assertDecodesOrIsRejected(bytes, 0, bytes.length);
        });
    }

    @Test
    void aPageCutAnywhereIsRejected() {
        for (long seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            byte[] json = write(randomPage(random), random).getBytes(UTF_8);
            for (int length = 0; length < json.length; length++) {
                assertThat(isRefused(json, 0, length))
                        .as("seed %d cut at %d", seed, length)
                        .isTrue();
            }
        }
    }

    private static boolean isRefused(byte[] json, int offset, int length) {
        try {
            JsonCodec.decodePage(json, offset, length);
            return false;
        } catch (ImportsProtocolException e) {
            return true;
        }
    }

    private static void assertDecodesOrIsRejected(byte[] json, int offset, int length) {
        // anything else that is thrown fails the test
        try {
            assertThat(JsonCodec.decodePage(json, offset, length).items()).doesNotContainNull();
        } catch (ImportsProtocolException e) {
            assertThat(e.getMessage()).hasSizeLessThan(500);
        }
        try {
            assertThat(JsonCodec.decodeOperation(json, offset, length).id()).isNotEmpty();
        } catch (ImportsProtocolException e) {
            assertThat(e.getMessage().codePoints()).noneMatch(Character::isISOControl);
        }
        try {
            assertThat(JsonCodec.decodeStartedId(json, offset, length)).isNotEmpty();
        } catch (ImportsProtocolException e) {
            assertThat(e).hasNoCause();
        }
        assertThat(JsonCodec.decodeError(json, offset, length)).isNotNull();
    }

    static ImportPage randomPage(Random random) {
        List<ImportOperation> items = IntStream.range(0, random.nextInt(5))
                .mapToObj(i -> randomOperation(random))
                .toList();
        return new ImportPage(items, random.nextBoolean() ? randomText(random) : null);
    }

    private static ImportOperation randomOperation(Random random) {
        ImportStatus status = ImportStatus.values()[random.nextInt(6)];
        return new ImportOperation(
                "i" + randomText(random),
                maybe(random, randomText(random)),
                status,
                status == ImportStatus.UNKNOWN ? randomText(random) + "?" : status.wireName(),
                maybe(random, randomInstant(random)),
                maybe(random, randomInstant(random)),
                random.nextBoolean() ? random.nextInt(101) : random.nextDouble() * 100,
                random.nextBoolean() ? random.nextInt(2_000_000) : random.nextLong(),
                maybe(random, "e" + randomText(random)),
                maybe(random, new ValidationResult(random.nextLong(), random.nextInt(9))));
    }

    private static Instant randomInstant(Random random) {
        return Instant.ofEpochSecond(random.nextInt() & 0x7FFF_FFFFL, random.nextInt(1_000_000) * 1_000L);
    }

    private static <T> T maybe(Random random, T value) {
        return random.nextInt(4) == 0 ? null : value;
    }

    private static String randomText(Random random) {
        return random.ints(1 + random.nextInt(random.nextInt(20) == 0 ? 200 : 12), 0, 8)
                .mapToObj(kind -> switch (kind) {
                    case 0 -> "ü";
                    case 1 -> "😀";
                    case 2 -> "\"\\/";
                    case 3 -> "日";
                    default -> Character.toString(' ' + random.nextInt(95));
                })
                .collect(Collectors.joining());
    }

    static String write(ImportPage page, Random random) {
        List<String> fields = new ArrayList<>();
        if (!page.items().isEmpty() || random.nextBoolean()) {
            fields.add("\"data\":"
                    + page.items().stream()
                            .map(item -> write(item, random))
                            .collect(Collectors.joining(" , ", "[", " ]")));
        }
        if (page.nextToken() == null) {
            String[] ends = {"\"pagination\":null", "\"pagination\":{}", "\"pagination\":{\"next\":null}", "\"x\":1"};
            fields.add(ends[random.nextInt(ends.length)]);
        } else {
            fields.add("\"pagination\":"
                    + object(new ArrayList<>(List.of("\"next\":" + string(page.nextToken(), random))), random));
        }
        return object(fields, random);
    }

    private static String write(ImportOperation one, Random random) {
        List<String> fields = new ArrayList<>();
        fields.add("\"id\":" + string(one.id(), random));
        add(fields, random, one.uri() == null ? null : string(one.uri(), random), "uri");
        add(fields, random, string(one.statusText(), random), "status");
        add(fields, random, time(one.createdAt(), random), "createdAt", "created_at", "startedAt", "started_at");
        add(fields, random, time(one.finishedAt(), random), "finishedAt", "finished_at");
        add(fields, random, maybeQuoted(one.percentComplete(), random), "percentComplete", "percent_complete");
        add(fields, random, maybeQuoted(one.recordsImported(), random), "recordsImported", "records_imported");
        add(fields, random, one.error() == null ? null : string(one.error(), random), "error");
        ValidationResult result = one.validationResult();
        if (result != null) {
            List<String> counts = new ArrayList<>();
            add(counts, random, maybeQuoted(result.importSuccesses(), random), "importSuccesses", "import_successes");
            add(counts, random, maybeQuoted(result.importErrors(), random), "importErrors", "import_errors");
            add(fields, random, object(counts, random), "validationResult", "validation_result");
        }
        return object(fields, random);
    }

    private static void add(List<String> fields, Random random, String value, String... spellings) {
        if (value != null || random.nextBoolean()) {
            fields.add('"' + spellings[random.nextInt(spellings.length)] + "\":" + value);
        }
    }

    private static String time(Instant instant, Random random) {
        if (instant == null) {
            return random.nextBoolean() ? null : "\"\"";
        }
        return '"' + (random.nextBoolean() ? instant.toString() : MICROS_AND_OFFSET.format(instant)) + '"';
    }

    private static String maybeQuoted(long number, Random random) {
        return random.nextBoolean() ? Long.toString(number) : "\"" + number + '"';
    }

    private static String maybeQuoted(double number, Random random) {
        String text = Double.toString(number);
        if (text.endsWith(".0") && random.nextBoolean()) {
            text = text.substring(0, text.length() - 2);
        }
        return random.nextBoolean() || text.contains("E") ? text : '"' + text + '"';
    }

    private static String object(List<String> fields, Random random) {
        List<String> all = new ArrayList<>(fields);
        Arrays.stream(UNKNOWN).filter(field -> random.nextInt(8) == 0).forEach(all::add);
        Collections.shuffle(all, random);
        return all.stream().collect(Collectors.joining(random.nextBoolean() ? "," : " ,\n", "{", "}"));
    }

    private static String string(String text, Random random) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (random.nextInt(10) == 0) {
                json.append("\\u%04x".formatted((int) c));
            } else if (Character.isSurrogate(c)) {
                json.append("\\u%04X".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
