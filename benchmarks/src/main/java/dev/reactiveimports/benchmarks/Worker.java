package dev.reactiveimports.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A JVM with one client in it. Does what its standard input says, one line a job, and answers each with a {@link Sample}. */
final class Worker {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Candidate candidate;

    private Worker(Candidate candidate) {
        this.candidate = candidate;
    }

    /** The client's name and the server's port. */
    public static void main(String[] arguments) throws Exception {
        try (Candidate candidate = Candidate.of(arguments[0], Integer.parseInt(arguments[1]))) {
            Worker worker = new Worker(candidate);
            BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in));
            for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
                System.out.println(worker.run(job.split(" ")));
            }
        }
        System.exit(0);
    }

    private Sample run(String[] job) throws Exception {
        Digest digest = new Digest(job[0].equals("prove"));
        if (job[0].equals("peak")) {
            forgetPeak();
        }
        long[] allocatedBefore = allocated();
        long collections = collections();
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        long nanos;
        long items = -1;
        switch (job[0]) {
            case "first" -> nanos = first(digest, Integer.parseInt(job[1]));
            case "work" -> {
                ((LibraryCandidate) candidate)
                        .work(digest, Integer.parseInt(job[1]), Integer.parseInt(job[2]), Long.parseLong(job[3]));
                nanos = System.nanoTime() - start;
            }
            case "watch" -> {
                items = candidate.watch(Pages.ids(Integer.parseInt(job[1])), Integer.parseInt(job[2]));
                nanos = System.nanoTime() - start;
            }
            default -> {
                candidate.drain(digest);
                nanos = System.nanoTime() - start;
            }
        }
        return new Sample(
                nanos,
                SYSTEM.getProcessCpuTime() - cpu,
                difference(allocatedBefore, allocated()),
                collections() - collections,
                items < 0 ? digest.items() : items,
                digest.sum(),
                peakResident());
    }

    /** The median. */
    private long first(Digest digest, int times) throws Exception {
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            candidate.first(digest);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[times / 2];
    }

    /** By thread, because Java 17 cannot tell it for all of them; the first entry is what a thread's number stands for. */
    private static long[] allocated() {
        long[] ids = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        long[] byId = new long[(int) Arrays.stream(ids).max().orElse(0) + 1];
        for (int i = 0; i < ids.length; i++) {
            byId[(int) ids[i]] = Math.max(0, bytes[i]);
        }
        return byId;
    }

    private static long difference(long[] before, long[] after) {
        long sum = 0;
        for (int i = 0; i < after.length; i++) {
            sum += Math.max(0, after[i] - (i < before.length ? before[i] : 0));
        }
        return sum;
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    /** So that what was resident before does not count. */
    private static void forgetPeak() throws IOException {
        Path reset = Path.of("/proc/self/clear_refs");
        if (Files.exists(reset)) {
            Files.writeString(reset, "5");
        }
    }

    /** In bytes; 0 where the kernel does not tell. */
    private static long peakResident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        }
    }
}
