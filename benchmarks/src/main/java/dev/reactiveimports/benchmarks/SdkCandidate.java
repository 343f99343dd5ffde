package dev.reactiveimports.benchmarks;

import io.pinecone.clients.AsyncIndex;
import io.pinecone.configs.PineconeConfig;
import io.pinecone.configs.PineconeConnection;
import java.time.OffsetDateTime;
import java.util.List;
import org.openapitools.db_data.client.model.ImportModel;
import org.openapitools.db_data.client.model.ListImportsResponse;

/** The official SDK, in the loop that its documentation asks its users to write. */
final class SdkCandidate implements Candidate {

    private final AsyncIndex index;
    private final PineconeConnection connection;

    SdkCandidate(int port) {
        PineconeConfig config = new PineconeConfig("key");
        config.setHost("127.0.0.1:" + port);
        config.setTLSEnabled(false);
        connection = new PineconeConnection(config);
        index = new AsyncIndex(config, connection, "x");
    }

    @Override
    public void drain(Digest digest) throws Exception {
        String token = null;
        do {
            ListImportsResponse page = index.listImports(100, token);
            page.getData().forEach(item -> add(digest, item));
            token = page.getPagination() == null ? null : page.getPagination().getNext();
        } while (token != null);
    }

    @Override
    public void first(Digest digest) throws Exception {
        add(digest, index.listImports(100, null).getData().get(0));
    }

    /** One after the other, which is all it offers. */
    @Override
    public long watch(List<String> ids, int ticks) throws Exception {
        for (int tick = 0; tick < ticks; tick++) {
            for (String id : ids) {
                if (!index.describeImport(id).getId().equals(id)) {
                    throw new IllegalStateException(id);
                }
            }
        }
        return (long) ids.size() * ticks;
    }

    @Override
    public void close() {
        connection.close();
    }

    private static void add(Digest digest, ImportModel item) {
        digest.text(item.getId());
        digest.text(item.getUri());
        digest.text(item.getStatus());
        time(digest, item.getCreatedAt());
        time(digest, item.getFinishedAt());
        digest.rest(item.getPercentComplete(), item.getRecordsImported(), item.getError());
    }

    private static void time(Digest digest, OffsetDateTime time) {
        if (time == null) {
            digest.notFinished();
        } else {
            digest.time(time.toEpochSecond(), time.getNano());
        }
    }
}
