/**
 * A {@link dev.reactiveimports.shared.ImportsStore} on PostgreSQL or H2, over R2DBC.
 *
 * <p>Needs {@code io.r2dbc:r2dbc-spi} and the database's driver, {@code org.postgresql:r2dbc-postgresql} or
 * {@code io.r2dbc:r2dbc-h2}, none of which this library brings along.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.reactiveimports.r2dbc;

import org.jspecify.annotations.NullMarked;
