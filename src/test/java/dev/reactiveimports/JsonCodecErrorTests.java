package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonCodecErrorTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "{'code':3,'message':'Import URI parameter is required.','details':[]} | 3 | Import URI parameter is required.",
                "{'error':{'code':'INVALID_ARGUMENT','message':'no'},'status':400} | INVALID_ARGUMENT | no",
                "{'message':'top','error':{'message':'inner'},'code':5} | 5 | inner",
                "{'error':{'code':7},'code':5,'message':'top'} | 7 | top",
                "{'error':{'message':''},'message':'top'} | null | top",
                "{'error':'invalid_token'} | null | invalid_token",
                "{'error':'Forbidden','message':'why'} | null | why",
                "{'error':'Forbidden','detail':'why'} | null | why",
                "{'detail':'d'} | null | d",
                "{'detail':'d','message':'m'} | null | m",
                "{'code':'','message':'m'} | null | m",
                "{'code':null,'message':'m'} | null | m",
                "{'code':true,'message':'m'} | null | m",
                "{'message':'m','message':'second'} | null | m",
                "{'message':' two\\nlines\\u001b '} | null | two lines",
                "{'message':5} | null | {'message':5}",
                "{'detail':[{'msg':'field required'}]} | null | {'detail':[{'msg':'field required'}]}",
                "{'code':16} | 16 | {'code':16}",
                "[{'message':'m'}] | null | [{'message':'m'}]",
                "['a','b'] | null | ['a','b']",
                "{'code':3,'message':'cut','details':[{'a | 3 | cut",
                "{'message':'cu | null | {'message':'cu",
                "{'error':{'code':5,'message':'cut','x':' | 5 | cut",
                "{'message':'m'} trailing | null | m",
                "no healthy upstream | null | no healthy upstream",
                "<html> <body>502 Bad Gateway</body> </html> | null | <html> <body>502 Bad Gateway</body> </html>",
                "`` | null | null",
                "` ` | null | null",
                "{} | null | null",
                "[] | null | null",
                "null | null | null",
                "'' | null | null"
            })
    void everyShapeIsRead(String body, String code, String message) {
        String json = body == null ? "null" : body.replace('\'', '"');
        assertThat(error(json)).isEqualTo(new JsonError(code, message == null ? null : message.replace('\'', '"')));
    }

    @Test
    void aMessageHasFiveHundredCharactersAtMost() {
        assertThat(error("{\"message\":\"" + "m".repeat(501) + "\"}").message()).isEqualTo("m".repeat(500));
        assertThat(error("\n<p>\t" + "x".repeat(100_000)).message()).isEqualTo("<p> " + "x".repeat(496));
        assertThat(error("{\"code\":\"" + "c".repeat(101) + "\"}").code()).isEqualTo("c".repeat(100));
    }

    @Test
    void aBodyCutInsideACharacterKeepsWhatCameBefore() {
        byte[] cut = "{\"message\":\"why\",\"details\":\"ü".getBytes(UTF_8);
        assertThat(JsonCodec.decodeError(cut, 0, cut.length - 1)).isEqualTo(new JsonError(null, "why"));
    }

    @Test
    void depthAndSizeDoNoHarm() {
        assertThat(error("{\"message\":\"m\",\"x\":" + "[".repeat(100_000)).message())
                .isEqualTo("m");
        assertThat(error("{\"error\":".repeat(10_000)).message()).hasSize(500);
        assertThat(error("{\"code\":" + "9".repeat(5_000) + "}").message()).hasSize(500);
    }

    @Test
    void onlyTheRangeGivenIsRead() {
        byte[] bytes = "xx{\"message\":\"m\"}yy".getBytes(UTF_8);
        assertThat(JsonCodec.decodeError(bytes, 2, bytes.length - 4).message()).isEqualTo("m");
        assertThat(JsonCodec.decodeError(bytes, 0, 2).message()).isEqualTo("xx");
        assertThat(JsonCodec.decodeError(bytes, 2, 0).message()).isNull();
    }

    @Test
    void anExcerptIsShortAndFitForALogLine() {
        byte[] bytes = ("a\r\nb" + "x".repeat(300)).getBytes(UTF_8);
        assertThat(JsonCodec.excerpt(bytes, 0, bytes.length)).startsWith("a bx").hasSize(200);
    }

    @Test
    void anyBytesAreAnErrorOfSomeKind() {
        assertIsAnErrorOfSomeKind(new byte[0]);
        assertIsAnErrorOfSomeKind(new byte[300]);
        Samples.check(samples -> assertIsAnErrorOfSomeKind(samples.bytes(700)));
    }

    private static void assertIsAnErrorOfSomeKind(byte[] bytes) {
        JsonError error = JsonCodec.decodeError(bytes, 0, bytes.length);
        if (error.message() != null) {
            assertThat(error.message()).isNotEmpty().hasSizeLessThanOrEqualTo(500);
            assertThat(error.message().codePoints()).noneMatch(Character::isISOControl);
        }
    }

    private static JsonError error(String body) {
        byte[] bytes = body.getBytes(UTF_8);
        return JsonCodec.decodeError(bytes, 0, bytes.length);
    }
}
