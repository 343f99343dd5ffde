package dev.reactiveimports;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.reactiveimports.ImportOperation.ValidationResult;
import dev.reactiveimports.JsonField.Spelling;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one import while they are read; one builder serves all items of a page.
 *
 * <p>A field may come in several spellings. Where more than one is there, the camelCase of the specification wins, else the
 * first one; null counts as not there. The same spelling twice is for the caller to reject.
 */
final class JsonImportBuilder {

    // few and fixed: compared one by one, so that a known status makes no string
    private static final ImportStatus[] STATUSES = ImportStatus.values();

    private final Spelling[] following = new Spelling[JsonField.SPELLINGS.size() + 1];
    private int last = JsonField.SPELLINGS.size();
    private final Set<JsonField> seenFields = EnumSet.noneOf(JsonField.class);
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

    JsonImportBuilder() {
        Arrays.fill(following, JsonField.SPELLINGS.get(0));
    }

    /**
     * Goes to the next name of the object that is being read: {@link JsonField#OTHER} if it is of no field, null after the last.
     * Imports of a page have their fields in the same order, so the parser is asked first whether this name is the one that came
     * here last time: to compare bytes is cheaper than to look a name up.
     */
    @Nullable
    Spelling nextField(JsonParser p) throws IOException {
        Spelling spelling = following[last];
        if (!p.nextFieldName(spelling.name())) {
            if (p.currentToken() != JsonToken.FIELD_NAME) {
                return null;
            }
            spelling = JsonField.spelling(p.currentName());
            if (spelling.index() < 0) {
                return spelling;
            }
            following[last] = spelling;
        }
        last = spelling.index();
        return spelling;
    }

    /** Reads the value of a field, unless a better spelling of it was there. */
    void read(JsonParser p, Spelling spelling) throws IOException {
        if (spelling.rank() > 0 && seenFields.contains(spelling.field())) {
            p.skipChildren();
        } else if (spelling.read(p, this)) {
            seenFields.add(spelling.field());
        }
    }

    /** Begins the next import. */
    void clear() {
        last = JsonField.SPELLINGS.size();
        seenFields.clear();
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

    // each returns whether there is a value

    boolean id(String value) {
        id = value;
        return true;
    }

    boolean uri(String value) {
        uri = value;
        return true;
    }

    boolean error(String value) {
        error = value.isEmpty() ? null : value;
        return true;
    }

    boolean status(JsonParser p) throws IOException {
        for (ImportStatus known : STATUSES) {
            if (sameText(known.wireName(), p.getTextCharacters(), p.getTextOffset(), p.getTextLength())) {
                status = known;
                statusText = known.wireName();
                return true;
            }
        }
        statusText = p.getText();
        status = ImportStatus.of(statusText);
        return true;
    }

    boolean createdAt(@Nullable Instant value) {
        createdAt = value == null ? createdAt : value;
        return value != null;
    }

    boolean finishedAt(@Nullable Instant value) {
        finishedAt = value == null ? finishedAt : value;
        return value != null;
    }

    boolean percentComplete(double value) {
        percentComplete = value;
        return true;
    }

    boolean recordsImported(long value) {
        recordsImported = value;
        return true;
    }

    boolean validationResult(ValidationResult value) {
        validationResult = value;
        return true;
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
        private int seen;

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
            seen |= 1 << spelling;
            if (spelling == 0 || (spelling == 1 && (seen & 1) == 0)) {
                successes = value;
            } else if (spelling == 2 || (spelling == 3 && (seen & 4) == 0)) {
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
