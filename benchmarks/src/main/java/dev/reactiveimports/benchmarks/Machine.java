package dev.reactiveimports.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What all of it ran on. */
final class Machine {

    private Machine() {}

    static String describe() throws IOException {
        return "%d cores%s, %s %s, Java %s (%s), load average before the run %.1f. %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version").replaceAll("-.*", ""),
                        System.getProperty("java.version"),
                        System.getProperty("java.vm.name"),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                        versions());
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return "";
        }
        try (var lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> " (" + line.replaceAll(".*: ", "") + ")")
                    .findFirst()
                    .orElse("");
        }
    }

    private static String versions() {
        return "reactor-core %s, reactor-netty %s, pinecone-client %s, jackson %s, JMH %s."
                .formatted(
                        jar("reactor-core"),
                        jar("reactor-netty-http"),
                        jar("pinecone-client"),
                        jar("jackson-databind"),
                        jar("jmh-core"));
    }

    /** From a file's name, since not every manifest tells. */
    private static String jar(String artifact) {
        for (String path : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            String name = Path.of(path).getFileName().toString();
            if (name.matches(artifact + "-\\d.*")) {
                return name.substring(artifact.length() + 1).replace(".jar", "");
            }
        }
        return "?";
    }
}
