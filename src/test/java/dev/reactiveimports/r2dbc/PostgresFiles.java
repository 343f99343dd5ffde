package dev.reactiveimports.r2dbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * What servers of several JVMs and builds share: the binaries, and a folder of data as {@code initdb} leaves it, which take
 * seconds to make and a moment to copy.
 */
final class PostgresFiles {

    private static final Path FOLDER = Path.of("target", "postgres");
    private static final Path TEMPLATE = FOLDER.resolve("template");

    private final Path data = FOLDER.resolve("data-" + ProcessHandle.current().pid());

    PostgresFiles() {
        try {
            Files.createDirectories(FOLDER);
            try (FileChannel channel = FileChannel.open(
                            FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !Files.exists(TEMPLATE)) {
                    makeTemplate();
                }
            }
            copy(TEMPLATE, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A builder for a server on the data of this JVM. */
    EmbeddedPostgres.Builder server() {
        return server(data);
    }

    void remove() {
        FileSystemUtils.deleteRecursively(data.toFile());
    }

    private static EmbeddedPostgres.Builder server(Path data) {
        return EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(new File(FOLDER.toFile(), "binaries"))
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false);
    }

    private static void makeTemplate() throws IOException {
        Path unfinished = FOLDER.resolve("unfinished");
        FileSystemUtils.deleteRecursively(unfinished);
        server(unfinished).start().close();
        Files.move(unfinished, TEMPLATE, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
