package dev.reactiveimports;

import org.jspecify.annotations.Nullable;

/**
 * An import's step from one status to another.
 *
 * @param id the import
 * @param from the status before; null when the import was not known
 * @param to the status now
 * @param operation the observation that showed it
 */
public record ImportStatusChange(String id, @Nullable ImportStatus from, ImportStatus to, ImportOperation operation) {}
