package dev.reactiveimports;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What to import. What is null is not sent, so that the service's own defaults hold. A text that is empty, too long, or
 * has control characters is an {@link IllegalArgumentException} that names the limit.
 *
 * @param uri the directory to read, 1 to 1500 characters: {@code s3://}, {@code gs://} or
 *     {@code https://ACCOUNT.blob.core.windows.net/}
 * @param integrationId the storage integration that may read it, 1 to 1000 characters; null for public data
 * @param errorMode what to do with a record that cannot be read; null for the service's default, which is to abort
 * @serial exclude
 * @since 0.1.0
 */
public record StartImportRequest(
        String uri,
        @Nullable String integrationId,
        @Nullable ImportErrorMode errorMode) implements Serializable {

    private static final int MAX_URI_LENGTH = 1500;
    private static final int MAX_INTEGRATION_ID_LENGTH = 1000;

    /**
     * Checks the service's limits.
     *
     * @param uri see the record
     * @param integrationId see the record
     * @param errorMode see the record
     * @throws IllegalArgumentException if a text is empty, too long, or has control characters
     */
    public StartImportRequest {
        Checks.requireText(uri, "uri", MAX_URI_LENGTH);
        if (integrationId != null) {
            Checks.requireText(integrationId, "integrationId", MAX_INTEGRATION_ID_LENGTH);
        }
    }

    /**
     * A request with the service's defaults.
     *
     * @param uri the directory to read
     * @return a request that sends only the URI
     */
    public static StartImportRequest of(String uri) {
        return new StartImportRequest(uri, null, null);
    }

    /**
     * Names the storage integration that may read the data.
     *
     * @param id 1 to 1000 characters
     * @return a changed copy
     */
    public StartImportRequest withIntegrationId(String id) {
        return new StartImportRequest(uri, id, errorMode);
    }

    /**
     * Defines what to do with a record that cannot be read.
     *
     * @param mode abort or go on
     * @return a changed copy
     */
    public StartImportRequest withErrorMode(ImportErrorMode mode) {
        return new StartImportRequest(uri, integrationId, mode);
    }
}
