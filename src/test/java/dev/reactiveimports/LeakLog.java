package dev.reactiveimports;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** Every buffer that was lost without being released. Only a JVM in which Netty has not begun yet can have one. */
final class LeakLog extends ResourceLeakDetectorFactory {

    private final Queue<String> found = new ConcurrentLinkedQueue<>();

    private LeakLog() {}

    static LeakLog install() {
        LeakLog log = new LeakLog();
        setResourceLeakDetectorFactory(log);
        return log;
    }

    /** What was found since the last call, after the collector has had its say. */
    List<String> drain() {
        int[] collections = {0};
        Await.until(
                () -> {
                    System.gc();
                    // a loss is reported when the next buffer is tracked
                    ByteBufAllocator.DEFAULT.buffer(1).release();
                    return found.isEmpty() ? ++collections[0] : 5;
                },
                Predicate.isEqual(5));
        List<String> drained = new ArrayList<>(found);
        found.removeAll(drained);
        return drained;
    }

    @Override
    @Deprecated
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
            Class<T> resource, int samplingInterval, long maxActive) {
        return newResourceLeakDetector(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
        return new ResourceLeakDetector<>(resource, samplingInterval) {
            @Override
            protected boolean needReport() {
                return true;
            }

            @Override
            protected void reportTracedLeak(String type, String records) {
                found.add(type + records);
            }

            @Override
            protected void reportUntracedLeak(String type) {
                found.add(type);
            }
        };
    }
}
