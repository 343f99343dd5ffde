package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reactiveimports.ImportOperation.ValidationResult;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTests {

    private static final ImportOperation ONE = new ImportOperation(
            "1",
            "s3://BUCKET_NAME/PATH/TO/DIR",
            ImportStatus.PENDING,
            "Pending",
            Instant.parse("2024-08-19T20:49:00.754Z"),
            Instant.parse("2024-08-19T20:50:00.754Z"),
            42.2,
            1_000_000,
            null,
            new ValidationResult(7, 2));

    @ParameterizedTest
    @ValueSource(strings = {"""
                {"id":"1","uri":"s3://BUCKET_NAME/PATH/TO/DIR","status":"Pending","createdAt":"2024-08-19T20:49:00.754Z",
                 "finishedAt":"2024-08-19T20:50:00.754Z","percentComplete":42.2,"recordsImported":1000000,
                 "validationResult":{"importSuccesses":7,"importErrors":2}}""", """
                {"id":"1","uri":"s3://BUCKET_NAME/PATH/TO/DIR","status":"Pending","started_at":"2024-08-19T20:49:00.754Z",
                 "finished_at":"2024-08-19T20:50:00.754Z","percent_complete":42.2,"records_imported":1000000,
                 "validation_result":{"import_successes":7,"import_errors":2}}""", """
                {"id":"1","uri":"s3:\\/\\/BUCKET_NAME/PATH/TO/DIR","status":"\\u0050ending","created_at":"2024-08-19T20:49:00.754Z",
                 "finishedAt":"2024-08-19T20:50:00.754000+00:00","percentComplete":"42.2","recordsImported":"1000000",
                 "error":"","validationResult":{"import_errors":"2","importSuccesses":"7"}}""", """
                {"region":{"a":[1,{"b":null}]},"id":1,"startedAt":"2024-08-19T22:49:00.754+02:00","status":"Pending",
                 "uri":"s3://BUCKET_NAME/PATH/TO/DIR","finishedAt":"2024-08-19T20:50:00.754Z","percentComplete":4.22e1,
                 "recordsImported":1e6,"error":null,"validationResult":{"importSuccesses":7.0,"more":[],"importErrors":2}}"""})
    void everySpellingIsTheSameImport(String json) {
        assertThat(operation(json)).isEqualTo(ONE);
    }

    @Test
    void anImportOfIdAloneIsComplete() {
        assertThat(operation("{\"id\":\"1\"}"))
                .isEqualTo(new ImportOperation("1", null, ImportStatus.UNKNOWN, "", null, null, 0, 0, null, null));
        assertThat(
                        operation(
                                "{\"id\":\"1\",\"uri\":null,\"status\":null,\"createdAt\":null,\"finishedAt\":null,"
                                        + "\"percentComplete\":null,\"recordsImported\":null,\"error\":null,\"validationResult\":null}"))
                .isEqualTo(operation("{\"id\":\"1\"}"));
    }

    @ParameterizedTest
    @CsvSource({
        "Pending, PENDING",
        "InProgress, IN_PROGRESS",
        "Completed, COMPLETED",
        "Failed, FAILED",
        "Cancelled, CANCELLED",
        "inprogress, IN_PROGRESS",
        "Paused, UNKNOWN",
        "'', UNKNOWN"
    })
    void aStatusKeepsItsText(String text, ImportStatus status) {
        ImportOperation operation = operation("{\"id\":\"1\",\"status\":\"" + text + "\"}");
        assertThat(operation.status()).isEqualTo(status);
        assertThat(operation.statusText()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':'1','finishedAt':''} | null",
                "{'id':'1','finishedAt':null,'finished_at':'2024-08-19T20:49:00Z'} | 2024-08-19T20:49:00Z",
                "{'id':'1','finished_at':'2023-08-19T20:49:00Z','finishedAt':'2024-08-19T20:49:00Z'} | 2024-08-19T20:49:00Z",
                "{'id':'1','finishedAt':'2024-08-19T20:49:00Z','finished_at':'2023-08-19T20:49:00Z'} | 2024-08-19T20:49:00Z"
            },
            nullValues = "null",
            quoteCharacter = '`')
    void ofTwoSpellingsTheSpecificationsWinsUnlessItIsNull(String json, Instant finishedAt) {
        assertThat(operation(json.replace('\'', '"')).finishedAt()).isEqualTo(finishedAt);
    }

    @Test
    void ofTwoSpellingsOfACountTheSpecificationsWinsToo() {
        assertThat(operation("{\"id\":\"1\",\"records_imported\":2,\"recordsImported\":1}"))
                .isEqualTo(operation("{\"id\":\"1\",\"recordsImported\":1,\"records_imported\":2}"))
                .extracting(ImportOperation::recordsImported)
                .isEqualTo(1L);
        assertThat(operation(
                                "{\"id\":\"1\",\"validationResult\":"
                                        + "{\"import_errors\":2,\"importErrors\":1,\"importSuccesses\":3,\"import_successes\":4}}")
                        .validationResult())
                .isEqualTo(new ValidationResult(3, 1));
    }

    @Test
    void aCreationIsFirstOfAllWhatTheSpecificationCallsIt() {
        assertThat(operation(
                                "{\"id\":\"1\",\"startedAt\":\"2024-01-01T00:00:00Z\",\"createdAt\":\"2023-01-01T00:00:00Z\"}")
                        .createdAt())
                .isEqualTo(Instant.parse("2023-01-01T00:00:00Z"));
        assertThat(operation(
                                "{\"id\":\"1\",\"started_at\":\"2024-01-01T00:00:00Z\",\"startedAt\":\"2023-01-01T00:00:00Z\"}")
                        .createdAt())
                .isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "100, 100",
        "100.0, 100",
        "'\"100\"', 100",
        "0, 0",
        "1e2, 100",
        "33.333333333333336, 33.333333333333336",
        "-1, -1",
        "250, 250"
    })
    void aPercentageIsWhatTheServiceSays(String json, double percent) {
        assertThat(operation("{\"id\":\"1\",\"percentComplete\":" + json + "}").percentComplete())
                .isEqualTo(percent);
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775807",
        "'\"9223372036854775807\"', 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "1000.0, 1000",
        "9007199254740993, 9007199254740993",
        "9007199254740993.0, 9007199254740993"
    })
    void aCountIsExact(String json, long count) {
        assertThat(operation("{\"id\":\"1\",\"recordsImported\":" + json + "}").recordsImported())
                .isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'recordsImported':0.5",
                "'recordsImported':'0.5'",
                "'recordsImported':NaN",
                "'recordsImported':'NaN'",
                "'recordsImported':Infinity",
                "'recordsImported':1e999",
                "'recordsImported':1e-999",
                "'recordsImported':1e999999999",
                "'recordsImported':1e-999999999",
                "'recordsImported':1e99999999999999",
                "'recordsImported':9223372036854775808",
                "'recordsImported':'9223372036854775808'",
                "'recordsImported':''",
                "'recordsImported':true",
                "'recordsImported':[1]",
                "'recordsImported':{}",
                "'recordsImported':01",
                "'recordsImported':+1",
                "'recordsImported':9007199254740990.9",
                "'recordsImported':1.00000000000000000001",
                "'records_imported':0.5",
                "'percentComplete':NaN",
                "'percentComplete':'NaN'",
                "'percentComplete':1e999",
                "'percentComplete':-1e999",
                "'percentComplete':'1e1'",
                "'percentComplete':'Infinity'",
                "'percentComplete':''",
                "'percentComplete':true",
                "'percentComplete':[42.2]",
                "'percentComplete':.5",
                "'percentComplete':5.",
                "'uri':5",
                "'uri':['s3://a']",
                "'uri':{}",
                "'status':5",
                "'status':['Pending']",
                "'status':true",
                "'error':{'message':'x'}",
                "'error':5",
                "'createdAt':1724100540",
                "'createdAt':'yesterday'",
                "'createdAt':'2024-13-19T20:49:00Z'",
                "'createdAt':'2024-08-19T20:49:00'",
                "'finishedAt':false",
                "'finished_at':'2024-02-30T20:49:00Z'",
                "'validationResult':5",
                "'validationResult':[]",
                "'validationResult':{'importErrors':0.5}",
                "'validationResult':{'importErrors':1,'importErrors':1}",
                "'id':'2'",
                "'status':'a','status':'a'",
                "'uri':null,'uri':'x'",
                "'records_imported':1,'records_imported':1",
                "'un\\u0069d':1,'uri':1",
                "'\\u0069d':'2'"
            })
    void whatIsNotValidIsRejected(String fields) {
        refused("{'id':'1',%s}".formatted(fields).replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\r\n",
                "null",
                "true",
                "5",
                "\"x\"",
                "[]",
                "[{\"id\":\"1\"}]",
                "<html><body>502</body></html>",
                "upstream connect error",
                "{",
                "{\"id\"",
                "{\"id\":",
                "{\"id\":\"1\"",
                "{\"id\":\"1\",",
                "{\"id\":\"1\",}",
                "{\"id\":\"1\"}}",
                "{\"id\":\"1\"}x",
                "{\"id\":\"1\"}{\"id\":\"2\"}",
                "{\"id\":\"1\"} null",
                "{\"id\":\"1\"},",
                "{\"id\":\"1\"}\u0000",
                "{\"id\":\"1\"]",
                "{'id':'1'}",
                "{id:\"1\"}",
                "{\"id\":\"1\" /* c */}",
                "{\"id\":\"1\n\"}",
                "{}",
                "{\"id\":null}",
                "{\"id\":\"\"}",
                "{\"id\":1.5}",
                "{\"id\":true}",
                "{\"id\":[\"1\"]}",
                "{\"id\":\".\"}",
                "{\"id\":\"..\"}",
                "{\"id\":\"a\\u0000\"}",
                "{\"id\":\"a\\ud800\"}",
                "{\"ID\":\"1\"}",
                "\u00a0{\"id\":\"1\"}"
            })
    void whatIsNotOneImportIsRejected(String json) {
        refused(json);
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> JsonCodec.decodeStartedId(json.getBytes(UTF_8), 0, json.getBytes(UTF_8).length));
    }

    @Test
    void whitespaceAroundTheObjectIsNothing() {
        assertThat(operation(" \r\n\t{\"id\" : \"1\" } \n")).isEqualTo(operation("{\"id\":\"1\"}"));
    }

    @Test
    void idsOfAThousandCharactersPassAndOfOneMoreAreRejected() {
        assertThat(operation("{\"id\":\"" + "x".repeat(1_000) + "\"}").id()).hasSize(1_000);
        refused("{\"id\":\"" + "x".repeat(1_001) + "\"}");
    }

    @Test
    void depth64PassesAnd65IsRejected() {
        // the object itself is 1
        assertThat(operation("{\"id\":\"1\",\"x\":" + "[".repeat(63) + "]".repeat(63) + "}")
                        .id())
                .isEqualTo("1");
        refused("{\"id\":\"1\",\"x\":" + "[".repeat(64) + "]".repeat(64) + "}");
        refused("{\"id\":\"1\",\"x\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}");
        refused("{\"x\":" + "{\"x\":".repeat(100_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "recordsImported", "percentComplete", "id"})
    void aNumberOfFiveThousandDigitsIsRejected(String field) {
        refused("{\"" + field + "\":" + "9".repeat(5_000) + "}");
        refused("{\"id\":\"1\",\"y" + field + "\":0." + "9".repeat(5_000) + "}");
    }

    @Test
    void aNameOfTenThousandCharactersIsRejected() {
        refused("{\"id\":\"1\",\"" + "n".repeat(10_000) + "\":1}");
    }

    @ParameterizedTest
    @MethodSource("badBytes")
    void bytesThatAreNoUtf8AreRejected(byte[] json) {
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> JsonCodec.decodeOperation(json, 0, json.length));
    }

    static byte[][] badBytes() {
        String[] wrong = {"\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00ff", "\u0080", "\u00c3"
        };
        byte[][] bodies = new byte[wrong.length + 2][];
        for (int i = 0; i < wrong.length; i++) {
            bodies[i] = ("{\"id\":\"" + wrong[i] + "\"}").getBytes(ISO_8859_1);
        }
        bodies[wrong.length] = "{\"id\":\"1\"}".getBytes(UTF_16LE);
        bodies[wrong.length + 1] = ("\u0000\u0000\u0000{\u0000\u0000\u0000}").getBytes(ISO_8859_1);
        return bodies;
    }

    @Test
    void theMessageSaysWhatIsWrongAndQuotesLittle() {
        String html = "<html>\r\n<h1>\u001b[31mBad Gateway</h1>" + "x".repeat(5_000);
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> page(html))
                .withMessageContaining("page of imports is not JSON")
                .withMessageContaining("<html> <h1> [31mBad Gateway</h1>x")
                .withNoCause()
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> operation("{\"id\":\"1\",\"recordsImported\":0.5}"))
                .withMessageContaining("recordsImported is not an int64");
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> operation("{\"id\":\"1\",\"status\":\"Pend"))
                .withMessageContaining("cut short");
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> page("{\"x\":" + "[".repeat(100)))
                .withMessageContaining("depth");
    }

    @Test
    void onlyTheRangeGivenIsRead() {
        byte[] bytes = "xx{\"id\":\"1\"}yy".getBytes(UTF_8);
        assertThat(JsonCodec.decodeStartedId(bytes, 2, 10)).isEqualTo("1");
        assertThat(JsonCodec.decodeOperation(bytes, 2, 10).id()).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"{'id':'101'} | 101", "{'id':101} | 101", "{'more':{'id':'5'},'id':'a/b','status':5} | a/b"})
    void aStartAnswersItsId(String json, String id) {
        byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
        assertThat(JsonCodec.decodeStartedId(bytes, 0, bytes.length)).isEqualTo(id);
    }

    @Test
    void aStartSendsNoKeyForWhatIsNull() {
        StartImportRequest request = StartImportRequest.of("s3://a/\"b\"/ü😀");
        assertThat(JsonCodec.encodeStart(request)).asString(UTF_8).isEqualTo("{\"uri\":\"s3://a/\\\"b\\\"/ü😀\"}");
        assertThat(JsonCodec.encodeStart(request.withIntegrationId("i").withErrorMode(ImportErrorMode.CONTINUE)))
                .asString(UTF_8)
                .endsWith(",\"integrationId\":\"i\",\"errorMode\":{\"onError\":\"continue\"}}");
        assertThat(JsonCodec.encodeStart(StartImportRequest.of("s3://a").withErrorMode(ImportErrorMode.ABORT)))
                .asString(UTF_8)
                .isEqualTo("{\"uri\":\"s3://a\",\"errorMode\":{\"onError\":\"abort\"}}");
    }

    private static void refused(String json) {
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> operation(json))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
        // the same rules for an item of a page
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> page("{\"data\":[{\"id\":\"0\"}," + (json.isBlank() ? "null" : json) + "]}"));
    }

    private static ImportOperation operation(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return JsonCodec.decodeOperation(bytes, 0, bytes.length);
    }

    private static ImportPage page(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return JsonCodec.decodePage(bytes, 0, bytes.length);
    }
}
