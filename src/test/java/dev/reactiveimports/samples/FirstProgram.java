package dev.reactiveimports.samples;

// snippet: first
import dev.reactiveimports.ImportErrorMode;
import dev.reactiveimports.ImportOperation;
import dev.reactiveimports.ReactiveImportsApi;
import dev.reactiveimports.StartImportRequest;
import reactor.core.publisher.Mono;

public class FirstProgram {

    public static void main(String[] arguments) {
        try (ReactiveImportsApi imports = ReactiveImportsApi.fromEnvironment()) {
            ImportOperation done = load(imports, arguments[0]).block();
            System.out.printf("%s: %d records%n", done.id(), done.recordsImported());
        }
    }

    static Mono<ImportOperation> load(ReactiveImportsApi imports, String uri) {
        StartImportRequest request = StartImportRequest.of(uri) // such as s3://bucket/vectors
                .withIntegrationId("my-storage-integration") // of a private bucket; leave it out for a public one
                .withErrorMode(ImportErrorMode.CONTINUE); // skip invalid records; ABORT fails the import instead
        return imports.startImport(request).flatMap(imports::awaitImport);
    }
}
// end
