package dev.reactiveimports.samples;

import dev.reactiveimports.ImportStatusChange;
import dev.reactiveimports.shared.SharedImports;
import java.lang.System.Logger.Level;
import java.util.function.Function;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

// snippet: shared-spring
@Component
class ImportEventsByMail implements DisposableBean {

    private static final System.Logger LOG = System.getLogger(ImportEventsByMail.class.getName());

    private final Disposable consumer;

    ImportEventsByMail(SharedImports shared, Function<ImportStatusChange, Mono<Void>> mail) {
        consumer = shared.consume("mail", change -> mail.apply(change.change())) // at one replica at a time
                .subscribe(change -> {}, failure -> LOG.log(Level.ERROR, "no more mails from here", failure));
    }

    @Override
    public void destroy() {
        consumer.dispose(); // another replica goes on after the last change that was mailed
    }
}
// end
