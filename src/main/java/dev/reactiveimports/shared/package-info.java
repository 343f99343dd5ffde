/**
 * One watch for many processes: replicas of a service share what one of them polls, through a database that the service runs
 * anyway.
 *
 * <p>An {@link dev.reactiveimports.shared.ImportsStore} keeps a lease, the last known state of each import, and a log of
 * changes. The replica that holds the lease polls and appends; every replica reads. The store's transactions decide what
 * happened, and its clock decides who holds a lease; no clock of a replica is compared with it.
 *
 * <pre>
 *   replica 1  holds the lease:  service --poll--&gt; compare with the states --append--&gt;  +-------+
 *   replica 2                                     changes(), consume(..)   &lt;--read--   | store |
 *   replica 3                                     changes(), consume(..)   &lt;--read--   +-------+
 * </pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.reactiveimports.shared;

import org.jspecify.annotations.NullMarked;
