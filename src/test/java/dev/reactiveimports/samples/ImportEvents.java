package dev.reactiveimports.samples;

import dev.reactiveimports.ReactiveImportsApi;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

// snippet: sse
@RestController
class ImportEvents {

    private final ReactiveImportsApi imports;

    ImportEvents(ReactiveImportsApi imports) {
        this.imports = imports;
    }

    @GetMapping("/imports/{id}/events")
    Flux<ServerSentEvent<String>> events(@PathVariable("id") String id) {
        return imports.watchImport(id) // a browser that goes away cancels it: no poll follows
                .map(i -> ServerSentEvent.builder(String.valueOf(i.percentComplete()))
                        .event(i.statusText())
                        .build());
    }
}
// end
