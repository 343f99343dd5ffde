package dev.reactiveimports;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.reactiveimports.ImportOperation.ValidationResult;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one import while they are read; one draft serves all items of a page.
 *
 * <p>A field may come in several spellings. Where more than one is there, the camelCase of the specification wins, else the
 * first one; null counts as not there. The same spelling twice is for the caller to refuse.
 */
final class JsonImportBuilder {

    static final int ID = 0;
    static final int URI = 1;
    static final int STATUS = 2;
    static final int ERROR = 3;
    static final int CREATED_AT = 4;
    static final int CREATED_AT_SNAKE = 5;
    static final int STARTED_AT = 6;
    static final int STARTED_AT_SNAKE = 7;
    static final int FINISHED_AT = 8;
    static final int FINISHED_AT_SNAKE = 9;
    static final int PERCENT_COMPLETE = 10;
    static final int PERCENT_COMPLETE_SNAKE = 11;
    static final int RECORDS_IMPORTED = 12;
    static final int RECORDS_IMPORTED_SNAKE = 13;
    static final int VALIDATION_RESULT = 14;
    static final int VALIDATION_RESULT_SNAKE = 15;

    /** A name that is not known. */
    static final int OTHER = -1;

    /** No name, but the end of the object. */
    static final int END = -2;

    // in the order of the numbers above
    private static final SerializedString[] SPELLINGS = Stream.of(
                    "id",
                    "uri",
                    "status",
                    "error",
                    "createdAt",
                    "created_at",
                    "startedAt",
                    "started_at",
                    "finishedAt",
                    "finished_at",
                    "percentComplete",
                    "percent_complete",
                    "recordsImported",
                    "records_imported",
                    "validationResult",
                    "validation_result")
            .map(SerializedString::new)
            .toArray(SerializedString[]::new);
    private static final Map<String, Integer> NUMBERS = IntStream.range(0, SPELLINGS.length)
            .boxed()
            .collect(Collectors.toUnmodifiableMap(i -> SPELLINGS[i].getValue(), i -> i));
    private static final int BEFORE_FIRST = SPELLINGS.length;

    // few and fixed: compared one by one, so that a known status makes no string
    private static final ImportStatus[] STATUSES = ImportStatus.values();

    private final int[] following = new int[SPELLINGS.length + 1];
    private int last = BEFORE_FIRST;
    private int told;
    private @Nullable String id;
    private @Nullable String uri;
    private ImportStatus status = ImportStatus.UNKNOWN;
    private String statusText = "";
    private @Nullable Instant createdAt;
    private @Nullable Instant finishedAt;
    private double percentComplete;
    private long recordsImported;
    private @Nullable String error;
    private @Nullable ValidationResult validationResult;

    /** The spelling of a field, for a message. */
    static String name(int spelling) {
        return spelling < 0 ? "" : SPELLINGS[spelling].getValue();
    }

    /**
     * Goes to the next name of the object that is being read, and tells which spelling of which field it is; {@link #OTHER} if
     * of none, {@link #END} after the last. Imports of a page have their fields in the same order, so the parser is asked first
     * whether this name is the one that came here last time: to compare bytes is cheaper than to look a name up.
     */
    int nextField(JsonParser p) throws IOException {
        int spelling = following[last];
        if (!p.nextFieldName(SPELLINGS[spelling])) {
            if (p.currentToken() != JsonToken.FIELD_NAME) {
                return END;
            }
            spelling = NUMBERS.getOrDefault(p.currentName(), OTHER);
            if (spelling == OTHER) {
                return OTHER;
            }
            following[last] = spelling;
        }
        last = spelling;
        return spelling;
    }

    /** Begins the next import. */
    void clear() {
        last = BEFORE_FIRST;
        told = 0;
        id = null;
        uri = null;
        status = ImportStatus.UNKNOWN;
        statusText = "";
        createdAt = null;
        finishedAt = null;
        percentComplete = 0;
        recordsImported = 0;
        error = null;
        validationResult = null;
    }

    /** Takes a value of a field of which {@code first} is the winning spelling; false if a better one was there. */
    private boolean tell(int spelling, int first) {
        boolean better = spelling == first || (told & (1 << first)) == 0;
        told |= 1 << first;
        return better;
    }

    void id(String value) {
        id = value;
    }

    void uri(@Nullable String value) {
        uri = value;
    }

    void error(@Nullable String value) {
        error = value == null || value.isEmpty() ? null : value;
    }

    /** Takes a status in a spelling that is known; false if it is not, then {@link #status(String)} takes it. */
    boolean knownStatus(char[] text, int offset, int length) {
        for (ImportStatus known : STATUSES) {
            if (sameText(known.wireName(), text, offset, length)) {
                status = known;
                statusText = known.wireName();
                return true;
            }
        }
        return false;
    }

    void status(String text) {
        status = ImportStatus.of(text);
        statusText = text;
    }

    /** Takes a timestamp of any spelling; null tells nothing. */
    void time(int spelling, @Nullable Instant value) {
        if (value == null) {
            return;
        }
        if (spelling < FINISHED_AT) {
            createdAt = tell(spelling, CREATED_AT) ? value : createdAt;
        } else {
            finishedAt = tell(spelling, FINISHED_AT) ? value : finishedAt;
        }
    }

    void percentComplete(int spelling, double value) {
        if (tell(spelling, PERCENT_COMPLETE)) {
            percentComplete = value;
        }
    }

    void recordsImported(int spelling, long value) {
        if (tell(spelling, RECORDS_IMPORTED)) {
            recordsImported = value;
        }
    }

    void validationResult(int spelling, ValidationResult value) {
        if (tell(spelling, VALIDATION_RESULT)) {
            validationResult = value;
        }
    }

    /** The import; null if it has no id. */
    @Nullable
    ImportOperation build() {
        return id == null
                ? null
                : new ImportOperation(
                        id,
                        uri,
                        status,
                        statusText,
                        createdAt,
                        finishedAt,
                        percentComplete,
                        recordsImported,
                        error,
                        validationResult);
    }

    /** The two counts of a validation result, 0 where they are left out. */
    static final class Counts {

        private long successes;
        private long errors;
        private int told;

        /** Which spelling of which count a name is; -1 if of none. */
        static int spelling(String name) {
            return switch (name) {
                case "importSuccesses" -> 0;
                case "import_successes" -> 1;
                case "importErrors" -> 2;
                case "import_errors" -> 3;
                default -> -1;
            };
        }

        void count(int spelling, long value) {
            told |= 1 << spelling;
            if (spelling == 0 || (spelling == 1 && (told & 1) == 0)) {
                successes = value;
            } else if (spelling == 2 || (spelling == 3 && (told & 4) == 0)) {
                errors = value;
            }
        }

        ValidationResult build() {
            return new ValidationResult(successes, errors);
        }
    }

    private static boolean sameText(String known, char[] text, int offset, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known.charAt(i) != text[offset + i]) {
                return false;
            }
        }
        return true;
    }
}
