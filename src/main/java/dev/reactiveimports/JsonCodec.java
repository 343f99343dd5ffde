package dev.reactiveimports;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON of the service, in both spellings, read token by token: no databind, no reflection. With {@link JsonReader}
 * and its {@link JsonImportBuilder} the only importer of Jackson.
 *
 * <p>What is read is valid or rejected, never corrected. Rejected with {@link ImportsProtocolException}: whatever is not
 * exactly one JSON object in strict UTF-8 of depth 64 and 200,000 tokens at most; a known field twice in the same
 * spelling; an import whose id is missing or breaks {@link Checks#requireId}; a malformed timestamp; a count that is not
 * an int64 (1000.0 and 1e3 are, 0.5 is not); a percentage that is not finite; text that is not a string (an id may be an integer). Read: fields
 * missing, null, or unknown (those are skipped, duplicates among them too), an unknown status, an empty timestamp as
 * none, numbers as strings.
 */
final class JsonCodec {

    private static final int MAX_DEPTH = 64;

    /** A page of 100 imports has 3,000; each may cost ten times its bytes once it is an object. */
    private static final long MAX_TOKENS = 200_000;

    private static final Set<String> SAYS_NOTHING = Set.of("", "{}", "[]", "null", "\"\"");
    private static final JsonFactory JSON = JsonFactory.builder()
            // bytes that happen to look like UTF-16 are not: RFC 8259 knows UTF-8 alone
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxTokenCount(MAX_TOKENS)
                    .maxNumberLength(100)
                    .maxStringLength(8 << 20)
                    .maxNameLength(1_000)
                    .build())
            .build();

    private JsonCodec() {}

    /** Reads the response to a list call. An absent or null {@code data} is an empty page. */
    static ImportPage decodePage(byte[] bytes, int offset, int length) {
        return decode("page of imports", bytes, offset, length, JsonReader::page);
    }

    /** Reads the response to a describe call. */
    static ImportOperation decodeOperation(byte[] bytes, int offset, int length) {
        return decode("import", bytes, offset, length, JsonReader::operation);
    }

    /** Reads the id from the response to a start call. */
    static String decodeStartedId(byte[] bytes, int offset, int length) {
        return decode("started import", bytes, offset, length, JsonReader::startedId);
    }

    /** The body of a start call, without a key for what is null. */
    static byte[] encodeStart(StartImportRequest request) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeStringField("uri", request.uri());
            if (request.integrationId() != null) {
                json.writeStringField("integrationId", request.integrationId());
            }
            if (request.errorMode() != null) {
                json.writeObjectFieldStart("errorMode");
                json.writeStringField("onError", request.errorMode().wireName());
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return body.toByteArray();
    }

    /**
     * Reads the body of an error, whatever it is; never throws. The message is {@code error.message}, else
     * {@code message}, {@code detail}, {@code error} as a string, else the body as text. Of JSON that is cut short, what
     * came before the cut counts.
     */
    static JsonError decodeError(byte[] bytes, int offset, int length) {
        ErrorDraft draft = new ErrorDraft();
        int invalid = JsonUtf8.invalidAt(bytes, offset, length);
        try (JsonParser p = JSON.createParser(bytes, offset, invalid < 0 ? length : invalid)) {
            if (p.nextToken() == JsonToken.START_OBJECT) {
                draft.read(p, false);
            }
        } catch (IOException | RuntimeException notJson) {
            // then the body is shown as text
        }
        String message = draft.message();
        if (message == null) {
            message = SafeText.of(bytes, offset, length, JsonError.MAX_MESSAGE_LENGTH);
        }
        return new JsonError(draft.code(), SAYS_NOTHING.contains(message) ? null : message);
    }

    /** At most 200 characters of a response, fit for a message. */
    static String excerpt(byte[] bytes, int offset, int length) {
        return SafeText.of(bytes, offset, length, SafeText.EXCERPT_LENGTH);
    }

    private static <T> T decode(String what, byte[] bytes, int offset, int length, Reading<T> reading) {
        int invalid = JsonUtf8.invalidAt(bytes, offset, length);
        String wrong = "is not valid UTF-8";
        long at = invalid;
        boolean cut = false;
        if (invalid < 0) {
            try (JsonParser p = JSON.createParser(bytes, offset, length)) {
                if (p.nextToken() != JsonToken.START_OBJECT) {
                    throw JsonReader.rejection(p, p.currentToken() == null ? "is empty" : "is not a JSON object");
                }
                T result = reading.read(p);
                if (p.nextToken() != null) {
                    throw JsonReader.rejection(p, "goes on after its end");
                }
                return result;
            } catch (JsonReader.Rejection e) {
                wrong = e.reason();
                at = e.at();
            } catch (JsonEOFException e) {
                cut = true;
            } catch (StreamConstraintsException e) {
                wrong = "is out of bounds: " + e.getOriginalMessage();
            } catch (JsonProcessingException e) {
                // no cause and no text of Jackson's: they quote the response unsanitised
                wrong = "is not JSON";
                at = e.getLocation() == null ? at : e.getLocation().getByteOffset();
            } catch (IOException | RuntimeException e) {
                wrong = "cannot be read as JSON";
            }
        }
        if (cut) {
            wrong = "is cut short";
            at = length;
        }
        String message = "The " + what + " " + wrong + (at < 0 ? "" : " at byte " + at) + ", of " + length + ": "
                + SafeText.excerpt(bytes, offset, length, at);
        throw cut ? ImportsProtocolException.truncated(message, null) : new ImportsProtocolException(message);
    }

    @FunctionalInterface
    private interface Reading<T> {

        T read(JsonParser p) throws IOException;
    }

    /** What was found of an error, kept here so that it outlives the end of a body that is cut short. */
    private static final class ErrorDraft {

        private @Nullable String code;
        private @Nullable String message;
        private @Nullable String detail;
        private @Nullable String error;
        private @Nullable ErrorDraft inner;

        void read(JsonParser p, boolean isInner) throws IOException {
            for (String name = p.nextFieldName(); name != null; name = p.nextFieldName()) {
                JsonToken token = p.nextToken();
                if (token == JsonToken.START_OBJECT && name.equals("error") && !isInner && inner == null) {
                    inner = new ErrorDraft();
                    inner.read(p, true);
                } else if (token == JsonToken.VALUE_STRING || (token.isNumeric() && name.equals("code"))) {
                    take(name, p.getText());
                } else {
                    p.skipChildren();
                }
            }
        }

        /** Keeps the first text that is not empty; the same key again changes nothing. */
        private void take(String name, String text) {
            String safe = SafeText.of(text, JsonError.MAX_MESSAGE_LENGTH);
            if (safe.isEmpty()) {
                return;
            }
            switch (name) {
                case "code" -> code = first(code, SafeText.of(safe, JsonError.MAX_CODE_LENGTH));
                case "message" -> message = first(message, safe);
                case "detail" -> detail = first(detail, safe);
                case "error" -> error = first(error, safe);
                default -> {}
            }
        }

        @Nullable
        String code() {
            return first(inner == null ? null : inner.code, code);
        }

        @Nullable
        String message() {
            return first(first(inner == null ? null : inner.message, message), first(detail, error));
        }

        private static @Nullable String first(@Nullable String one, @Nullable String other) {
            return one == null ? other : one;
        }
    }
}
